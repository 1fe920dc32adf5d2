/* Renders a newsletter's Atom feed, corrections included. */
#include <inttypes.h>

#include "digest/archive/archive_internal.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/document/headings.h"
#include "digest/ledger/story.h"
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

/* The address where a story can be read; NULL: nowhere. Relative to the
 * newsletter's folder where the archive has no address. */
static const char *way_to(const struct story *story, const char *issue_url,
                          struct arena *arena)
{
    if (!*story->name)
        return *story->url ? story->url : NULL;
    OWNED(strbuf_free) struct strbuf href = STRBUF_INIT;
    strbuf_add_text(&href, issue_url);
    url_encode(&href, str_of(story->name));
    strbuf_add_char(&href, '/');
    return arena_copy_str(arena, strbuf_str(&href));
}

static const char *body_of(const struct story *story, const char *top,
                           struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf lowered = STRBUF_INIT, body = STRBUF_INIT;
    headings_lower(str_of(story->body_html), 3, &lowered);
    archive_picture_in(story, strbuf_str(&lowered), top, &body);
    return arena_copy_str(arena, strbuf_str(&body));
}

/* A story as the feed has it: in full where it has a page of its own, else its
 * summary. */
static bool story_value(struct archive_page *page, const struct story *listed,
                        const char *heading, const char *issue_url,
                        const struct correction_list *corrections,
                        const char *top, struct value **out, struct err *err)
{
    struct arena *arena = &page->arena;
    struct story s = *listed;
    if (*s.name && !story_get(page->conductor->db, s.issue_id, str_of(s.name),
                              arena, &s, err))
        return false;
    const char *href = way_to(&s, issue_url, arena);
    const char *text = *s.body_html ? body_of(&s, top, arena) : s.summary_html;
    struct value *story = *out = value_object(arena);
    value_set_text(story, "heading", heading);
    value_set_text(story, "title", s.title);
    value_set_text(story, "url", href);
    value_set_nonempty(story, "text_html", text);
    value_set(story, "corrections",
              archive_corrections(page, corrections, s.article_id));
    return true;
}

/* Adds a correction in place of stories, for an issue that has nothing else. */
static void add_correction(struct archive_page *page,
                           const struct correction_list *list,
                           struct value *stories, struct strbuf *words)
{
    struct arena *arena = &page->arena;
    struct value *story = value_object(arena);
    if (!list->count)
        return;
    value_set_text(story, "title", list->items[0].title);
    value_set(story, "corrections", archive_corrections(page, list, 0));
    value_append(stories, story);
    strbuf_add_text(words, list->items[0].note);
}

/* Adds the content that a feed reader shows of an issue: HTML, to be escaped
 * once more. */
static bool add_content(struct archive_page *page,
                        const struct story_list *list, const char *issue_url,
                        const struct correction_list *corrections,
                        const char *top, struct value *entry, struct err *err)
{
    struct arena *arena = &page->arena;
    struct value *stories = value_list(arena), *data = value_object(arena);
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, words = STRBUF_INIT;
    const struct story *last = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct story *s = &list->items[i];
        struct value *story;
        bool begins = !last || s->section != last->section;
        if (s->unpublished_at)
            continue;
        if (!story_value(page, s, begins ? s->heading : NULL, issue_url,
                         corrections, top, &story, err))
            return false;
        value_append(stories, story);
        strbuf_add_format(&words, "%s%s", last ? " · " : "", s->title);
        last = s;
    }
    if (!list->count)
        add_correction(page, corrections, stories, &words);
    value_set(data, "stories", stories);
    if (!template_set_apply(page->conductor->templates,
                            "archive/entry.mustache", data, EDGE_HTML, &html,
                            err))
        return false;
    value_set_str(entry, "summary", strbuf_str(&words));
    value_set_str(entry, "content", strbuf_str(&html));
    return true;
}

/* Finds the corrections of an issue's stories, or the one that it is for. */
static bool find_corrections(struct archive_page *page,
                             const struct issue *issue,
                             struct correction_list *out, struct err *err)
{
    struct correction_scope scope = {.only = issue->correction_id};
    struct db *db = page->conductor->db;
    return issue->correction_id
               ? correction_find_due(db, &scope, &page->arena, out, err)
               : correction_find_in(db, issue->id, &page->arena, out, err);
}

/* An entry has changed when something in it was corrected or withdrawn: feed
 * readers take the new text where the time is later (RFC 4287 §4.2.15). */
static int64_t changed_at(const struct issue *issue,
                          const struct story_list *stories,
                          const struct correction_list *corrections)
{
    int64_t at = issue->started_at;
    for (size_t i = 0; i < stories->count; i++)
        if (stories->items[i].unpublished_at > at)
            at = stories->items[i].unpublished_at;
    for (size_t i = 0; i < corrections->count; i++)
        if (corrections->items[i].made_at > at)
            at = corrections->items[i].made_at;
    return at;
}

static struct value *entry_value(struct archive_page *page,
                                 const struct issue *issue, const char *url,
                                 int64_t *updated, struct err *err)
{
    struct arena *arena = &page->arena;
    struct story_list stories;
    struct correction_list corrections;
    struct value *entry = value_object(arena);
    if (!story_find(page->conductor->db, issue->id, false, arena, &stories,
                    err) ||
        !find_corrections(page, issue, &corrections, err))
        return NULL;
    int64_t changed = changed_at(issue, &stories, &corrections);
    *updated = changed > *updated ? changed : *updated;
    const char *issue_url = arena_format(
        arena, "%s%s%s%" PRId64 "/", url ? url : "",
        url ? issue->newsletter : "", url ? "/" : "", issue->number);
    value_set(entry, "id", id_value(page, issue->number, arena));
    value_set_number(entry, "number", issue->number);
    value_set_text(entry, "subject", archive_subject(page, issue));
    value_set(entry, "time", time_value(arena, issue->started_at));
    value_set(entry, "changed", time_value(arena, changed));
    return add_content(page, &stories, issue_url, &corrections,
                       url ? url : "../", entry, err)
               ? entry
               : NULL;
}

/* ---- the feed -------------------------------------------------------- */

static void set_head(struct archive_page *page, const char *url,
                     int64_t updated)
{
    struct arena *arena = &page->arena;
    const struct newsletter *n = page->newsletter;
    struct value *data = page->data;
    value_set(data, "id", id_value(page, 0, arena));
    value_set(data, "updated",
              time_value(arena, updated ? updated : n->created_at));
    value_set_text(data, "author", *n->from_name ? n->from_name : n->title);
    value_set_bool(data, "is_absolute", url != NULL);
    value_set_text(data, "here",
                   url ? arena_format(arena, "%s%s/", url, n->slug) : "");
}

bool archive_feed(const struct conductor *c, const struct newsletter *n,
                  const char *url, struct strbuf *out, struct err *err)
{
    OWNED(archive_page_end) struct archive_page page = {0};
    if (!archive_page_begin(c, n, &page, err))
        return false;
    struct value *entries = value_list(&page.arena);
    int64_t updated = 0;
    for (size_t i = 0; i < page.issues.count && i < ENTRIES_MAX; i++) {
        struct value *entry =
            entry_value(&page, &page.issues.items[i], url, &updated, err);
        if (!entry)
            return false;
        value_append(entries, entry);
    }
    set_head(&page, url, updated);
    value_set(page.data, "entries", entries);
    return template_set_apply(c->templates, "archive/feed.mustache", page.data,
                              EDGE_HTML, out, err);
}
