/* Colours, and the contrast of one on another.
 * Source: CSS Color Module Level 3 and WCAG 2.2 §1.4.3. */
#ifndef DIGEST_LINT_COLOUR_H
#define DIGEST_LINT_COLOUR_H

#include <stdbool.h>

#include "digest/base/str.h"

struct colour {
    double red, green, blue; /* 0 to 1 */
    double alpha;            /* 1: opaque */
};

/* Reads #rgb, #rgba, #rrggbb, #rrggbbaa, rgb(), rgba(), `transparent` and the
 * names. False for all else. */
bool colour_parse(struct str text, struct colour *out);

/* What is seen of `over` on an opaque `ground`. */
struct colour colour_blend(struct colour over, struct colour ground);

/* From 1 (the same) to 21 (black on white); both opaque. */
double colour_contrast(struct colour a, struct colour b);

/* As #rrggbb. */
struct colour_text {
    char text[8];
};
struct colour_text colour_write(struct colour colour);

#endif
