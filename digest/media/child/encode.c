/* Writes the child's picture as JPEG or PNG. */
#include <gd.h>

#include "digest/media/child/child.h"

enum { QUALITY = 82, TABLE = 4096 };

bool child_is_clear(canvas *image)
{
    for (int y = 0; y < gdImageSY(image); y++)
        for (int x = 0; x < gdImageSX(image); x++)
            if (image->tpixels[y][x] & 0x7f000000)
                return true;
    return false;
}

/* A colour's place in the table, or where it would stand. */
static unsigned place_of(const int *table, int colour)
{
    unsigned at = (unsigned)colour * 2654435761U >> 20;
    while (table[at % TABLE] && table[at % TABLE] != colour)
        at++;
    return at % TABLE;
}

bool child_has_few_colours(canvas *image, int most)
{
    int table[TABLE] = {0}, count = 0, last = -1;
    for (int y = 0; y < gdImageSY(image); y++)
        for (int x = 0; x < gdImageSX(image); x++) {
            /* Never zero, which is an empty place. */
            int colour = (image->tpixels[y][x] & 0xffffff) | 0x1000000;
            if (colour == last)
                continue;
            last = colour;
            unsigned at = place_of(table, colour);
            if (table[at])
                continue;
            if (++count > most)
                return false;
            table[at] = colour;
        }
    return true;
}

/* A JPEG has no alpha: what can be seen through stands on white. */
static void put_on_white(canvas *image)
{
    for (int y = 0; y < gdImageSY(image); y++)
        for (int x = 0; x < gdImageSX(image); x++) {
            int *pixel = &image->tpixels[y][x];
            if (*pixel & 0x7f000000)
                *pixel = gdAlphaBlend(0xffffff, *pixel) & 0xffffff;
        }
}

bool child_as_jpeg(canvas *image, struct child_file *out)
{
    put_on_white(image);
    out->bytes = gdImageJpegPtr(image, &out->size, QUALITY);
    return out->bytes != NULL;
}

bool child_as_png(canvas *image, bool few_colours, struct child_file *out)
{
    canvas *small =
        few_colours ? gdImageCreatePaletteFromTrueColor(image, 0, gdMaxColors)
                    : NULL;
    gdImageSaveAlpha(image, 1);
    out->bytes = gdImagePngPtr(small ? small : image, &out->size);
    if (small)
        gdImageDestroy(small);
    return out->bytes != NULL;
}
