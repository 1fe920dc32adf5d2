/* Makes an article of an entry: its texts, address, date and categories. */
#include "digest/sources/entry_internal.h"

#include "digest/articles/category.h"
#include "digest/articles/source_store.h"
#include "digest/articles/tracking.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/url.h"
#include "digest/base/utf8.h"
#include "digest/document/document.h"
#include "digest/document/images.h"
#include "digest/document/url.h"
#include "digest/sources/date_words_internal.h"
#include "digest/sources/entry_image_internal.h"
#include "digest/sources/feed/feed_footer_internal.h"

enum {
    MAX_TITLE = 500, /* bytes */
    MAX_NAME = 200,
    MAX_URL = 4000,
    MAX_CATEGORIES = 50,
    MAX_PICTURES = 50,
    SUMMARY_WORDS = 40,
    TITLE_WORDS = 12,
};

void entry_add_category(struct entry *entry, const char *name)
{
    if (entry->category_count < MAX_CATEGORIES)
        MEM_PUSH(entry->categories, entry->category_count,
                 entry->category_capacity, name);
}

void entry_add_picture(struct entry *entry, const struct entry_picture *one)
{
    if (entry->picture_count < MAX_PICTURES)
        MEM_PUSH(entry->pictures, entry->picture_count, entry->picture_capacity,
                 *one);
}

void entry_free(struct entry *entry)
{
    free(entry->pictures);
    free(entry->categories);
    *entry = (struct entry){0};
}

bool entry_set_date(struct entry *entry, const char *text)
{
    int64_t at;
    if (!text || !*text)
        return false;
    if (!date_words_parse(str_of(text), &at)) {
        if (!entry->published_at && !entry->unread_date)
            entry->unread_date = text;
        return false;
    }
    entry->published_at = at;
    entry->unread_date = NULL;
    return true;
}

static bool fail(const struct entry *entry, struct err *err, const char *text)
{
    if (entry->line)
        return err_set(err, ERR_INPUT, "%s:%u: %s", entry->file, entry->line,
                       text);
    return err_set(err, ERR_INPUT, "%s: %s", entry->file, text);
}

/* One clean line, cut at a character when it is beyond all reason. */
static const char *clean_line(struct arena *arena, const char *text, size_t max)
{
    if (!text)
        return "";
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    utf8_clean_line(&line, str_of(text));
    if (line.len > max) {
        strbuf_cut(&line, utf8_cut_length(strbuf_str(&line), max));
        strbuf_add_text(&line, "…");
    }
    return arena_copy(arena, strbuf_text(&line));
}

const char *entry_line(struct arena *arena, const char *text)
{
    return clean_line(arena, text, MAX_TITLE);
}

static const char *clean_language(struct arena *arena, const char *text)
{
    char *tag = arena_copy_str(arena, str_trim(str_of(text ? text : "")));
    if (strlen(tag) > 35)
        return "";
    for (char *c = tag; *c; c++) {
        if (*c == '_')
            *c = '-';
        bool is_fit = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                      (*c >= '0' && *c <= '9') || *c == '-';
        if (!is_fit)
            return "";
    }
    return tag;
}

/* The language that the entry names, or its source's. */
static const char *language_of(const struct entry *entry,
                               const struct import_options *options,
                               struct arena *arena)
{
    const char *own = clean_language(arena, entry->language);
    return *own ? own : clean_language(arena, options->language);
}

static void plain_to_html(struct str text, struct strbuf *out)
{
    struct str line;
    bool is_open = false;
    while (str_next_line(&text, &line)) {
        line = str_trim(line);
        if (line.len) {
            strbuf_add_text(out, is_open ? "<br>" : "<p>");
            html_escape(out, line);
        } else if (is_open) {
            strbuf_add_text(out, "</p>");
        }
        is_open = line.len > 0;
    }
}

static bool to_document(const struct entry_text *text, const char *url,
                        struct document **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    const char *base = text->base_url ? text->base_url : url;
    if (base && !*base)
        base = NULL;
    if (text->text)
        utf8_clean(&clean, str_of(text->text));
    if (text->markup == ENTRY_MARKDOWN)
        return document_from_markdown(strbuf_str(&clean), base, out, err);
    if (text->markup == ENTRY_PLAIN)
        plain_to_html(strbuf_str(&clean), &html);
    if (text->markup == ENTRY_PLAIN)
        return document_from_html(strbuf_str(&html), base, out, err);
    return document_from_html(feed_without_footer(strbuf_str(&clean), url),
                              base, out, err);
}

static bool read_text(const struct entry *entry, const struct entry_text *text,
                      const char *url, struct document **out, struct err *err)
{
    struct err why = {0};
    return to_document(text, url, out, &why) || fail(entry, err, why.text);
}

/* Https://A.Example/B is https://a.example/B. */
static const char *with_small_host(struct arena *arena, const char *url)
{
    char *copy = arena_copy(arena, url);
    struct url_parts parts = url_split(str_of(url));
    struct str until = parts.user.ptr ? parts.scheme : parts.server;
    size_t end = (size_t)(until.ptr + until.len - url);
    for (size_t i = 0; i < end; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] | 0x20);
    return copy;
}

