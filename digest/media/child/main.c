/* digest-picture: a picture on standard input, what is kept of it on standard
 * output (picture_wire_internal.h). For one picture, then it ends. */
#include <stdlib.h>
#include <unistd.h>

#include <gd.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/media/child/child.h"

enum { FEW_COLOURS = 256, TALLEST = 4 /* times the width */ };

static void destroy(canvas **image)
{
    if (*image)
        gdImageDestroy(*image);
}

static void forget(struct child_file *file)
{
    if (file->bytes)
        gdFree(file->bytes);
    *file = (struct child_file){0};
}

static bool read_all(struct strbuf *out)
{
    char piece[65536];
    ssize_t got;
    while ((got = read(0, piece, sizeof piece)) > 0)
        strbuf_add(out, piece, (size_t)got);
    return got == 0;
}

static void say(const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size) {
        ssize_t written = write(1, at, size);
        if (written <= 0)
            _exit(EXIT_FAILURE);
        at += written;
        size -= (size_t)written;
    }
}

/* The size that an image gets; never larger than it is. */
static void fit(int width, int height, int most, int *out_width,
                int *out_height)
{
    double by = width > most ? (double)most / width : 1;
    if (height * by > (double)TALLEST * most)
        by = (double)TALLEST * most / height;
    *out_width = (int)(width * by + 0.5);
    *out_height = (int)(height * by + 0.5);
    *out_width += *out_width == 0;
    *out_height += *out_height == 0;
}

/* Scaled before it is turned: that is the smaller work. */
static canvas *upright(canvas *image, int orientation)
{
    bool lies = orientation > 4;
    int width = gdImageSX(image), height = gdImageSY(image);
    if (lies)
        fit(height, width, PICTURE_WIDTH, &height, &width);
    else
        fit(width, height, PICTURE_WIDTH, &width, &height);
    OWNED(destroy) canvas *scaled = child_scale(image, width, height);
    if (!scaled || orientation == 1)
        return TAKE(scaled);
    return child_turn(scaled, orientation);
}

/* PNG where it is clear or of few colours, unless that takes more room than
 * such a picture is worth. */
static bool write_large(canvas *image, bool few_colours, struct child_file *out,
                        bool *is_png)
{
    struct child_file jpeg = {0};
    bool clear = child_is_clear(image);
    *is_png = clear || few_colours;
    if (*is_png && !child_as_png(image, few_colours && !clear, out))
        return false;
    if (*is_png && clear && out->size <= PICTURE_MADE_MAX / 2)
        return true;
    if (!child_as_jpeg(image, &jpeg))
        return false;
    if (*is_png && !clear && out->size <= jpeg.size) {
        forget(&jpeg);
        return true;
    }
    forget(out);
    *is_png = false;
    *out = jpeg;
    return true;
}

static bool write_small(canvas *image, bool is_png, bool few_colours,
                        struct picture_answer *answer, struct child_file *out)
{
    int width = gdImageSX(image), height = gdImageSY(image);
    if (width <= PICTURE_SMALL_WIDTH)
        return true;
    fit(width, height, PICTURE_SMALL_WIDTH, &width, &height);
    OWNED(destroy) canvas *small = child_scale(image, width, height);
    answer->small_width = (uint32_t)width;
    answer->small_height = (uint32_t)height;
    return small &&
           (is_png ? child_as_png(small, few_colours && !child_is_clear(small),
                                  out)
                   : child_as_jpeg(small, out));
}

static bool make(struct str given, struct picture_answer *answer,
                 struct child_file *large, struct child_file *small)
{
    struct picture_look look;
    bool is_png;
    if (!picture_look(given, &look, NULL))
        return false;
    OWNED(destroy) canvas *stored = child_decode(given, &look);
    if (!stored)
        return false;
    bool few =
        look.kind != PICTURE_JPEG && child_has_few_colours(stored, FEW_COLOURS);
    OWNED(destroy)
    canvas *image = upright(stored, child_orientation(look.exif));
    if (!image || !write_large(image, few, large, &is_png) ||
        !write_small(image, is_png, few, answer, small))
        return false;
    answer->is_png = is_png;
    answer->width = (uint32_t)gdImageSX(image);
    answer->height = (uint32_t)gdImageSY(image);
    answer->bytes = (uint32_t)large->size;
    answer->small_bytes = (uint32_t)small->size;
    return large->size <= PICTURE_MADE_MAX && small->size <= PICTURE_MADE_MAX;
}

static void end(enum picture_outcome outcome)
{
    struct picture_answer answer = {.outcome = outcome};
    say(&answer, sizeof answer);
    _exit(EXIT_FAILURE);
}

int main(void)
{
    struct strbuf given = STRBUF_INIT;
    struct picture_answer answer = {.outcome = PICTURE_MADE};
    struct child_file large = {0}, small = {0};
    if (!child_walls())
        end(PICTURE_NO_WALLS);
    if (!read_all(&given) || !make(strbuf_str(&given), &answer, &large, &small))
        end(PICTURE_DAMAGED);
    say(&answer, sizeof answer);
    say(large.bytes, (size_t)large.size);
    say(small.bytes, (size_t)small.size);
    /* The child's memory isn't used again, so it isn't freed. */
    _exit(EXIT_SUCCESS);
}
