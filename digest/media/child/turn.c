/* Reads a picture's EXIF orientation, and turns it upright. */
#include <stdlib.h>

#include <gd.h>
#include <libexif/exif-data.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/media/child/child.h"

int child_orientation(struct str exif)
{
    OWNED(strbuf_free) struct strbuf whole = STRBUF_INIT;
    int orientation = 1;
    if (!exif.ptr)
        return 1;
    strbuf_add(&whole, "Exif\0\0", 6);
    strbuf_add_str(&whole, exif);
    ExifData *data = exif_data_new_from_data((unsigned char *)whole.ptr,
                                             (unsigned)whole.len);
    ExifEntry *entry = data ? exif_content_get_entry(data->ifd[EXIF_IFD_0],
                                                     EXIF_TAG_ORIENTATION)
                            : NULL;
    if (entry && entry->format == EXIF_FORMAT_SHORT && entry->size >= 2)
        orientation =
            exif_get_short(entry->data, exif_data_get_byte_order(data));
    exif_data_unref(data);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

/* Which pixel of the stored image stands at (x, y): axes swapped first, then
 * counted from the other end. */
static const struct {
    bool swapped, from_right, from_below;
} ways[] = {
    [1] = {false, false, false}, [2] = {false, true, false},
    [3] = {false, true, true},   [4] = {false, false, true},
    [5] = {true, false, false},  [6] = {true, false, true},
    [7] = {true, true, true},    [8] = {true, true, false},
};

canvas *child_turn(canvas *image, int orientation)
{
    bool swapped = ways[orientation].swapped;
    int width = swapped ? gdImageSY(image) : gdImageSX(image);
    int height = swapped ? gdImageSX(image) : gdImageSY(image);
    canvas *out = gdImageCreateTrueColor(width, height);
    for (int y = 0; out && y < height; y++)
        for (int x = 0; x < width; x++) {
            int column = swapped ? y : x, row = swapped ? x : y;
            if (ways[orientation].from_right)
                column = gdImageSX(image) - 1 - column;
            if (ways[orientation].from_below)
                row = gdImageSY(image) - 1 - row;
            out->tpixels[y][x] = image->tpixels[row][column];
        }
    return out;
}
