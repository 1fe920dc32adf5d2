/* Keeps which emphasis and link are in effect where a word stands. */
#include "digest/document/tree_internal.h"

static void drop_link(struct style *style)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < style->format_count; i++)
        if (style->formats[i].kind != FORMAT_LINK)
            style->formats[kept++] = style->formats[i];
    style->format_count = kept;
}

void style_add(struct style *style, const struct format *format)
{
    if (format->kind == FORMAT_LINK)
        drop_link(style);
    for (unsigned i = 0; i < style->format_count; i++)
        if (style->formats[i].kind == format->kind)
            return;
    style->formats[style->format_count++] = *format;
}
