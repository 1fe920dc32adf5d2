/* Puts a page's entry together: from its metadata, its body or a paste. */
#include "digest/sources/page/page_internal.h"

#include "digest/base/charset.h"
#include "digest/base/mem.h"
#include "digest/document/url.h"
#include "digest/sources/feed/feed_parts_internal.h"
#include "digest/sources/page/page_parts_internal.h"

enum {
    ENOUGH_TEXT = 500,
    A_LITTLE_TEXT = 140,
    MUCH_MORE = 3 /* times as much */
};

/* Whether a looser reading found what a stricter one lost: to a short article
 * it adds but the comments and notes around it. */
static bool is_better(size_t length, size_t strict)
{
    return length > strict * MUCH_MORE;
}

/* The strictest reading that leaves enough; else what left the most. */
static const char *read_body(struct str html, struct arena *arena,
                             struct page_parts *page)
{
    const char *best = NULL;
    size_t longest = 0;
    for (enum page_effort effort = PAGE_STRICT; effort <= PAGE_LOOSEST;
         effort++) {
        struct err none = {0};
        OWNED(html_tree_free)
        struct _xmlDoc *tree = page_tree_read(html, &none);
        size_t length = 0;
        struct page_parts trial = *page;
        if (!tree)
            return NULL;
        const char *body = page_body_read(tree, effort, arena, &trial, &length);
        if (body && is_better(length, longest)) {
            best = body;
            longest = length;
            page->author = trial.author;
            page->published_at = trial.published_at;
            page->views = trial.views;
        }
        if (longest >= ENOUGH_TEXT)
            break;
    }
    return best;
}

/* Whether a page is written out: where a script is to write it, JSON-LD alone
 * may hold the text. */
static bool is_written_out(const char *text, const char *body)
{
    return text && strlen(text) > A_LITTLE_TEXT &&
           strlen(text) > (body ? strlen(body) : 0) * MUCH_MORE;
}

static const char *plain(struct arena *arena, const char *text)
{
    return text && feed_looks_like_html(text) ? feed_words(arena, text) : text;
}

/* "By Ann Lee" is Ann Lee. */
static const char *author_of(struct arena *arena, const char *byline)
{
    if (!byline)
        return NULL;
    struct str name = str_trim(str_of(plain(arena, byline)));
    if (str_starts_nocase(name, STR("by ")))
        name = str_trim(str_from(name, 3));
    return arena_copy_str(arena, name);
}

static const char *resolved(struct arena *arena, const char *reference,
                            const char *base)
{
    return reference ? url_resolve(arena, str_of(reference), base, URL_FILE)
                     : NULL;
}

/* A paste without an address is the same article where title and day are, and
 * its text can be the other's. */
static void name_by_title(struct arena *arena, struct entry *entry)
{
    entry->is_named_by_title = true;
    entry->guid = arena_format(arena, "pasted:%lld:%s",
                               (long long)(entry->published_at / 86400),
                               entry->title ? entry->title : "");
}

static bool read_markup(struct str html, const struct import_bytes *input,
                        struct arena *arena, struct entry *out, struct err *err)
{
    OWNED(html_tree_free)
    struct _xmlDoc *tree = page_tree_read(html, err);
    struct page_parts page;
    if (!tree)
        return err_context(err, "%s:1", input->name);
    page_meta_read(tree, arena, &page);
    const char *body = read_body(html, arena, &page);
    enum entry_markup markup = ENTRY_HTML;
    if (is_written_out(page.text, body)) {
        body = page.text;
        markup = feed_looks_like_html(body) ? ENTRY_HTML : ENTRY_PLAIN;
    }
    const char *own = resolved(arena, page.url, input->url);
    out->url = own ? own : input->url;
    out->title = plain(arena, page.title);
    out->author = author_of(arena, page.author);
    out->language = page.language;
    out->published_at = page.published_at;
    out->unread_date = page.published_at ? NULL : page.unread_date;
    out->views = page.views;
    out->summary =
        (struct entry_text){ENTRY_PLAIN, plain(arena, page.summary), NULL};
    out->body =
        (struct entry_text){markup, body, input->url ? input->url : out->url};
    out->image_url = resolved(arena, page.image_url, out->url);
    out->image_alt = plain(arena, page.image_alt);
    out->image_width = page.image_width;
    out->image_height = page.image_height;
    if (!out->url)
        name_by_title(arena, out);
    for (size_t i = 0; i < page.keyword_count; i++)
        entry_add_category(out, page.keywords[i]);
    return true;
}

bool page_read(const struct import_bytes *input, struct arena *arena,
               struct entry *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    charset_to_utf8(input->bytes, input->charset, &text);
    struct str trimmed = str_trim(strbuf_str(&text));
    out->file = input->name;
    if (str_starts(trimmed, STR("<")))
        return read_markup(trimmed, input, arena, out, err);
    if (trimmed.len == 0)
        return err_set(err, ERR_INPUT, "%s:1: isn't a page: there is no text",
                       input->name);
    page_paste_read(trimmed, arena, out);
    name_by_title(arena, out);
    return true;
}

bool import_page(struct import_run *run, const struct import_bytes *input,
                 struct err *err)
{
    OWNED(entry_free) struct entry entry = {0};
    return page_read(input, &run->arena, &entry, err) &&
           import_entry(run, &entry, err);
}
