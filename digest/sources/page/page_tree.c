/* Parses a page into libxml2's tree, and walks it. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/document/html_tree.h"
#include "digest/sources/page/page_parts_internal.h"

static void end_xml_text(xmlChar **text)
{
    xmlFree(*text);
}

xmlDoc *page_tree_read(struct str html, struct err *err)
{
    OWNED(html_tree_free) xmlDoc *tree = NULL;
    if (!html_tree_read(html, &tree, err))
        return NULL;
    if (tree && xmlDocGetRootElement(tree))
        return TAKE(tree);
    err_set(err, ERR_INPUT, "isn't a page: there is no text");
    return NULL;
}

xmlNode *page_next(xmlNode *node, const xmlNode *root, bool over)
{
    if (!over && node->type == XML_ELEMENT_NODE && node->children)
        return node->children;
    while (node != root && !node->next)
        node = node->parent;
    return node == root ? NULL : node->next;
}

xmlNode *page_remove(xmlNode *node, const xmlNode *root)
{
    xmlNode *next = page_next(node, root, true);
    xmlUnlinkNode(node);
    xmlFreeNode(node);
    return next;
}

xmlNode *page_find(xmlNode *root, const char *name)
{
    for (xmlNode *node = root; node; node = page_next(node, root, false))
        if (page_is(node, name))
            return node;
    return NULL;
}

bool page_is(const xmlNode *node, const char *name)
{
    return node && node->type == XML_ELEMENT_NODE &&
           strcmp((const char *)node->name, name) == 0;
}

bool page_is_any(const xmlNode *node, const char *const *names)
{
    for (; *names; names++)
        if (page_is(node, *names))
            return true;
    return false;
}

const char *page_attribute(xmlNode *node, const char *name, struct arena *arena)
{
    OWNED(end_xml_text)
    xmlChar *text = xmlGetProp(node, (const xmlChar *)name);
    if (!text)
        return "";
    return arena_copy_str(arena, str_trim(str_of((const char *)text)));
}

const char *page_label(xmlNode *node, struct arena *arena)
{
    char *label =
        arena_format(arena, "%s %s", page_attribute(node, "class", arena),
                     page_attribute(node, "id", arena));
    for (char *c = label; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c | 0x20);
    return label;
}

/* Folds white space over the border of two text nodes. */
static void add_folded(struct strbuf *out, const char *text)
{
    for (; *text; text++) {
        bool is_blank = strchr(" \t\r\n", *text) != NULL;
        if (!is_blank)
            strbuf_add_char(out, *text);
        else if (out->len && out->ptr[out->len - 1] != ' ')
            strbuf_add_char(out, ' ');
    }
}

void page_text_of(xmlNode *root, struct strbuf *out)
{
    for (xmlNode *node = root; node; node = page_next(node, root, false))
        if ((node->type == XML_TEXT_NODE ||
             node->type == XML_CDATA_SECTION_NODE) &&
            node->content)
            add_folded(out, (const char *)node->content);
    while (out->len && out->ptr[out->len - 1] == ' ')
        strbuf_cut(out, out->len - 1);
}

size_t page_text_length(xmlNode *node)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    page_text_of(node, &text);
    return text.len;
}

/* A link within the page weighs less. */
double page_link_density(xmlNode *root)
{
    size_t all = page_text_length(root);
    double links = 0;
    if (all == 0)
        return 0;
    for (xmlNode *node = root; node;) {
        bool is_link = page_is(node, "a");
        if (is_link) {
            xmlChar *href = xmlGetProp(node, (const xmlChar *)"href");
            links += (double)page_text_length(node) *
                     (href && href[0] == '#' ? 0.3 : 1.0);
            xmlFree(href);
        }
        node = page_next(node, root, is_link);
    }
    return links / (double)all;
}

unsigned page_count(xmlNode *root, const char *name)
{
    unsigned count = 0;
    for (xmlNode *node = page_next(root, root, false); node;
         node = page_next(node, root, false))
        count += page_is(node, name);
    return count;
}
