/* Parses colours, and measures their contrast by WCAG's luminance. */
#include "digest/base/colour.h"

#include <math.h>
#include <stdio.h>

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f')
        return (c | 32) - 'a' + 10;
    return -1;
}

bool colour_parse(struct str text, struct colour *out)
{
    unsigned parts[3];
    if (text.len != 7 || text.ptr[0] != '#')
        return false;
    for (size_t i = 0; i < 3; i++) {
        int high = digit(text.ptr[1 + 2 * i]), low = digit(text.ptr[2 + 2 * i]);
        if (high < 0 || low < 0)
            return false;
        parts[i] = (unsigned)(high * 16 + low);
    }
    *out = (struct colour){parts[0], parts[1], parts[2]};
    return true;
}

const char *colour_text(struct colour c, char *buffer)
{
    snprintf(buffer, COLOUR_TEXT_SIZE, "#%02x%02x%02x", c.red & 255,
             c.green & 255, c.blue & 255);
    return buffer;
}

static double linear(unsigned part)
{
    double c = part / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(struct colour c)
{
    return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) +
           0.0722 * linear(c.blue);
}

double colour_contrast(struct colour a, struct colour b)
{
    double one = luminance(a) + 0.05, two = luminance(b) + 0.05;
    return one > two ? one / two : two / one;
}

static unsigned mix(unsigned part, unsigned to, unsigned percent)
{
    return (part * (100 - percent) + to * percent) / 100;
}

struct colour colour_readable(struct colour c, struct colour ground,
                              double least)
{
    static const struct colour black = {0, 0, 0}, white = {255, 255, 255};
    bool is_light =
        colour_contrast(ground, black) > colour_contrast(ground, white);
    unsigned to = is_light ? 0 : 255;
    for (unsigned percent = 0; percent < 100; percent++) {
        struct colour mixed = {mix(c.red, to, percent),
                               mix(c.green, to, percent),
                               mix(c.blue, to, percent)};
        if (colour_contrast(mixed, ground) >= least)
            return mixed;
    }
    return is_light ? black : white;
}
