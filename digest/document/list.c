/* Lists, and items whose list is missing. */
#include <libxml/tree.h>

#include "digest/document/convert.h"

static void convert_item_in(struct converter *c, const struct style *style,
                            const xmlNode *item)
{
    struct style inner = *style;
    inner.is_paragraph = false;
    struct cmark_node *node = builder_open(c->builder, CONTAINER_ITEM, 0);
    convert_children(c, &inner, item);
    builder_close(c->builder, node);
}

static bool is_blank_text(const xmlNode *node)
{
    return node->type != XML_ELEMENT_NODE &&
           (!node->content || xmlIsBlankNode((xmlNode *)node));
}

/* What stands between items belongs to the item before: nested lists, most
 * of all, that should have stood within it. */
static const xmlNode *convert_strays(struct converter *c,
                                     const struct style *style,
                                     struct cmark_node *list,
                                     const xmlNode *node)
{
    struct cmark_node *item = builder_last_item(c->builder, list);
    for (; node && !element_is(node, "li"); node = node->next)
        convert_node(c, style, node);
    builder_close(c->builder, item);
    return node;
}

static void convert_items(struct converter *c, const struct style *style,
                          struct cmark_node *list, const xmlNode *node)
{
    while (node) {
        if (element_is(node, "li")) {
            if (!element_look(node).is_hidden)
                convert_item_in(c, style, node);
            node = node->next;
        } else if (is_blank_text(node)) {
            node = node->next;
        } else {
            node = convert_strays(c, style, list, node);
        }
    }
}

static int list_start(const xmlNode *list)
{
    unsigned long long start = 1;
    struct str text = str_trim(element_attribute(list, "start"));
    if (!str_to_u64(text, &start) || start > 999999999)
        return 1;
    return (int)start;
}

void convert_list(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    builder_boundary(c->builder, &inner);
    bool is_numbered = element_is(node, "ol");
    struct cmark_node *list =
        inner.is_one_line
            ? NULL
            : builder_open(c->builder,
                           is_numbered ? CONTAINER_NUMBERS : CONTAINER_BULLETS,
                           list_start(node));
    if (list)
        convert_items(c, &inner, list, node->children);
    else
        convert_within(c, &inner, node);
    builder_close(c->builder, list);
}

/* An item whose list is missing, or too deep. */
void convert_item(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    struct cmark_node *list = NULL;
    bool is_in_list = node->parent && (element_is(node->parent, "ul") ||
                                       element_is(node->parent, "ol"));
    if (!inner.is_one_line && !is_in_list) {
        list = builder_reopen_list(c->builder);
        if (!list)
            list = builder_open(c->builder, CONTAINER_BULLETS, 0);
    }
    if (list)
        convert_item_in(c, &inner, node);
    else
        convert_within(c, &inner, node);
    builder_close(c->builder, list);
}
