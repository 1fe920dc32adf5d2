/* Inline elements, and what is left out. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/document/convert_internal.h"
#include "digest/document/url.h"

/* ---- inline elements -------------------------------------------------- */

void convert_emph(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    struct style inner = *style;
    if (!element_look(node).is_not_italic)
        style_add(&inner, &(struct format){FORMAT_EMPH, NULL, NULL, node});
    convert_children(c, &inner, node);
}

/* Google Docs wraps all it copies in <b style="font-weight:normal">. */
void convert_strong(struct converter *c, const struct style *style,
                    const struct _xmlNode *node)
{
    struct style inner = *style;
    if (!element_look(node).is_not_bold)
        style_add(&inner, &(struct format){FORMAT_STRONG, NULL, NULL, node});
    convert_children(c, &inner, node);
}

void convert_span(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    struct style inner = *style;
    struct look look = element_look(node);
    if (look.is_bold)
        style_add(&inner, &(struct format){FORMAT_STRONG, NULL, NULL, node});
    if (look.is_italic)
        style_add(&inner, &(struct format){FORMAT_EMPH, NULL, NULL, node});
    convert_children(c, &inner, node);
}

void convert_code(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    struct style inner = *style;
    inner.code = node;
    convert_children(c, &inner, node);
}

/* The style within a link; one that leads nowhere changes none. */
static struct style link_style(struct converter *c, const struct style *style,
                               const struct _xmlNode *node)
{
    struct style inner = *style;
    const char *url = url_resolve(c->arena, element_attribute(node, "href"),
                                  c->base, URL_LINK);
    if (url) {
        OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
        tree_clean_line(&title, element_attribute(node, "title"));
        const char *kept =
            title.len ? arena_copy_str(c->arena, strbuf_str(&title)) : NULL;
        style_add(&inner, &(struct format){FORMAT_LINK, url, kept, node});
    }
    return inner;
}

void convert_link(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    struct style inner = link_style(c, style, node);
    convert_children(c, &inner, node);
}

void convert_break(struct converter *c, const struct style *style,
                   const struct _xmlNode *node)
{
    (void)node;
    builder_break(c->builder, style);
}

void convert_quotation(struct converter *c, const struct style *style,
                       const struct _xmlNode *node)
{
    builder_text(c->builder, style, STR("\xe2\x80\x9c"));
    convert_children(c, style, node);
    /* The closing mark stands at the last word, whatever space was there. */
    c->builder->has_space = false;
    builder_text(c->builder, style, STR("\xe2\x80\x9d"));
}

/* A reading aid stands in parentheses, whether or not its <rp> say so. */
void convert_reading(struct converter *c, const struct style *style,
                     const struct _xmlNode *node)
{
    builder_text(c->builder, style, STR("("));
    convert_children(c, style, node);
    builder_text(c->builder, style, STR(")"));
}

void convert_math(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    struct str text = element_attribute(node, "alttext");
    if (text.len)
        builder_text(c->builder, style, text);
    else
        convert_children(c, style, node);
}

/* Raised and lowered digits and signs, where all of them have a character. */
static const struct raised {
    char plain;
    unsigned up, down;
} raised[] = {
    {'0', 0x2070, 0x2080}, {'1', 0xb9, 0x2081},   {'2', 0xb2, 0x2082},
    {'3', 0xb3, 0x2083},   {'4', 0x2074, 0x2084}, {'5', 0x2075, 0x2085},
    {'6', 0x2076, 0x2086}, {'7', 0x2077, 0x2087}, {'8', 0x2078, 0x2088},
    {'9', 0x2079, 0x2089}, {'+', 0x207a, 0x208a}, {'-', 0x207b, 0x208b},
    {'n', 0x207f, 0x2099},
};

static unsigned raise_char(char plain, bool up)
{
    for (size_t i = 0; i < ARRAY_SIZE(raised); i++)
        if (raised[i].plain == plain)
            return up ? raised[i].up : raised[i].down;
    return 0;
}

static bool raise_text(struct str text, bool up, struct strbuf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned to = raise_char(text.ptr[i], up);
        if (!to)
            return false;
        strbuf_add_utf8(out, to);
    }
    return true;
}

/* The mark of a footnote is mostly a link as a whole. */
void convert_raised(struct converter *c, const struct style *style,
                    const struct _xmlNode *node)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    const xmlNode *only = node->children;
    struct style inner = *style;
    if (only && !only->next && element_is(only, "a")) {
        inner = link_style(c, style, only);
        only = only->children;
    }
    if (only && !only->next && only->type == XML_TEXT_NODE && !style->code &&
        raise_text(str_of((const char *)only->content), element_is(node, "sup"),
                   &out))
        builder_text(c->builder, &inner, strbuf_str(&out));
    else
        convert_children(c, style, node);
}

/* ---- what is hardly text --------------------------------------------------
 */

void convert_form(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    bool before = c->is_in_form;
    c->is_in_form = true;
    convert_block(c, style, node);
    c->is_in_form = before;
}

void convert_label(struct converter *c, const struct style *style,
                   const struct _xmlNode *node)
{
    if (!c->is_in_form)
        convert_children(c, style, node);
}

void convert_base(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    (void)style;
    const char *url = url_resolve(c->arena, element_attribute(node, "href"),
                                  c->base, URL_FILE);
    if (url)
        c->base = url;
}

/* Converts a page's head, of which only <base> matters. */
void convert_head(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    for (const xmlNode *n = node->children; n; n = n->next)
        if (element_is(n, "base"))
            convert_base(c, style, n);
}
