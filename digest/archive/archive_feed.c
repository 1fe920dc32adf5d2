#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/archive/archive_internal.h"
#include "digest/renderer/theme.h"
#include "subscribers/tokens/tokens.h"

enum { ENTRIES_MAX = 20 };

/* An identifier that is the same for ever, whatever is renamed: a UUID
 * (RFC 9562 §5.8) made of the newsletter's and the issue's number with the
 * installation's key. */
static struct value *id_value(const struct archive_page *page, int64_t number,
                              struct arena *arena)
{
    unsigned char d[32];
    OWNED(mem_free)
    char *name = mem_format("archive %" PRId64 "/%" PRId64,
                            page->newsletter->id, number);
    token_digest(page->conductor->keys, str_of(name), d);
    d[6] = (unsigned char)((d[6] & 0x0f) | 0x80);
    d[8] = (unsigned char)((d[8] & 0x3f) | 0x80);
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "urn:uuid:");
    for (size_t i = 0; i < 16; i++)
        strbuf_add_format(&text, "%s%02x",
                          i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                          d[i]);
    return value_text_str(arena, strbuf_str(&text));
}

static struct value *time_value(struct arena *arena, int64_t at)
{
    char text[TIME_TEXT_SIZE];
    return value_text(arena, time_rfc3339(at, text));
}

/* ---- an entry -------------------------------------------------------- */

static struct value *story_value(struct arena *arena,
                                 const struct issue_article *item,
                                 const char *heading)
{
    const struct article *a = &item->article;
    struct value *story = value_object(arena);
    value_set(story, "heading", value_text(arena, heading));
    value_set(story, "title", value_text(arena, a->title));
    value_set(story, "url", *a->url ? value_text(arena, a->url) : NULL);
    value_set(story, "summary_html",
              *a->summary_html ? value_text(arena, a->summary_html) : NULL);
    return story;
}

/* What a feed reader shows of an issue: HTML, to be escaped once more. */
static bool add_content(struct archive_page *page,
                        const struct issue_articles *articles,
                        struct value *entry, struct err *err)
{
    struct arena *arena = &page->arena;
    struct value *stories = value_list(arena), *data = value_object(arena);
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, words = STRBUF_INIT;
    for (size_t i = 0; i < articles->count; i++) {
        const struct issue_article *item = &articles->items[i];
        bool begins = i == 0 || item->section != item[-1].section;
        value_append(stories,
                     story_value(arena, item, begins ? item->heading : NULL));
        strbuf_add_format(&words, "%s%s", i ? " · " : "", item->article.title);
    }
    value_set(data, "stories", stories);
    if (!template_set_apply(page->conductor->templates,
                            "archive/entry.mustache", data, EDGE_HTML, &html,
                            err))
        return false;
    value_set(entry, "summary", value_text_str(arena, strbuf_str(&words)));
    value_set(entry, "content", value_text_str(arena, strbuf_str(&html)));
    return true;
}

static struct value *entry_value(struct archive_page *page,
                                 const struct issue *issue, struct err *err)
{
    struct arena *arena = &page->arena;
    struct issue_articles articles;
    struct value *entry = value_object(arena);
    if (!issue_get_articles(page->conductor->db, issue->id, arena, &articles,
                            err))
        return NULL;
    value_set(entry, "id", id_value(page, issue->number, arena));
    value_set(entry, "number", value_number(arena, issue->number));
    value_set(entry, "subject",
              value_text(arena, archive_subject(page, issue)));
    value_set(entry, "time", time_value(arena, issue->started_at));
    return add_content(page, &articles, entry, err) ? entry : NULL;
}

/* ---- the feed -------------------------------------------------------- */

static void set_head(struct archive_page *page, const char *url)
{
    struct arena *arena = &page->arena;
    const struct newsletter *n = page->newsletter;
    int64_t updated =
        page->issues.count ? page->issues.items[0].started_at : n->created_at;
    struct value *data = page->data;
    value_set(data, "id", id_value(page, 0, arena));
    value_set(data, "updated", time_value(arena, updated));
    value_set(data, "author",
              value_text(arena, *n->from_name ? n->from_name : n->title));
    value_set(data, "is_absolute", value_bool(arena, url != NULL));
    value_set(data, "here",
              value_text(arena, url ? arena_format(arena, "%s%s/", url, n->slug)
                                    : ""));
}

bool archive_feed(const struct conductor *c, const struct newsletter *n,
                  const char *url, struct strbuf *out, struct err *err)
{
    OWNED(archive_page_end) struct archive_page page = {0};
    if (!archive_page_begin(c, n, &page, err))
        return false;
    struct value *entries = value_list(&page.arena);
    for (size_t i = 0; i < page.issues.count && i < ENTRIES_MAX; i++) {
        struct value *entry = entry_value(&page, &page.issues.items[i], err);
        if (!entry)
            return false;
        value_append(entries, entry);
    }
    set_head(&page, url);
    value_set(page.data, "entries", entries);
    return template_set_apply(c->templates, "archive/feed.mustache", page.data,
                              EDGE_HTML, out, err);
}
