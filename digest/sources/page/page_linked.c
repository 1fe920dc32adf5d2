/* Tells linked text that belongs to an article from links beside it. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/sources/page/page_parts_internal.h"
#include "digest/sources/page/paste_lines_internal.h"

enum {
    MIN_TEXT = 25, /* bytes */
    FAR = 100      /* neighbours that are looked at */
};

/* Tells prose from the labels of a site's navigation. */
static bool is_prose(xmlNode *node)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    page_text_of(node, &text);
    return text.len >= MIN_TEXT ||
           (text.len > 0 && paste_ends_sentence(strbuf_str(&text)));
}

/* A paragraph or a step, however deep its <p> or <div>. */
static bool is_block(const xmlNode *node)
{
    static const char *const names[] = {"p",  "div", "section", "article",
                                        "li", "dd",  NULL};
    return page_is_any(node, names);
}

static bool is_text(xmlNode *node)
{
    return is_block(node) && is_prose(node) && page_link_density(node) < 0.25;
}

static bool is_one_link(xmlNode *node)
{
    static const char *const others[] = {"img", "ul", "ol", "table", "form",
                                         "h1",  "h2", "h3", "h4"};
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        if (page_count(node, others[i]))
            return false;
    return is_block(node) && page_count(node, "a") == 1 &&
           page_link_density(node) > 0.9 && is_prose(node);
}

/* The outermost that holds nothing else. */
static xmlNode *whole(xmlNode *node, const xmlNode *root)
{
    size_t length = page_text_length(node);
    while (node->parent && node->parent != root && is_block(node->parent) &&
           !page_is(node, "li") && page_text_length(node->parent) == length)
        node = node->parent;
    return node;
}

/* Cells of one grid have one class; without one, they have none. */
static bool is_alike(xmlNode *a, xmlNode *b)
{
    xmlChar *class_a = xmlGetProp(a, (const xmlChar *)"class");
    xmlChar *class_b = xmlGetProp(b, (const xmlChar *)"class");
    bool is_alike =
        page_is(a, "li") == page_is(b, "li") && xmlStrEqual(class_a, class_b);
    xmlFree(class_a);
    xmlFree(class_b);
    return is_alike;
}

/* The nearest neighbour that isn't such a link itself. */
static bool has_text_beside(xmlNode *node, xmlNode *(*step)(xmlNode *))
{
    xmlNode *beside = step(node);
    for (unsigned i = 0; beside && i < FAR; i++, beside = step(beside))
        if (page_text_length(beside) &&
            !(is_alike(node, beside) && is_one_link(beside)))
            break;
    return beside && is_alike(node, beside) && is_text(beside);
}

/* In a list, most items are to be text: the way through a site ends in the
 * one that is no link. */
static bool is_among_text(xmlNode *item)
{
    unsigned texts = 0, others = 0;
    for (xmlNode *n = xmlFirstElementChild(item->parent);
         n && texts + others < FAR; n = xmlNextElementSibling(n))
        if (is_text(n))
            texts++;
        else if (n != item)
            others++;
    return texts >= 2 && texts > others;
}

bool page_is_linked_text(xmlNode *node, const xmlNode *root)
{
    if (!is_one_link(node))
        return false;
    node = whole(node, root);
    if (page_is(node, "li"))
        return is_among_text(node);
    bool before = has_text_beside(node, xmlPreviousElementSibling);
    bool after = has_text_beside(node, xmlNextElementSibling);
    if (before && after)
        return true;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    page_text_of(node, &text);
    return (before || after) && paste_ends_sentence(strbuf_str(&text));
}
