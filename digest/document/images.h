/* Pictures: which of the copies that a source offers is taken, how large it is
 * shown, and which addresses are of the same picture. Whoever has to choose
 * asks here. */
#ifndef DIGEST_DOCUMENT_IMAGES_H
#define DIGEST_DOCUMENT_IMAGES_H

#include <stdbool.h>

#include "digest/base/strbuf.h"

enum {
    IMAGE_WIDTH = 1104,       /* pixels: sharp in a column of 552 */
    IMAGE_HEIGHT_SHOWN = 600, /* no tower */
    IMAGE_LENGTH_MAX = 32767, /* more is no length of a picture */
};

/* One copy of a picture. */
struct image_copy {
    const char *url;
    unsigned pixels; /* across; 0: not known */
};

/* The index of the copy to take: the smallest that has `wanted` pixels or
 * more, else the largest; the first where no size is known. `count` > 0. */
size_t image_choose(const struct image_copy *copies, size_t count,
                    unsigned wanted);

/* A candidate of a srcset. */
struct image_candidate {
    struct str url;
    unsigned pixels;  /* "1024w"; 0: not said */
    unsigned percent; /* of a pixel's density: "1.5x" is 150; 100 unless said */
};

/* The next one; false at the end.
 * Source: HTML Standard, parsing a srcset attribute. */
bool image_next_candidate(struct str *srcset,
                          struct image_candidate *candidate);

/* Whether two URLs are of one picture: but for the scheme, the query behind a
 * file's name, and what WordPress puts into names for its copies ("-300x200",
 * "-scaled", the host of its image servers). */
bool image_is_same(struct str a, struct str b);

/* The size that a name ends in: "photo-300x200.jpg". */
bool image_size_of_name(struct str url, unsigned *width, unsigned *height);

/* Whether a document, in the HTML that is stored of it, shows a copy. */
bool image_stands_in(struct str html, struct str url);
/* Appends such HTML with `ours` in place of each copy of `own`. */
void image_swap(struct str html, struct str own, struct str ours,
                struct strbuf *out);

/* A length in pixels as attributes have it ("1200", "1200px"); 0 for what is
 * none. */
unsigned image_pixels(struct str text);

/* Sets the size to show a picture in: as wide as the column, never larger than
 * it is, never higher than IMAGE_HEIGHT_SHOWN. 0 is what isn't known, and
 * then stays so for the height. */
void image_fit(unsigned column, unsigned *width, unsigned *height);

#endif
