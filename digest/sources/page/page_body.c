/* Finds the article's body in a page, by scores of its paragraphs. */
#include <ctype.h>
#include <stdlib.h>

#include <libxml/HTMLtree.h>
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/sources/page/page_parts_internal.h"
#include "digest/sources/page/paste_lines_internal.h"

enum { ANCESTORS = 5, MIN_PARAGRAPH = 25 };

/* The words in class and id that speak for a part of the page. */
static const char *const unlikely[] = {
    "-ad-",         "ai2html",    "banner",     "breadcrumb", "combx",
    "comment",      "cookie",     "consent",    "newsletter", "popular",
    "recommend",    "most-read",  "community",  "cover-wrap", "disqus",
    "extra",        "footer",     "gdpr",       "header",     "legends",
    "menu",         "related",    "remark",     "replies",    "rss",
    "shoutbox",     "sidebar",    "skyscraper", "social",     "sponsor",
    "supplemental", "ad-break",   "agegate",    "pagination", "pager",
    "popup",        "yom-remote", NULL};
static const char *const maybe[] = {"and",     "article", "body",
                                    "column",  "content", "main",
                                    "mathjax", "shadow",  NULL};
static const char *const bylines[] = {"byline", "dateline", "writtenby",
                                      "p-author", NULL};
static const char *const roles[] = {"menu",       "menubar", "complementary",
                                    "navigation", "alert",   "alertdialog",
                                    "dialog",     NULL};
static const char *const never[] = {"script", "style",    "noscript", "link",
                                    "meta",   "template", "head",     NULL};
static const char *const blocks[] = {
    "blockquote", "dl",     "div",  "img",     "ol",      "p",
    "pre",        "table",  "ul",   "section", "article", "figure",
    "h1",         "h2",     "h3",   "h4",      "h5",      "h6",
    "header",     "footer", "form", "aside",   "main",    NULL};
static const char *const scored[] = {"section", "h2", "h3", "h4",  "h5",
                                     "h6",      "p",  "td", "pre", NULL};

struct mark {
    double score;
    struct mark *next; /* in the order in which they were met */
    xmlNode *node;
};

struct body {
    struct arena *arena;
    struct page_parts *page;
    enum page_effort effort;
    xmlNode *root;
    struct mark *first, **last;
};

static bool is_hidden(struct body *b, xmlNode *node)
{
    const char *style = page_attribute(node, "style", b->arena);
    return xmlHasProp(node, (const xmlChar *)"hidden") ||
           strstr(style, "display:none") || strstr(style, "display: none") ||
           strstr(style, "visibility:hidden") ||
           (strcmp(page_attribute(node, "aria-hidden", b->arena), "true") ==
                0 &&
            !strstr(page_label(node, b->arena), "fallback-image"));
}

static bool is_role(struct body *b, xmlNode *node)
{
    const char *role = page_attribute(node, "role", b->arena);
    for (size_t i = 0; roles[i]; i++)
        if (strcmp(role, roles[i]) == 0)
            return true;
    return false;
}

static bool is_inside(const xmlNode *node, const char *name)
{
    for (node = node->parent; node; node = node->parent)
        if (page_is(node, name))
            return true;
    return false;
}

static bool is_unlikely(struct body *b, xmlNode *node, const char *label)
{
    if (b->effort != PAGE_STRICT)
        return false;
    return (source_has_word(label, unlikely) &&
            !source_has_word(label, maybe) && !is_inside(node, "table") &&
            !is_inside(node, "code") && !page_is(node, "body") &&
            !page_is(node, "a") && !page_is(node, "html")) ||
           is_role(b, node);
}

static bool is_link_to_person(struct body *b, xmlNode *node)
{
    static const char *const places[] = {
        "/author", "/people/", "/person/",   "/profile",    "/staff/",
        "/bio/",   "/by/",     "/writer",    "/reporter",   "/contributor",
        "/autor",  "/auteur",  "/redaktion", "/journalist", NULL};
    return page_is(node, "a") &&
           source_has_word(page_attribute(node, "href", b->arena), places);
}

