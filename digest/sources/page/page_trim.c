/* Trims byline, date and loose links from both ends of a page's body. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/sources/page/page_parts_internal.h"
#include "digest/sources/page/paste_lines_internal.h"

enum {
    MAX_LINE = 160,
    MAX_NAME = 60,
    NAME_WORDS = 6,
    PARAGRAPH = 80 /* bytes */
};

static const char *const leaves[] = {"p",  "div", "h1", "h2", "h3", "h4",
                                     "h5", "h6",  "li", "td", NULL};
static const char *const holders[] = {
    "p",  "div", "h1",    "h2",      "h3",      "h4",  "h5",
    "h6", "li",  "table", "section", "article", "pre", NULL};
static const char *const headings[] = {"h1", "h2", "h3", "h4",
                                       "h5", "h6", NULL};

struct trim {
    struct page_parts *page;
    const xmlNode *article;
    struct arena *arena;
    bool is_whole;  /* no part of the page stood out as the article */
    bool has_text;  /* a whole paragraph was met */
    bool has_ended; /* what follows is of the page around it if it is links */
};

static bool is_leaf(xmlNode *node)
{
    if (!page_is_any(node, leaves))
        return false;
    for (xmlNode *inner = page_next(node, node, false); inner;
         inner = page_next(inner, node, false))
        if (page_is_any(inner, holders) || page_is(inner, "img"))
            return false;
    return true;
}

/* The text inside, a line break being one. */
static void lines_of(xmlNode *leaf, struct strbuf *out)
{
    for (xmlNode *node = leaf; node; node = page_next(node, leaf, false)) {
        if (page_is(node, "br"))
            strbuf_add_char(out, '\n');
        else if (node->type == XML_TEXT_NODE && node->content)
            for (const char *c = (const char *)node->content; *c; c++)
                strbuf_add_char(out, strchr("\r\n\t", *c) ? ' ' : *c);
    }
}

/* "Ann Lee", not "the river, a new park opens". */
static bool is_name(struct str text)
{
    static const char *const small[] = {"and", "und", "et", "y",
                                        "de",  "von", "der"};
    unsigned count = 0;
    while (text.len) {
        struct str word = str_cut(&text, ' ');
        bool is_small = word.len && word.ptr[0] >= 'a' && word.ptr[0] <= 'z';
        for (size_t i = 0; i < ARRAY_SIZE(small); i++)
            is_small = is_small && !str_equal(word, str_of(small[i]));
        if (is_small || ++count > NAME_WORDS)
            return false;
    }
    return count > 0;
}

static bool take_byline(struct trim *t, struct str line)
{
    struct str name;
    if (t->has_text || line.len > MAX_NAME || !paste_byline(line, &name) ||
        paste_ends_sentence(line) || !is_name(name))
        return false;
    if (!t->page->author)
        t->page->author = arena_copy_str(t->arena, name);
    return true;
}

static bool take_date(struct trim *t, struct str line)
{
    int64_t at;
    bool is_said;
    if (!paste_date(line, &at, &is_said) || (t->has_text && !is_said))
        return false;
    if (!t->page->published_at)
        t->page->published_at = at;
    return true;
}

/* Says something of the article, or of the page around it. */
static bool take_line(struct trim *t, struct str line, bool is_heading)
{
    int64_t views;
    if (!line.len)
        return true;
    if (line.len >= MAX_LINE)
        return false;
    if (paste_is_end(line)) {
        t->has_ended = t->has_text;
        return true;
    }
    if (paste_views(line, &views)) {
        t->page->views = views;
        return true;
    }
    return (!t->has_text && t->page->title &&
            str_equal(line, str_of(t->page->title))) ||
           paste_is_furniture(line) || take_date(t, line) ||
           (!is_heading && take_byline(t, line));
}

/* Whether a leaf is a link of the site's navigation, or to other articles. */
static bool is_link_around(const struct trim *t, xmlNode *leaf)
{
    bool is_place = t->has_text ? t->has_ended && page_is(leaf, "li")
                                : !page_is(leaf, "td");
    return (is_place || (t->is_whole && (!t->has_text || t->has_ended))) &&
           page_text_length(leaf) < MAX_LINE && page_link_density(leaf) > 0.9;
}

static bool is_around(struct trim *t, xmlNode *leaf)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    bool is_heading = page_is_any(leaf, headings), all = true;
    struct str rest, line;
    lines_of(leaf, &text);
    if (!str_trim(strbuf_str(&text)).len)
        return false;
    if (is_link_around(t, leaf) && !page_is_linked_text(leaf, t->article))
        return true;
    rest = strbuf_str(&text);
    while (all && str_next_line(&rest, &line)) {
        OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
        utf8_clean_line(&clean, line);
        all = take_line(t, strbuf_str(&clean), is_heading);
    }
    if (all)
        return true;
    t->has_text = t->has_text || (!is_heading && text.len >= PARAGRAPH);
    t->has_ended = false;
    return false;
}

static bool is_lone_link(xmlNode *node)
{
    return page_is(node, "p") && page_link_density(node) >= 1;
}

/* Lone links at the end: "Back". */
static void drop_last_links(xmlNode *article)
{
    xmlNode *first = NULL; /* of those that nothing else follows */
    for (xmlNode *node = page_next(article, article, false); node;
         node = page_next(node, article, false)) {
        if (!is_leaf(node) || !page_text_length(node))
            continue;
        if (!is_lone_link(node) || page_is_linked_text(node, article))
            first = NULL;
        else if (!first)
            first = node;
    }
    while (first)
        first = is_leaf(first) ? page_remove(first, article)
                               : page_next(first, article, false);
}

void page_trim(xmlNode *article, bool is_whole, struct page_parts *page,
               struct arena *arena)
{
    struct trim t = {
        .page = page, .article = article, .arena = arena, .is_whole = is_whole};
    for (xmlNode *node = page_next(article, article, false); node;) {
        bool goes = is_leaf(node) && is_around(&t, node);
        node =
            goes ? page_remove(node, article) : page_next(node, article, false);
    }
    if (is_whole)
        drop_last_links(article);
}