/* Absolute and without tracking parameters; "" where there is none. */
static bool set_url(const struct entry *entry, struct arena *arena,
                    struct article *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf kept = STRBUF_INIT;
    out->url = "";
    if (!entry->url || !*entry->url)
        return true;
    tracking_strip(str_trim(str_of(entry->url)), &kept);
    const char *url = url_resolve(arena, strbuf_str(&kept), NULL, URL_FILE);
    if (!url || url_host(str_of(url)).len == 0)
        return fail(entry, err,
                    arena_format(arena,
                                 "url \"%.200s\": has to begin with https:// "
                                 "or http://",
                                 entry->url));
    if (strlen(url) > MAX_URL)
        return fail(entry, err, "the url is longer than 4000 bytes");
    out->url = with_small_host(arena, url);
    return true;
}

static void set_guid(const struct entry *entry, struct arena *arena,
                     struct article *out)
{
    out->guid = clean_line(arena, entry->guid, MAX_URL);
    if (!*out->guid || strlen(out->guid) > MAX_URL)
        out->guid = out->url;
    /* By hand, articles of many sites come into one source: "7" is of its
     * site alone. */
    struct str host = url_host(str_of(out->url));
    if (out->source_id == 1 && host.len && !strchr(out->guid, ':'))
        out->guid = arena_format(arena, "%.*s %s", STR_ARG(host), out->guid);
}

static bool set_title(const struct entry *entry, const struct document *body,
                      struct arena *arena, struct article *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf first = STRBUF_INIT;
    out->title = clean_line(arena, entry->title, MAX_TITLE);
    if (*out->title)
        return true;
    document_summary(body, TITLE_WORDS, &first);
    out->title = clean_line(arena, strbuf_text(&first), MAX_TITLE);
    return *out->title || fail(entry, err,
                               "has neither a title nor text; give it a "
                               "title");
}

/* "Words that are cut off […]" is no summary that an author wrote. */
static bool is_cut_off(const struct document *text)
{
    static const char *const ends[] = {"[…]", "[...]", "[ … ]", "[ ... ]"};
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    document_to_words(text, &words);
    struct str line = str_trim(strbuf_str(&words));
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
        if (str_ends(line, str_of(ends[i])))
            return true;
    return false;
}

/* The author's own, or the first sentences of the body. */
static bool set_summary(const struct entry *entry, const struct document *body,
                        struct arena *arena, struct article *out,
                        struct err *err)
{
    OWNED(document_release) struct document *own = NULL;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    if (!read_text(entry, &entry->summary, out->url, &own, err))
        return false;
    if (document_is_empty(own) ||
        (is_cut_off(own) && !document_is_empty(body))) {
        OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
        document_summary(body, SUMMARY_WORDS, &words);
        document_free(own);
        own = NULL;
        struct entry_text plain = {ENTRY_PLAIN, strbuf_text(&words), NULL};
        if (!read_text(entry, &plain, NULL, &own, err))
            return false;
    }
    document_to_html(own, &html);
    out->summary_html = arena_copy_str(arena, strbuf_str(&html));
    return true;
}

unsigned entry_pixels(const char *text, int64_t number)
{
    if (text)
        return image_pixels(str_of(text));
    return number > 0 && number <= IMAGE_LENGTH_MAX ? (unsigned)number : 0;
}

static void add_category(struct arena *arena, struct article_category *items,
                         size_t *count, const char *name)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    const char *clean = clean_line(arena, name, MAX_NAME);
    category_slug(str_of(clean), &slug);
    if (slug.len == 0)
        return;
    for (size_t i = 0; i < *count; i++)
        if (strcmp(items[i].slug, strbuf_text(&slug)) == 0)
            return;
    items[(*count)++] = (struct article_category){
        clean, arena_copy_str(arena, strbuf_str(&slug))};
}

/* Our name for a category of theirs, which may be the same. */
static const char *mapped(const struct import_options *options,
                          const char *name)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    if (!options->map_count)
        return name;
    category_slug(str_of(name), &slug);
    for (size_t i = 0; i < options->map_count; i++)
        if (strcmp(options->map[i].slug, strbuf_text(&slug)) == 0)
            return options->map[i].ours;
    return name;
}

static void set_categories(const struct entry *entry,
                           const struct import_options *options,
                           struct arena *arena, struct article *out)
{
    struct article_category *items = ARENA_NEW_ARRAY(
        arena, struct article_category, entry->category_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < entry->category_count; i++)
        add_category(arena, items, &count,
                     mapped(options, entry->categories[i]));
    if (options->category)
        add_category(arena, items, &count, options->category);
    out->categories = items;
    out->category_count = count;
}

bool entry_to_article(const struct entry *entry,
                      const struct import_options *options, struct arena *arena,
                      struct article *out, struct err *err)
{
    OWNED(document_release) struct document *body = NULL;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    *out = (struct article){
        .source_id = options->source_id ? options->source_id : 1,
        .author = clean_line(arena, entry->author, MAX_NAME),
        .language = language_of(entry, options, arena),
        /* An article that is out can't be of tomorrow. */
        .published_at =
            entry->published_at > options->now ? 0 : entry->published_at,
        .views = entry->views > 0 ? entry->views : 0,
        .weight = entry->weight,
    };
    if (!set_url(entry, arena, out, err) ||
        !read_text(entry, &entry->body, out->url, &body, err) ||
        !set_title(entry, body, arena, out, err) ||
        !set_summary(entry, body, arena, out, err))
        return false;
    set_guid(entry, arena, out);
    if (!*out->guid)
        return fail(entry, err, "has no url; give it one");
    entry_set_image(entry, body, arena, out);
    set_categories(entry, options, arena, out);
    document_to_html(body, &html);
    out->body_html = arena_copy_str(arena, strbuf_str(&html));
    out->word_count = document_word_count(body);
    return true;
}