/* Inside a byline, the name alone where it is marked. */
static void find_name(struct body *b, xmlNode *root, struct strbuf *out)
{
    for (xmlNode *node = page_next(root, root, false); node && !out->len;
         node = page_next(node, root, false))
        if (node->type == XML_ELEMENT_NODE &&
            (strstr(page_attribute(node, "itemprop", b->arena), "name") ||
             strcmp(page_attribute(node, "rel", b->arena), "author") == 0 ||
             is_link_to_person(b, node)))
            page_text_of(node, out);
}

/* Takes the line that names the author out of the text. */
static bool take_byline(struct body *b, xmlNode *node, const char *label)
{
    const char *rel = page_attribute(node, "rel", b->arena);
    const char *property = page_attribute(node, "itemprop", b->arena);
    if (page_is(node, "body") || page_is(node, "html") ||
        (strcmp(rel, "author") != 0 && !strstr(property, "author") &&
         !source_has_word(label, bylines) && !strstr(label, "author")))
        return false;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
    page_text_of(node, &text);
    if (text.len == 0 || text.len >= 100 || b->page->author)
        return false;
    find_name(b, node, &name);
    struct str line = str_trim(strbuf_str(name.len ? &name : &text));
    paste_byline(line, &line);
    b->page->author = arena_copy_str(b->arena, line);
    return true;
}

static bool has_block(xmlNode *root)
{
    for (xmlNode *node = page_next(root, root, false); node;
         node = page_next(node, root, false))
        if (page_is_any(node, blocks))
            return true;
    return false;
}

static bool is_phrasing(const xmlNode *node)
{
    static const char *const names[] = {
        "abbr",  "audio", "b",      "bdo",  "br",    "button", "cite",
        "code",  "data",  "dfn",    "em",   "embed", "i",      "img",
        "kbd",   "label", "mark",   "math", "q",     "ruby",   "samp",
        "small", "span",  "strong", "sub",  "sup",   "time",   "var",
        "wbr",   "a",     "del",    "ins",  "font",  "u",      NULL};
    return node->type == XML_TEXT_NODE || page_is_any(node, names);
}

static bool is_blank(const xmlNode *node)
{
    return xmlIsBlankNode(node) == 1 || page_is(node, "br");
}

/* Text that stands in a <div> between blocks becomes paragraphs. */
static void wrap_phrases(xmlNode *div)
{
    xmlNode *paragraph = NULL;
    for (xmlNode *child = div->children, *next; child; child = next) {
        next = child->next;
        if (!is_phrasing(child) || (!paragraph && is_blank(child))) {
            paragraph = NULL;
            continue;
        }
        /* Two line breaks end a paragraph. */
        if (page_is(child, "br") && next && is_blank(next)) {
            const xmlNode *after = next;
            while (after && xmlIsBlankNode(after) == 1)
                after = after->next;
            if (page_is(after, "br")) {
                paragraph = NULL;
                continue;
            }
        }
        if (!paragraph) {
            paragraph =
                xmlNewDocNode(div->doc, NULL, (const xmlChar *)"p", NULL);
            xmlAddPrevSibling(child, paragraph);
        }
        xmlUnlinkNode(child);
        xmlAddChild(paragraph, child);
    }
}

static xmlNode *only_paragraph(xmlNode *div)
{
    xmlNode *found = NULL;
    for (xmlNode *child = div->children; child; child = child->next) {
        if (child->type == XML_TEXT_NODE && xmlIsBlankNode(child) != 1)
            return NULL;
        if (child->type == XML_ELEMENT_NODE) {
            if (found || !page_is(child, "p"))
                return NULL;
            found = child;
        }
    }
    return found;
}

/* A <div> that is a paragraph becomes one. */
static void settle_div(xmlNode *div)
{
    wrap_phrases(div);
    xmlNode *paragraph = only_paragraph(div);
    if (paragraph && page_link_density(div) < 0.25) {
        xmlUnlinkNode(paragraph);
        xmlNode *children = paragraph->children;
        while (div->children) {
            xmlNode *child = div->children;
            xmlUnlinkNode(child);
            xmlFreeNode(child);
        }
        while (children) {
            xmlNode *next = children->next;
            xmlUnlinkNode(children);
            xmlAddChild(div, children);
            children = next;
        }
        xmlFreeNode(paragraph);
        xmlNodeSetName(div, (const xmlChar *)"p");
    } else if (!has_block(div)) {
        xmlNodeSetName(div, (const xmlChar *)"p");
    }
}

