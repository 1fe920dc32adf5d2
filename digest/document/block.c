/* Blocks, but for lists and tables. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/convert_internal.h"

struct style convert_block_style(const struct converter *c,
                                 const struct style *style)
{
    struct style inner = *style;
    inner.is_paragraph = false;
    if (inner.heading && c->builder->leaves > c->heading_leaves)
        inner.heading = 0;
    return inner;
}

void convert_within(struct converter *c, const struct style *inner,
                    const struct _xmlNode *node)
{
    builder_boundary(c->builder, inner);
    convert_children(c, inner, node);
    builder_boundary(c->builder, inner);
}

void convert_block(struct converter *c, const struct style *style,
                   const struct _xmlNode *node)
{
    struct style inner = *style;
    inner.is_paragraph = false;
    convert_within(c, &inner, node);
}

/* A caption goes under its image, in the same paragraph. */
void convert_caption(struct converter *c, const struct style *style,
                     const struct _xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    style_add(&inner, &(struct format){FORMAT_EMPH, NULL, NULL, node});
    if (!style->is_one_line && builder_reopen_image(c->builder)) {
        convert_children(c, &inner, node);
        builder_boundary(c->builder, &inner);
    } else {
        convert_within(c, &inner, node);
    }
}

void convert_paragraph(struct converter *c, const struct style *style,
                       const struct _xmlNode *node)
{
    if (element_has_class(node, "wp-caption-text")) {
        convert_caption(c, style, node);
        return;
    }
    struct style inner = convert_block_style(c, style);
    inner.is_paragraph = true;
    convert_within(c, &inner, node);
}

void convert_heading(struct converter *c, const struct style *style,
                     const struct _xmlNode *node)
{
    struct style inner = *style;
    inner.is_paragraph = false;
    unsigned before = c->heading_leaves;
    if (!style->is_one_line) {
        inner.heading = (unsigned)(node->name[1] - '0');
        c->heading_leaves = c->builder->leaves;
    }
    convert_within(c, &inner, node);
    c->heading_leaves = before;
}

void convert_term(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    style_add(&inner, &(struct format){FORMAT_STRONG, NULL, NULL, node});
    convert_within(c, &inner, node);
}

void convert_quote(struct converter *c, const struct style *style,
                   const struct _xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    if (inner.is_one_line) {
        convert_within(c, &inner, node);
        return;
    }
    builder_boundary(c->builder, &inner);
    struct cmark_node *quote = builder_open(c->builder, CONTAINER_QUOTE, 0);
    convert_children(c, &inner, node);
    builder_close(c->builder, quote);
}

void convert_rule(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    (void)node;
    if (style->is_one_line)
        builder_space(c->builder);
    else
        builder_rule(c->builder);
}

/* ---- code blocks ------------------------------------------------------ */

/* The language from class="language-c" on <code> or <pre>. */
static struct str code_language(const xmlNode *element)
{
    static const struct str prefixes[] = {{"language-", 9}, {"lang-", 5}};
    struct str classes = element_attribute(element, "class");
    while (classes.len) {
        struct str one = str_trim(str_cut(&classes, ' '));
        for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
            if (str_starts(one, prefixes[i]))
                return str_from(one, prefixes[i].len);
    }
    return (struct str){NULL, 0};
}

static void add_code_block(struct converter *c, const xmlNode *pre)
{
    OWNED(strbuf_free) struct strbuf raw = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf code = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf info = STRBUF_INIT;
    element_text(pre, &raw);
    struct str text = strbuf_str(&raw);
    for (size_t at = 0; at < text.len;) {
        unsigned ch = utf8_next(text, &at);
        if (ch != '\n' && ch != '\t')
            ch = tree_clean_char(ch);
        if (ch)
            strbuf_add_utf8(&code, ch);
    }
    struct str language = code_language(pre);
    if (!language.len && pre->children &&
        pre->children->type == XML_ELEMENT_NODE)
        language = code_language(pre->children);
    tree_clean_line(&info, language);
    builder_code_block(c->builder, strbuf_str(&code), strbuf_text(&info));
}

/* Verse keeps its lines but isn't code. */
static void add_verse(struct converter *c, const struct style *style,
                      const xmlNode *pre)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    element_text(pre, &text);
    struct str rest = strbuf_str(&text), line;
    builder_boundary(c->builder, style);
    while (str_next_line(&rest, &line)) {
        builder_text(c->builder, style, line);
        builder_break(c->builder, style);
    }
    builder_boundary(c->builder, style);
}

void convert_pre(struct converter *c, const struct style *style,
                 const struct _xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    if (inner.is_one_line || inner.heading)
        convert_code(c, &inner, node);
    else if (element_has_class(node, "wp-block-verse"))
        add_verse(c, &inner, node);
    else
        add_code_block(c, node);
}
