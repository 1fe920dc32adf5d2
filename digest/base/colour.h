/* Colours as mail and pages have them, and how well they are told apart. */
#ifndef DIGEST_BASE_COLOUR_H
#define DIGEST_BASE_COLOUR_H

#include <stdbool.h>

#include "digest/base/str.h"

struct colour {
    unsigned red, green, blue; /* 0 to 255 */
};

enum { COLOUR_TEXT_SIZE = 8 };

/* Reads "#1a4f8b"; false for anything else. */
bool colour_parse(struct str text, struct colour *out);
/* Writes "#1a4f8b" into a buffer of COLOUR_TEXT_SIZE, and gives it back. */
const char *colour_text(struct colour colour, char *buffer);

/* The contrast of two colours, 1 to 21. Source: WCAG 2.2, contrast ratio. */
double colour_contrast(struct colour a, struct colour b);

/* The colour closest to this one, on the way to black or to white, whose
 * contrast with `ground` is at least `least`; black or white itself where
 * none has it. */
struct colour colour_readable(struct colour colour, struct colour ground,
                              double least);

#endif
