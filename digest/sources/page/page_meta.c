/* Reads title, author, date and image from a page's metadata. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/sources/date_words_internal.h"
#include "digest/sources/page/page_parts_internal.h"
#include "digest/sources/page/paste_lines_internal.h"

enum { MAX_NAMES = 16, MIN_HEADLINE = 15, MAX_DATE = 100 /* bytes */ };

/* The meta elements for each field, the best first. */
enum meta {
    TITLE,
    AUTHOR,
    SUMMARY,
    IMAGE,
    WIDTH,
    HEIGHT,
    ALT,
    DATE,
    SITE,
    URL,
    META_COUNT
};
static const char *const names[][MAX_NAMES] = {
    [TITLE] = {"dc:title", "dcterm:title", "og:title", "weibo:article:title",
               "title", "twitter:title", "parsely-title"},
    [AUTHOR] = {"dc:creator", "dcterm:creator", "author", "parsely-author",
                "article:author", "og:article:author", "sailthru:author",
                "byl"},
    [SUMMARY] = {"dc:description", "dcterm:description", "og:description",
                 "description", "twitter:description"},
    [IMAGE] = {"og:image:secure_url", "og:image", "twitter:image",
               "twitter:image:src"},
    [WIDTH] = {"og:image:width"},
    [HEIGHT] = {"og:image:height"},
    [ALT] = {"og:image:alt", "twitter:image:alt"},
    [DATE] = {"article:published_time", "parsely-pub-date", "date", "pubdate",
              "dc.date.issued", "sailthru.date", "article.published",
              "datepublished", "og:article:published_time", "publish-date",
              "dc:date", "dcterms:issued", "dcterms:date",
              "citation_publication_date", "citation_online_date",
              "citation_date"},
    [SITE] = {"og:site_name"},
    [URL] = {"og:url"},
};
_Static_assert(ARRAY_SIZE(names) == META_COUNT, "names for each field");

struct found {
    const char *text;
    size_t rank, count; /* how many of that name */
};

/* Whether a size is of another image: of several the first is taken. */
static bool is_of_another(const struct found *found, size_t field)
{
    return (field == WIDTH || field == HEIGHT || field == ALT) &&
           found[IMAGE].count > 1;
}

/* dc.title and DC:Title are the same. */
static bool is_name(const char *said, const char *name)
{
    for (; *said && *name; said++, name++) {
        char c = *said >= 'A' && *said <= 'Z' ? (char)(*said | 0x20) : *said;
        if (c != *name && !(c == '.' && *name == ':'))
            return false;
    }
    return *said == *name;
}

static void take(struct found *found, size_t field, size_t rank,
                 const char *text)
{
    struct found *slot = &found[field];
    if (is_of_another(found, field))
        return;
    if (!slot->text || rank < slot->rank)
        *slot = (struct found){text, rank, 1};
    else if (rank == slot->rank)
        slot->count++;
}

/* A date that can't be read stands behind all that can. */
static size_t rank_of(size_t field, size_t rank, const char *text)
{
    int64_t ignored;
    bool is_unread = field == DATE && !date_words_parse(str_of(text), &ignored);
    return is_unread ? rank + MAX_NAMES : rank;
}

static void note_meta(struct found *found, const char *said, const char *text)
{
    for (struct str rest = str_of(said); rest.len;) {
        struct str one = str_cut(&rest, ' ');
        OWNED(mem_free) char *name = str_dup(one);
        for (size_t field = 0; field < META_COUNT; field++)
            for (size_t i = 0; i < MAX_NAMES && names[field][i]; i++)
                if (is_name(name, names[field][i]))
                    take(found, field, rank_of(field, i, text), text);
    }
}

static void read_metas(xmlNode *root, struct arena *arena, struct found *found)
{
    static const char *const keys[] = {"property", "name", "itemprop"};
    for (xmlNode *node = root; node; node = page_next(node, root, false)) {
        if (!page_is(node, "meta"))
            continue;
        const char *text = page_attribute(node, "content", arena);
        for (size_t i = 0; *text && i < ARRAY_SIZE(keys); i++)
            note_meta(found, page_attribute(node, keys[i], arena), text);
    }
}

static size_t count_words(struct str text)
{
    size_t count = 0;
    while (text.len)
        count += str_trim(str_cut(&text, ' ')).len > 0;
    return count;
}

static size_t last_separator(struct str text)
{
    static const char *const marks[] = {" | ", " - ", " – ", " — ",  " \\ ",
                                        " / ", " > ", " » ", " :: ", " • "};
    size_t last = text.len;
    for (size_t at = 0; at < text.len; at++)
        for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
            if (str_starts(str_from(text, at), str_of(marks[i])))
                last = at;
    return last;
}

/* "Headline | Site" is the headline, unless little would be left. */
static const char *headline_of(struct arena *arena, const char *title)
{
    struct str text = str_of(title), cut = text;
    cut.len = last_separator(text);
    if (cut.len < text.len && count_words(cut) >= 4)
        return arena_copy_str(arena, cut);
    return title;
}

