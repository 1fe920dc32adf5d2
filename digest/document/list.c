/* Lists, and items whose list is missing. */
#include <cmark.h>
#include <libxml/tree.h>

#include "digest/document/convert_internal.h"

enum { NUMBER_MAX = 999999999 }; /* CommonMark's */

/* NULL where it is too deep, or nothing is in it. */
static struct cmark_node *convert_item_in(struct converter *c,
                                          const struct style *style,
                                          const xmlNode *item)
{
    struct style inner = *style;
    inner.is_paragraph = false;
    struct cmark_node *node = builder_open(c->builder, CONTAINER_ITEM, 0);
    convert_children(c, &inner, item);
    return builder_close(c->builder, node) ? node : NULL;
}

static bool is_blank_text(const xmlNode *node)
{
    return node->type != XML_ELEMENT_NODE &&
           (!node->content || xmlIsBlankNode((xmlNode *)node));
}

/* Nodes between items go into the item before: nested lists, most of all, that
 * should have stood within it. */
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

/* A whole number that an attribute begins with (HTML Standard, 2.3.4.1). */
static bool read_number(const xmlNode *element, const char *name, int *out)
{
    unsigned long long digits;
    struct str text = str_trim(element_attribute(element, name));
    bool is_negative = str_starts(text, STR("-"));
    bool is_signed = is_negative || str_starts(text, STR("+"));
    text = str_from(text, is_signed);
    size_t end = 0;
    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
        end++;
    text.len = end;
    if (!str_to_u64(text, &digits) || digits > NUMBER_MAX)
        return false;
    *out = is_negative ? -(int)digits : (int)digits;
    return true;
}

/* How the items of a list are numbered. Unless it says so, one that is empty
 * has no number, as it isn't shown. */
struct numbering {
    int next, step;
    int following;    /* what the next item of the tree has without a word */
    bool is_numbered; /* an <ol> */
    bool is_said;
};

static bool is_shown_item(const xmlNode *node)
{
    return element_is(node, "li") && !element_look(node).is_hidden;
}

static int count_items(const xmlNode *list)
{
    int count = 0;
    for (const xmlNode *n = list->children; n; n = n->next)
        count += is_shown_item(n);
    return count;
}

static struct numbering numbering_of(const xmlNode *list)
{
    struct numbering n = {.next = 1, .step = 1};
    n.is_numbered = element_is(list, "ol");
    n.is_said = element_attribute(list, "reversed").ptr != NULL;
    if (n.is_said) {
        n.step = -1;
        n.next = count_items(list);
    }
    read_number(list, "start", &n.next);
    n.is_said = n.is_said || n.next < 0;
    n.following = n.next < 0 ? 1 : n.next;
    return n;
}

static void convert_numbered(struct converter *c, const struct style *style,
                             struct numbering *n, const xmlNode *node)
{
    if (n->is_numbered && read_number(node, "value", &n->next))
        n->is_said = true;
    struct cmark_node *item = convert_item_in(c, style, node);
    if (!item && !n->is_said)
        return;
    if (item && n->is_numbered)
        builder_number(c->builder, item, n->following, n->next);
    if (item)
        n->following = n->next + 1;
    n->next += n->step;
}

static void convert_items(struct converter *c, const struct style *style,
                          struct cmark_node *list, struct numbering *numbering,
                          const xmlNode *node)
{
    while (node) {
        if (element_is(node, "li")) {
            if (is_shown_item(node))
                convert_numbered(c, style, numbering, node);
            node = node->next;
        } else if (is_blank_text(node)) {
            node = node->next;
        } else {
            bool was_empty = !cmark_node_first_child(list);
            node = convert_strays(c, style, list, node);
            if (was_empty && cmark_node_first_child(list))
                numbering->next = ++numbering->following;
        }
    }
}

void convert_list(struct converter *c, const struct style *style,
                  const struct _xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    builder_boundary(c->builder, &inner);
    struct numbering n = numbering_of(node);
    enum container kind = n.is_numbered ? CONTAINER_NUMBERS : CONTAINER_BULLETS;
    struct cmark_node *list =
        inner.is_one_line ? NULL : builder_open(c->builder, kind, n.following);
    if (list)
        convert_items(c, &inner, list, &n, node->children);
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
