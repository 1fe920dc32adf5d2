/* The words between the program and the child that decodes for it: the picture
 * stands on the child's standard input, the answer goes to its standard output,
 * and both are of one build. */
#ifndef DIGEST_MEDIA_PICTURE_WIRE_INTERNAL_H
#define DIGEST_MEDIA_PICTURE_WIRE_INTERNAL_H

#include <stdint.h>

enum { PICTURE_WIDTH = 1200, PICTURE_SMALL_WIDTH = 600 };

/* Neither of the two made is larger: what would be as PNG is a JPEG. */
enum { PICTURE_MADE_MAX = 3 << 20 };

enum picture_outcome {
    PICTURE_MADE = 1,
    PICTURE_DAMAGED,  /* it can't be decoded */
    PICTURE_NO_WALLS, /* the child couldn't give up what it may do */
};

/* Then the bytes of both follow, the large one first. */
struct picture_answer {
    uint32_t outcome;
    uint32_t is_png; /* both: JPEG otherwise */
    uint32_t width, height, bytes;
    uint32_t small_width, small_height, small_bytes; /* 0: none is needed */
};

#endif
