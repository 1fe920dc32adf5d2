/* Removes furniture from a page's body: shares, lists of links, forms. */
#include <libxml/tree.h>

#include "digest/articles/category.h"
#include "digest/base/mem.h"
#include "digest/sources/page/page_parts_internal.h"

static const char *const positive[] = {
    "article", "body",       "content", "entry", "hentry", "h-entry", "main",
    "page",    "pagination", "post",    "text",  "blog",   "story",   NULL};
static const char *const negative[] = {
    "-ad-",    "hidden",   "banner",   "combx",   "comment",
    "com-",    "contact",  "footer",   "gdpr",    "masthead",
    "media",   "meta",     "outbrain", "promo",   "related",
    "scroll",  "share",    "shoutbox", "sidebar", "skyscraper",
    "sponsor", "shopping", "tags",     "widget",  NULL};

/* Elements that are never of an article's text. */
static const char *const foreign[] = {"form",   "fieldset", "footer", "aside",
                                      "input",  "textarea", "select", "button",
                                      "object", "embed",    "nav",    "svg",
                                      "canvas", "dialog",   NULL};
/* Elements that are furniture only if they look so. */
static const char *const doubtful[] = {"table",   "ul", "div",
                                       "section", "ol", NULL};

static double word_weight(const char *text)
{
    return (source_has_word(text, negative) ? -25 : 0) +
           (source_has_word(text, positive) ? 25 : 0);
}

static const char *lowered(struct arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text);
    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c | 0x20);
    return copy;
}

double page_class_weight(xmlNode *node, struct arena *arena)
{
    return word_weight(lowered(arena, page_attribute(node, "class", arena))) +
           word_weight(lowered(arena, page_attribute(node, "id", arena)));
}

/* Furniture, by its class: buttons to share, links to other articles. */
static bool is_furniture(xmlNode *node, struct arena *arena)
{
    static const char *const share[] = {"share", "sharedaddy", "social-links",
                                        "newsletter-signup", NULL};
    const char *label = page_label(node, arena);
    return source_has_word(label, share) && page_text_length(node) < 500;
}

/* The next word of a slug; false at the end. */
static bool next_word(struct str *rest, struct str *word)
{
    if (!rest->len)
        return false;
    *word = str_cut(rest, '-');
    return true;
}

static bool has_word(struct str words, struct str wanted)
{
    for (struct str word; next_word(&words, &word);)
        if (str_equal(word, wanted))
            return true;
    return false;
}

/* A heading that says the title again: three quarters of it, at least. */
static bool repeats_title(xmlNode *node, const char *title)
{
    static const char *const headings[] = {"h1", "h2", "h3", NULL};
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf said = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf known = STRBUF_INIT;
    size_t shared = 0, all = 0;
    if (!page_is_any(node, headings))
        return false;
    page_text_of(node, &text);
    category_slug(strbuf_str(&text), &said);
    category_slug(str_of(title), &known);
    struct str rest = strbuf_str(&said), word;
    while (next_word(&rest, &word)) {
        all += word.len;
        shared += has_word(strbuf_str(&known), word) ? word.len : 0;
    }
    return all && shared * 4 > all * 3;
}

/* Only a page has one heading above all. */
static void lower_heading(xmlNode *node)
{
    if (page_is(node, "h1"))
        xmlNodeSetName(node, (const xmlChar *)"h2");
}

static size_t heading_length(xmlNode *root)
{
    static const char *const names[] = {"h1", "h2", "h3", "h4",
                                        "h5", "h6", NULL};
    size_t length = 0;
    for (xmlNode *node = root; node; node = page_next(node, root, false))
        if (page_is_any(node, names))
            length += page_text_length(node);
    return length;
}

static size_t list_length(xmlNode *root)
{
    size_t length = 0;
    for (xmlNode *node = page_next(root, root, false); node;) {
        bool is_list = page_is(node, "ul") || page_is(node, "ol");
        if (is_list)
            length += page_text_length(node);
        node = page_next(node, root, is_list);
    }
    return length;
}

static unsigned count_commas(xmlNode *node)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    unsigned count = 0;
    page_text_of(node, &text);
    for (struct str rest = strbuf_str(&text); rest.len; count++)
        str_cut(&rest, ',');
    return count ? count - 1 : 0;
}

static bool is_data_table(xmlNode *node)
{
    return page_is(node, "table") &&
           (page_count(node, "caption") || page_count(node, "thead") ||
            page_count(node, "th") || page_count(node, "tr") >= 10);
}

static bool is_in_data_table(const xmlNode *node)
{
    for (; node; node = node->parent)
        if (page_is(node, "table") && is_data_table((xmlNode *)node))
            return true;
    return false;
}

/* More links, pictures or fields than text. */
static bool looks_foreign(xmlNode *node, double weight)
{
    unsigned p = page_count(node, "p"), img = page_count(node, "img");
    unsigned li = page_count(node, "li"), input = page_count(node, "input");
    size_t length = page_text_length(node);
    double links = page_link_density(node), all = length ? (double)length : 1;
    bool is_list = page_is(node, "ul") || page_is(node, "ol") ||
                   (double)list_length(node) / all > 0.9;
    bool is_figure = page_is(node, "figure") || page_count(node, "figure");
    if (is_list && links < 0.2 && length > 40)
        return false;
    return (img > 1 && p * 2 < img && !is_figure) ||
           (!is_list && li > p + 100) || input > p / 3 ||
           (!is_list && (double)heading_length(node) / all < 0.9 &&
            length < 25 && (img == 0 || img > 2) && !is_figure && links > 0) ||
           (!is_list && weight < 25 && links > 0.2) ||
           (weight >= 25 && links > 0.5);
}

static bool is_doubted_out(xmlNode *node, enum page_effort effort,
                           struct arena *arena)
{
    if (effort == PAGE_LOOSEST || !page_is_any(node, doubtful) ||
        is_in_data_table(node))
        return false;
    double weight = effort == PAGE_STRICT ? page_class_weight(node, arena) : 0;
    if (weight < 0)
        return true;
    return count_commas(node) < 10 && looks_foreign(node, weight);
}

/* Whether an element has nothing to read or to see. */
static bool is_void(xmlNode *node)
{
    return page_is(node, "p") && page_text_length(node) == 0 &&
           !page_count(node, "img") && !page_count(node, "iframe") &&
           !page_count(node, "video");
}

void page_clean(xmlNode *article, const char *title, enum page_effort effort,
                struct arena *arena)
{
    for (xmlNode *node = page_next(article, article, false); node;) {
        bool goes =
            node->type == XML_ELEMENT_NODE &&
            (page_is_any(node, foreign) || is_furniture(node, arena) ||
             repeats_title(node, title) || is_void(node) ||
             (node->parent != article && is_doubted_out(node, effort, arena) &&
              !page_is_linked_text(node, article)));
        if (!goes)
            lower_heading(node);
        node =
            goes ? page_remove(node, article) : page_next(node, article, false);
    }
}
