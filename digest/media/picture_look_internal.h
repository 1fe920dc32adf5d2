/* A picture's kind by its signature, its size by its header, and whether it is
 * whole: read from its own bytes, before anything decodes them.
 *
 * JPEG, PNG, GIF and WebP are pictures; nothing else is, whatever it is
 * called. Source: ITU-T T.81 Annex B, PNG (W3C) §5, GIF89a, RFC 9649. */
#ifndef DIGEST_MEDIA_PICTURE_LOOK_INTERNAL_H
#define DIGEST_MEDIA_PICTURE_LOOK_INTERNAL_H

#include "digest/base/err.h"
#include "digest/base/str.h"

enum picture_kind { PICTURE_JPEG, PICTURE_PNG, PICTURE_GIF, PICTURE_WEBP };

enum {
    PICTURE_BYTES_MAX = 16 << 20,
    PICTURE_PIXELS_MAX = 40 * 1000 * 1000,
};

struct picture_look {
    enum picture_kind kind;
    unsigned width, height; /* as stored: nothing is turned yet */
    struct str exif;        /* TIFF, without "Exif\0\0"; ptr NULL: none */
    /* The first picture of an animated WebP: the chunks of its frame; ptr
     * NULL where it isn't one. */
    struct str frame;
};

/* Looks at a picture; the views borrow from `bytes`. Fails: INPUT, saying
 * what it is instead, that it is cut short, or larger than the limits. */
FALLIBLE bool picture_look(struct str bytes, struct picture_look *out,
                           struct err *err);

#endif
