/* Tells what becomes of each HTML element, by a table of tags. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/document/convert_internal.h"

/* Sorted by name. What isn't here is a span; NULL leaves out the element and
 * all in it. */
static const struct tag {
    const char *name;
    void (*convert)(struct converter *, const struct style *,
                    const struct _xmlNode *);
} tags[] = {
    {"a", convert_link},
    {"address", convert_block},
    {"applet", NULL},
    {"area", NULL},
    {"article", convert_block},
    {"aside", convert_block},
    {"audio", convert_embed},
    {"b", convert_strong},
    {"base", convert_base},
    {"blockquote", convert_quote},
    {"body", convert_block},
    {"br", convert_break},
    {"button", NULL},
    {"canvas", NULL},
    {"center", convert_block},
    {"cite", convert_emph},
    {"code", convert_code},
    {"colgroup", NULL},
    {"datalist", NULL},
    {"dd", convert_block},
    {"details", convert_block},
    {"dfn", convert_emph},
    {"dialog", NULL},
    {"div", convert_block},
    {"dl", convert_block},
    {"dt", convert_term},
    {"em", convert_emph},
    {"embed", convert_embed},
    {"fieldset", convert_block},
    {"figcaption", convert_caption},
    {"figure", convert_block},
    {"footer", convert_block},
    {"form", convert_form},
    {"frame", NULL},
    {"frameset", NULL},
    {"h1", convert_heading},
    {"h2", convert_heading},
    {"h3", convert_heading},
    {"h4", convert_heading},
    {"h5", convert_heading},
    {"h6", convert_heading},
    {"head", convert_head},
    {"header", convert_block},
    {"hgroup", convert_block},
    {"hr", convert_rule},
    {"html", convert_block},
    {"i", convert_emph},
    {"iframe", convert_embed},
    {"img", convert_image},
    {"input", NULL},
    {"kbd", convert_code},
    {"label", convert_label},
    {"legend", NULL},
    {"li", convert_item},
    {"link", NULL},
    {"listing", convert_pre},
    {"main", convert_block},
    {"map", NULL},
    {"math", convert_math},
    {"menu", convert_list},
    {"meta", NULL},
    {"meter", NULL},
    {"nav", convert_block},
    {"noembed", NULL},
    {"noframes", NULL},
    {"noscript", convert_noscript},
    {"object", convert_object},
    {"ol", convert_list},
    {"optgroup", NULL},
    {"option", NULL},
    {"output", NULL},
    {"p", convert_paragraph},
    {"param", NULL},
    {"pre", convert_pre},
    {"progress", NULL},
    {"q", convert_quotation},
    {"rp", NULL},
    {"rt", convert_reading},
    {"samp", convert_code},
    {"script", NULL},
    {"search", convert_block},
    {"section", convert_block},
    {"select", NULL},
    {"source", convert_children},
    {"strong", convert_strong},
    {"style", NULL},
    {"sub", convert_raised},
    {"summary", convert_term},
    {"sup", convert_raised},
    {"svg", NULL},
    {"table", convert_table},
    {"tbody", convert_block},
    {"td", convert_block},
    {"template", NULL},
    {"textarea", NULL},
    {"tfoot", convert_block},
    {"th", convert_block},
    {"thead", convert_block},
    {"title", NULL},
    {"tr", convert_block},
    {"track", convert_children},
    {"tt", convert_code},
    {"ul", convert_list},
    {"var", convert_emph},
    {"video", convert_embed},
    {"xmp", convert_pre},
};

static int compare_name(const void *name, const void *tag)
{
    return strcmp(name, ((const struct tag *)tag)->name);
}

static void convert_element(struct converter *c, const struct style *style,
                            const xmlNode *element)
{
    if (element->properties && element_look(element).is_hidden)
        return;
    const struct tag *tag = bsearch(element->name, tags, ARRAY_SIZE(tags),
                                    sizeof *tags, compare_name);
    if (!tag)
        convert_span(c, style, element);
    else if (tag->convert)
        tag->convert(c, style, element);
}

void convert_node(struct converter *c, const struct style *style,
                  const xmlNode *node)
{
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
        builder_text(c->builder, style, str_of((const char *)node->content));
    else if (node->type == XML_ELEMENT_NODE)
        convert_element(c, style, node);
}

void convert_children(struct converter *c, const struct style *style,
                      const xmlNode *element)
{
    for (const xmlNode *n = element->children; n; n = n->next)
        convert_node(c, style, n);
}

void convert_words(struct converter *c, const struct style *style,
                   struct str words)
{
    builder_boundary(c->builder, style);
    builder_text(c->builder, style, words);
    builder_boundary(c->builder, style);
}
