/* A picture as it is kept: turned upright, at most 1,200 pixels wide and,
 * where that is more, also 600; JPEG, or PNG where it has few colours or
 * transparency; without EXIF, and so without the place it was taken at.
 *
 * A picture is decoded in a child that has given up all else: `digest-
 * picture`, which stands beside the program. It has 512 MB and 5 seconds of
 * processor, opens no file, and no network. */
#ifndef DIGEST_MEDIA_PICTURE_H
#define DIGEST_MEDIA_PICTURE_H

#include "digest/base/strbuf.h"
#include "digest/media/picture_look_internal.h"

enum { PICTURE_NAME_SIZE = 48 };

struct picture {
    char name[PICTURE_NAME_SIZE]; /* "HASH.jpg": of its own bytes */
    unsigned width, height;
    unsigned small_width, small_height; /* 0: it isn't wider than that */
    struct strbuf bytes, small;
};

/* Makes a picture of what was given. Fails: INPUT (what isn't one, is too
 * large, or can't be decoded), IO (the child can't be run). */
FALLIBLE bool picture_make(struct str given, struct picture *out,
                           struct err *err);
void picture_free(struct picture *picture);

/* Whether the child is there and can do its work; `err` says what is wrong. */
FALLIBLE bool picture_check(struct err *err);

/* ---- names ------------------------------------------------------------- */

/* Appends the name of the small one, "HASH-600.jpg", of a picture so wide; its
 * own where it has none. */
void picture_small_name(struct str name, unsigned width, struct strbuf *out);

/* Whether it is such a name, as one may ask for it; *large is that of the
 * picture, *is_small whether the small one is meant. */
bool picture_is_name(struct str asked, char large[static PICTURE_NAME_SIZE],
                     bool *is_small);

/* "image/jpeg" or "image/png". */
const char *picture_type(struct str name);

#endif