static bool is_empty(xmlNode *node)
{
    static const char *const names[] = {"div", "section", "header", "h1", "h2",
                                        "h3",  "h4",      "h5",     "h6", NULL};
    return page_is_any(node, names) && page_text_length(node) == 0 &&
           !page_count(node, "img") && !page_count(node, "iframe") &&
           !page_count(node, "video");
}

/* Takes out what can't be of the article. */
static void strip(struct body *b)
{
    for (xmlNode *node = b->root; node;) {
        if (page_is_any(node, never)) {
            node = page_remove(node, b->root);
            continue;
        }
        if (node->type != XML_ELEMENT_NODE || node == b->root) {
            node = page_next(node, b->root, false);
            continue;
        }
        const char *label = page_label(node, b->arena);
        if (is_hidden(b, node) || take_byline(b, node, label) ||
            is_unlikely(b, node, label) || is_empty(node)) {
            node = page_remove(node, b->root);
            continue;
        }
        if (page_is(node, "div"))
            settle_div(node);
        else if (page_is(node, "body"))
            wrap_phrases(node);
        node = page_next(node, b->root, false);
    }
}

static double first_score(struct body *b, xmlNode *node)
{
    static const char *const good[] = {"pre", "td", "blockquote", NULL};
    static const char *const bad[] = {"address", "ol", "ul",   "dl", "dd",
                                      "dt",      "li", "form", NULL};
    static const char *const worse[] = {"h1", "h2", "h3", "h4",
                                        "h5", "h6", "th", NULL};
    double score = page_is(node, "div")       ? 5
                   : page_is_any(node, good)  ? 3
                   : page_is_any(node, bad)   ? -3
                   : page_is_any(node, worse) ? -5
                                              : 0;
    return b->effort == PAGE_LOOSEST
               ? score
               : score + page_class_weight(node, b->arena);
}

static struct mark *mark_of(struct body *b, xmlNode *node)
{
    if (!node->_private) {
        struct mark *mark = ARENA_NEW(b->arena, struct mark);
        mark->score = first_score(b, node);
        mark->node = node;
        node->_private = mark;
        *b->last = mark;
        b->last = &mark->next;
    }
    return node->_private;
}

/* Commas of all scripts. */
static unsigned count_commas(struct str text)
{
    static const char *const commas[] = {",",  "،",   "、", "，",
                                         "﹐", "⹁", "।"};
    unsigned count = 0;
    for (size_t i = 0; i < ARRAY_SIZE(commas); i++)
        for (struct str rest = text; rest.len; count++) {
            size_t at = str_find_str(rest, str_of(commas[i]));
            if (at == rest.len)
                break;
            rest = str_from(rest, at + strlen(commas[i]));
        }
    return count;
}

/* A paragraph speaks for what it stands in. */
static void score_paragraph(struct body *b, xmlNode *paragraph)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    page_text_of(paragraph, &text);
    if (text.len < MIN_PARAGRAPH)
        return;
    double length = (double)text.len / 100;
    double score =
        2 + count_commas(strbuf_str(&text)) + (length < 3 ? length : 3);
    xmlNode *above = paragraph->parent;
    for (unsigned level = 0; above && level < ANCESTORS; level++) {
        if (above->type != XML_ELEMENT_NODE || !above->parent ||
            above->parent->type != XML_ELEMENT_NODE)
            return;
        double share = level == 0 ? 1 : level == 1 ? 2 : level * 3;
        mark_of(b, above)->score += score / share;
        above = above->parent;
    }
}

static double final_score(const struct mark *mark)
{
    return mark->score * (1 - page_link_density(mark->node));
}

static struct mark *best_mark(struct body *b)
{
    struct mark *best = NULL;
    for (struct mark *mark = b->first; mark; mark = mark->next) {
        mark->score = final_score(mark);
        if (!best || mark->score > best->score)
            best = mark;
    }
    return best;
}

static bool is_above(const xmlNode *above, const xmlNode *node)
{
    for (node = node->parent; node; node = node->parent)
        if (node == above)
            return true;
    return false;
}

/* Finds an ancestor that three others nearly as good share, or the best one
 * itself. */
