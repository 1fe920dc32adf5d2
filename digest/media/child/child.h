/* The parts of digest-picture: a program of its own, run for one picture. It
 * links libgd, libexif and libseccomp, so that the program itself has none of
 * them in it. Its functions say false or NULL, and no more: what is wrong with
 * a picture is told by whom it was given to. */
#ifndef DIGEST_MEDIA_CHILD_CHILD_H
#define DIGEST_MEDIA_CHILD_CHILD_H

#include "digest/media/picture_look_internal.h"
#include "digest/media/picture_wire_internal.h"

/* libgd's image. */
struct gdImageStruct;
typedef struct gdImageStruct canvas;

enum {
    CHILD_MEMORY = 512 << 20, /* bytes, besides what it has when it starts */
    CHILD_SECONDS = 5,        /* of processor */
};

/* Gives up all but reading and writing what is open, and memory. */
bool child_walls(void);

/* Decodes a picture to a canvas of true colour, not turned yet; NULL: it can't
 * be decoded. */
canvas *child_decode(struct str bytes, const struct picture_look *look);

/* How a picture has to be turned: 1 to 8, as EXIF numbers it (CIPA DC-008
 * §4.6.5, Orientation); 1: not at all. */
int child_orientation(struct str exif);
/* A new canvas, turned upright. */
canvas *child_turn(canvas *image, int orientation);

/* A new canvas of that size; both are at most the image's own. */
canvas *child_scale(canvas *image, int width, int height);

/* Whether any pixel can be seen through; whether the image has at most so
 * many colours. */
bool child_is_clear(canvas *image);
bool child_has_few_colours(canvas *image, int most);

/* An image as a file; release `bytes` with gdFree. */
struct child_file {
    void *bytes;
    int size;
};
bool child_as_jpeg(canvas *image, struct child_file *out);
bool child_as_png(canvas *image, bool few_colours, struct child_file *out);

#endif