static const char *words_of(xmlNode *node, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    page_text_of(node, &text);
    return text.len ? arena_copy(arena, strbuf_text(&text)) : NULL;
}

/* "A headline" of "A headline - Site" or "A headline_Site". */
static bool begins_bounded(const char *title, const char *shown)
{
    struct str rest = str_of(title);
    if (strlen(shown) <= MIN_HEADLINE || !str_starts(rest, str_of(shown)))
        return false;
    rest = str_from(rest, strlen(shown));
    return str_starts(rest, STR("_")) ||
           (rest.len && last_separator(rest) == 0);
}

/* A heading that <title> begins with. */
static const char *begin_of(xmlNode *root, const char *title,
                            struct arena *arena)
{
    for (xmlNode *node = root; node; node = page_next(node, root, false)) {
        const char *shown = page_is(node, "h1") || page_is(node, "h2")
                                ? words_of(node, arena)
                                : NULL;
        if (shown && begins_bounded(title, shown))
            return shown;
    }
    return NULL;
}

/* A headline that all of the page agrees on: the only <h1>, where <title>
 * holds it. */
static const char *title_of(xmlNode *root, struct arena *arena)
{
    xmlNode *element = page_find(root, "title");
    const char *title = element ? words_of(element, arena) : NULL;
    xmlNode *heading = page_find(root, "h1");
    const char *shown = heading ? words_of(heading, arena) : NULL;
    if (!title)
        return shown;
    if (shown && strlen(shown) > MIN_HEADLINE && strstr(title, shown))
        return shown;
    shown = begin_of(root, title, arena);
    return shown ? shown : headline_of(arena, title);
}

static const char *canonical_of(xmlNode *root, struct arena *arena)
{
    for (xmlNode *node = root; node; node = page_next(node, root, false))
        if (page_is(node, "link") &&
            str_equal_nocase(str_of(page_attribute(node, "rel", arena)),
                             STR("canonical")))
            return page_attribute(node, "href", arena);
    return NULL;
}

bool page_set_date(struct page_parts *page, const char *text)
{
    int64_t at;
    if (!text || !*text)
        return false;
    if (!date_words_parse(str_of(text), &at)) {
        if (!page->unread_date)
            page->unread_date = text;
        return false;
    }
    page->published_at = at;
    return true;
}

/* <time> without `datetime` says it in its text. (HTML, section 4.5.14) */
static void read_time(xmlNode *root, struct arena *arena,
                      struct page_parts *out)
{
    for (xmlNode *node = root; node && !out->published_at;
         node = page_next(node, root, false)) {
        if (!page_is(node, "time"))
            continue;
        const char *said = page_attribute(node, "datetime", arena);
        const char *text = words_of(node, arena);
        if (!page_set_date(out, said))
            page_set_date(out, text && strlen(text) < MAX_DATE ? text : NULL);
    }
}

/* A short text that is a date, by its label ("Published: …"), or, under the
 * headline, by its class: above it stands what day is today. */
static void read_shown_date(xmlNode *root, struct arena *arena,
                            struct page_parts *out)
{
    static const char *const labels[] = {"date", "time", "publi", "posted",
                                         NULL};
    bool is_under = false;
    for (xmlNode *node = root; node && !out->published_at;
         node = page_next(node, root, false)) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        int64_t at;
        bool is_said;
        is_under = is_under || page_is(node, "h1");
        if (node->type != XML_ELEMENT_NODE || xmlChildElementCount(node) > 2)
            continue;
        page_text_of(node, &text);
        if (text.len && text.len < MAX_DATE &&
            paste_date(str_trim(strbuf_str(&text)), &at, &is_said) &&
            (is_said ||
             (is_under && source_has_word(page_label(node, arena), labels))))
            out->published_at = at;
    }
}

static bool is_address(const char *text)
{
    return strstr(text, "://") || strchr(text, '@');
}

void page_meta_read(xmlDoc *tree, struct arena *arena, struct page_parts *out)
{
    struct found found[META_COUNT] = {{NULL, 0, 0}};
    xmlNode *root = xmlDocGetRootElement(tree);
    read_metas(root, arena, found);
    *out = (struct page_parts){
        .title = found[TITLE].text ? found[TITLE].text : title_of(root, arena),
        .author = found[AUTHOR].text && !is_address(found[AUTHOR].text)
                      ? found[AUTHOR].text
                      : NULL,
        .summary = found[SUMMARY].text,
        .image_url = found[IMAGE].text,
        .image_width = entry_pixels(found[WIDTH].text, 0),
        .image_height = entry_pixels(found[HEIGHT].text, 0),
        .image_alt = found[ALT].text,
        .site = found[SITE].text,
        .language = page_attribute(root, "lang", arena),
        .url = canonical_of(root, arena),
    };
    if (!out->url || !*out->url)
        out->url = found[URL].text;
    page_json_read(tree, arena, out);
    if (!out->published_at)
        page_set_date(out, found[DATE].text);
    if (!out->published_at)
        read_time(root, arena, out);
    if (!out->published_at)
        read_shown_date(root, arena, out);
}