static xmlNode *shared_ancestor(struct body *b, struct mark *best)
{
    for (xmlNode *above = best->node->parent;
         above && above->type == XML_ELEMENT_NODE && !page_is(above, "body");
         above = above->parent) {
        unsigned count = 0;
        for (struct mark *mark = b->first; mark; mark = mark->next)
            count += mark != best && mark->score >= best->score * 0.75 &&
                     is_above(above, mark->node);
        if (count >= 3)
            return above;
    }
    return best->node;
}

/* Climbs as long as the score doesn't fall far. */
static xmlNode *climb(struct body *b, xmlNode *node)
{
    double last = mark_of(b, node)->score, least = last / 3;
    xmlNode *top = node;
    for (xmlNode *above = node->parent;
         above && above->type == XML_ELEMENT_NODE && !page_is(above, "body");
         above = above->parent) {
        const struct mark *mark = above->_private;
        if (!mark)
            continue;
        if (mark->score < least)
            break;
        if (mark->score > last) {
            top = above;
            break;
        }
        last = mark->score;
    }
    while (top->parent && !page_is(top->parent, "body") &&
           top->parent->type == XML_ELEMENT_NODE &&
           xmlChildElementCount(top->parent) == 1)
        top = top->parent;
    return top;
}

static bool ends_sentence(struct str text)
{
    return str_find_str(text, STR(". ")) < text.len ||
           str_ends(text, STR(".")) || str_find_str(text, STR("。")) < text.len;
}

/* Whether a neighbour of the article belongs to it. */
static bool belongs(struct body *b, xmlNode *node, xmlNode *top)
{
    const struct mark *mark = node->_private, *best = mark_of(b, top);
    const char *label = page_attribute(node, "class", b->arena);
    const char *own = page_attribute(top, "class", b->arena);
    double bonus = *own && strcmp(own, label) == 0 ? best->score * 0.2 : 0;
    double least = best->score * 0.2 > 10 ? best->score * 0.2 : 10;
    if (node == top || (mark && mark->score + bonus >= least))
        return true;
    if (!page_is(node, "p"))
        return false;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    page_text_of(node, &text);
    double links = page_link_density(node);
    return (text.len > 80 && links < 0.25) ||
           (text.len > 0 && text.len <= 80 && links <= 0 &&
            ends_sentence(strbuf_str(&text)));
}

/* The article with those of its neighbours that belong to it. */
static xmlNode *gather(struct body *b, xmlNode *top)
{
    xmlNode *article =
        xmlNewDocNode(top->doc, NULL, (const xmlChar *)"div", NULL);
    xmlNode **found = NULL;
    size_t count = 0, capacity = 0;
    for (xmlNode *node = top->parent->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE &&
            (belongs(b, node, top) || page_is_linked_text(node, node->parent)))
            MEM_PUSH(found, count, capacity, node);
    for (size_t i = 0; i < count; i++) {
        xmlUnlinkNode(found[i]);
        xmlAddChild(article, found[i]);
    }
    free(found);
    return article;
}

static const char *to_html(xmlNode *article, struct arena *arena)
{
    xmlBuffer *buffer = xmlBufferCreate();
    htmlNodeDump(buffer, article->doc, article);
    const char *html =
        arena_copy(arena, (const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return html;
}

static xmlNode *find_top(struct body *b)
{
    for (xmlNode *node = b->root; node; node = page_next(node, b->root, false))
        if (page_is_any(node, scored))
            score_paragraph(b, node);
    struct mark *best = best_mark(b);
    if (!best || page_is(best->node, "body") || page_is(best->node, "html"))
        return NULL;
    return climb(b, shared_ancestor(b, best));
}

const char *page_body_read(xmlDoc *tree, enum page_effort effort,
                           struct arena *arena, struct page_parts *page,
                           size_t *text_length)
{
    struct body b = {.arena = arena, .page = page, .effort = effort};
    b.last = &b.first;
    b.root = xmlDocGetRootElement(tree);
    strip(&b);
    xmlNode *whole = page_find(b.root, "body");
    if (!whole)
        whole = b.root;
    xmlNode *top = find_top(&b);
    xmlNode *article = top && top->parent ? gather(&b, top) : NULL;
    xmlNode *chosen = article ? article : whole;
    page_clean(chosen, page->title ? page->title : "", effort, arena);
    page_trim(chosen, !article, page, arena);
    *text_length = page_text_length(chosen);
    const char *html = to_html(chosen, arena);
    if (article)
        xmlFreeNode(article);
    return *text_length ? html : NULL;
}
