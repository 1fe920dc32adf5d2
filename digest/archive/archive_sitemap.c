/* The sitemap: the addresses of all the archive's pages (sitemaps.org). */
#include <inttypes.h>

#include "digest/archive/archive.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/ledger/story.h"

/* A sitemap's most (sitemaps.org): the newest issues of each newsletter come
 * first. */
enum { ADDRESSES_MAX = 50000 };

struct map {
    struct db *db;
    const char *url; /* where the archive is found */
    struct strbuf *out;
    size_t count;
};

/* `path` is escaped for an address already. */
static void add_address(struct map *map, const char *path, int64_t changed_at)
{
    char text[TIME_TEXT_SIZE];
    if (map->count++ >= ADDRESSES_MAX)
        return;
    strbuf_add_text(map->out, "<url><loc>");
    html_escape(map->out, str_of(map->url));
    html_escape(map->out, str_of(path));
    strbuf_add_text(map->out, "</loc>");
    if (changed_at)
        strbuf_add_format(map->out, "<lastmod>%s</lastmod>",
                          time_rfc3339(changed_at, text));
    strbuf_add_text(map->out, "</url>\n");
}

static bool add_issue(struct map *map, const struct issue *issue,
                      struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf path = STRBUF_INIT;
    struct story_list stories;
    if (!story_find(map->db, issue->id, false, &arena, &stories, err))
        return false;
    strbuf_add_format(&path, "%s/%" PRId64 "/", issue->newsletter,
                      issue->number);
    size_t folder = path.len;
    add_address(map, strbuf_text(&path), issue->started_at);
    for (size_t i = 0; i < stories.count; i++) {
        const struct story *s = &stories.items[i];
        /* A story that has an address of its own is found there. */
        if (!*s->name || *s->url || s->unpublished_at)
            continue;
        strbuf_cut(&path, folder);
        url_encode(&path, str_of(s->name));
        strbuf_add_char(&path, '/');
        add_address(map, strbuf_text(&path), issue->started_at);
    }
    return true;
}

static bool add_newsletter(struct map *map, const struct newsletter *n,
                           struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue_list list;
    bool is_shown = false;
    if (!issue_find(map->db, n->id, &arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count && map->count < ADDRESSES_MAX; i++) {
        const struct issue *issue = &list.items[i];
        if (!issue_is_public(issue))
            continue;
        if (!is_shown)
            add_address(map, arena_format(&arena, "%s/", n->slug),
                        issue->started_at);
        is_shown = true;
        if (!add_issue(map, issue, err))
            return false;
    }
    return true;
}

bool archive_sitemap(const struct conductor *c, const char *url,
                     struct strbuf *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct newsletter_list list;
    struct map map = {.db = c->db, .url = url, .out = out};
    if (!newsletter_find(c->db, &arena, &list, err))
        return false;
    strbuf_add_text(out,
                    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset "
                    "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    add_address(&map, "", 0);
    for (size_t i = 0; i < list.count; i++)
        if (!add_newsletter(&map, &list.items[i], err))
            return false;
    strbuf_add_text(out, "</urlset>\n");
    return true;
}
