/* Colours as CSS writes them; for the files of this room alone.
 * Source: CSS Color Module Level 3. */
#ifndef DIGEST_LINT_CSS_COLOUR_INTERNAL_H
#define DIGEST_LINT_CSS_COLOUR_INTERNAL_H

#include "digest/base/colour.h"

struct css_colour {
    struct colour colour;
    double alpha; /* 1: opaque */
};

/* Reads #rgb, #rgba, #rrggbb, #rrggbbaa, rgb(), rgba(), `transparent` and the
 * names. False for all else. */
bool css_colour_parse(struct str text, struct css_colour *out);

/* The colour that is seen on an opaque ground. */
struct colour css_colour_blend(struct css_colour over, struct colour ground);

#endif
