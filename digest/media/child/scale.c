/* Halved, each pixel the mean of four, as often as it takes to come within
 * twice the size; the rest is libgd's bilinear scaling, which alone would pass
 * over most pixels of a large picture. */
#include <gd.h>

#include "digest/media/child/child.h"

enum { CLEAR = gdAlphaMax };

/* Opaque pixels have no alpha, and three channels fit into two sums. */
static int mean_opaque(int a, int b, int c, int d)
{
    unsigned red_blue = ((unsigned)a & 0xff00ffU) + ((unsigned)b & 0xff00ffU) +
                        ((unsigned)c & 0xff00ffU) + ((unsigned)d & 0xff00ffU) +
                        0x020002U;
    unsigned green = ((unsigned)a & 0xff00U) + ((unsigned)b & 0xff00U) +
                     ((unsigned)c & 0xff00U) + ((unsigned)d & 0xff00U) +
                     0x0200U;
    return (int)((red_blue >> 2 & 0xff00ffU) | (green >> 2 & 0xff00U));
}

/* The mean of four pixels; one that can't be seen has no say in the colour. */
static int mean_clear(const int pixels[static 4])
{
    int seen = 0, red = 0, green = 0, blue = 0;
    for (int i = 0; i < 4; i++) {
        int weight = CLEAR - gdTrueColorGetAlpha(pixels[i]);
        seen += weight;
        red += weight * gdTrueColorGetRed(pixels[i]);
        green += weight * gdTrueColorGetGreen(pixels[i]);
        blue += weight * gdTrueColorGetBlue(pixels[i]);
    }
    return seen ? gdTrueColorAlpha(red / seen, green / seen, blue / seen,
                                   CLEAR - seen / 4)
                : gdTrueColorAlpha(255, 255, 255, CLEAR);
}

static canvas *halve(canvas *image)
{
    canvas *out =
        gdImageCreateTrueColor(gdImageSX(image) / 2, gdImageSY(image) / 2);
    for (int y = 0; out && y < gdImageSY(out); y++) {
        const int *above = image->tpixels[2 * y];
        const int *below = image->tpixels[2 * y + 1];
        for (int x = 0; x < gdImageSX(out); x++, above += 2, below += 2) {
            const int four[] = {above[0], above[1], below[0], below[1]};
            bool opaque =
                ((four[0] | four[1] | four[2] | four[3]) & 0x7f000000) == 0;
            out->tpixels[y][x] =
                opaque ? mean_opaque(four[0], four[1], four[2], four[3])
                       : mean_clear(four);
        }
    }
    return out;
}

static canvas *copy(canvas *image)
{
    return gdImageClone(image);
}

canvas *child_scale(canvas *image, int width, int height)
{
    canvas *at = NULL;
    while (gdImageSX(at ? at : image) >= 2 * width &&
           gdImageSY(at ? at : image) >= 2 * height) {
        canvas *half = halve(at ? at : image);
        if (at)
            gdImageDestroy(at);
        if (!half)
            return NULL;
        at = half;
    }
    if (gdImageSX(at ? at : image) == width &&
        gdImageSY(at ? at : image) == height)
        return at ? at : copy(image);
    canvas *from = at ? at : image;
    gdImageSetInterpolationMethod(from, GD_BILINEAR_FIXED);
    canvas *out = gdImageScale(from, (unsigned)width, (unsigned)height);
    if (at)
        gdImageDestroy(at);
    return out;
}
