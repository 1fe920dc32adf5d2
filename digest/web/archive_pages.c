#include "digest/web/archive_pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/archive/archive.h"
#include "digest/web/page.h"

/* ---- pages that were made -------------------------------------------- */

enum { CACHED_MAX = 64 };

struct cached {
    char *path;
    uint64_t stamp;
    int64_t made_at;
    uint64_t hash; /* of the body */
    struct strbuf body;
};

struct archive_cache {
    struct cached items[CACHED_MAX];
    size_t count, next; /* the next one to make place */
};

struct archive_cache *archive_cache_new(void)
{
    return MEM_NEW(struct archive_cache);
}

void archive_cache_free(struct archive_cache *cache)
{
    for (size_t i = 0; cache && i < cache->count; i++) {
        free(cache->items[i].path);
        strbuf_free(&cache->items[i].body);
    }
    free(cache);
}

static struct cached *find_cached(struct archive_cache *cache, struct str path)
{
    for (size_t i = 0; i < cache->count; i++)
        if (str_equal(str_of(cache->items[i].path), path))
            return &cache->items[i];
    return NULL;
}

static struct cached *add_cached(struct archive_cache *cache, struct str path)
{
    size_t place = cache->count < CACHED_MAX ? cache->count++ : cache->next++;
    cache->next %= CACHED_MAX;
    struct cached *item = &cache->items[place];
    free(item->path);
    item->path = str_dup(path);
    strbuf_cut(&item->body, 0);
    return item;
}

/* ---- answers --------------------------------------------------------- */

/* A page as it is now, or what it takes to make it. */
struct wanted {
    const char *type;
    char etag[60];
    int64_t changed_at;
};

static bool is_known(const struct request *request, const struct wanted *page)
{
    struct str tags = request->if_none_match;
    if (tags.len)
        return str_equal(tags, STR("*")) ||
               str_find_str(tags, str_of(page->etag)) < tags.len;
    int64_t since;
    return request->if_modified_since.len &&
           time_parse_rfc5322(request->if_modified_since, &since) &&
           since >= page->changed_at;
}

/* IMF-fixdate (RFC 9110 §5.6.7). */
static const char *http_date(struct arena *arena, int64_t at)
{
    char text[TIME_TEXT_SIZE];
    struct str date = str_of(time_rfc5322(at, text));
    struct str zone = STR(" +0000");
    if (str_ends(date, zone))
        date.len -= zone.len;
    return arena_format(arena, "%.*s GMT", STR_ARG(date));
}

/* The mail's own styles are inline, and its images come from anywhere. */
static void set_headers(const struct request *request,
                        const struct wanted *page, struct response *response)
{
    struct arena *arena = request->arena;
    response_header(response, "ETag", arena_copy(arena, page->etag));
    response_header(response, "Last-Modified",
                    http_date(arena, page->changed_at));
    response_header(response, "Cache-Control", "public, max-age=60");
    response_header(response, "X-Robots-Tag", "all");
    response_header(response, "Content-Type", page->type);
    response_header(response, "Content-Security-Policy",
                    "default-src 'none'; style-src 'unsafe-inline'; "
                    "img-src https: http: data:; base-uri 'none'; "
                    "form-action 'none'; frame-ancestors 'none'");
}

static bool answer(const struct request *request, const struct wanted *page,
                   struct str body, struct response *response)
{
    set_headers(request, page, response);
    if (is_known(request, page))
        response->status = 304;
    else
        strbuf_add_str(&response->body, body);
    return true;
}

/* ---- newsletters ----------------------------------------------------- */

static uint64_t hash(struct str bytes)
{
    uint64_t state = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < bytes.len; i++)
        state = (state ^ (unsigned char)bytes.ptr[i]) * UINT64_C(0x100000001b3);
    return state;
}

typedef bool make_page(const struct web *web, const struct newsletter *n,
                       struct strbuf *out, struct err *err);

static bool make_index(const struct web *web, const struct newsletter *n,
                       struct strbuf *out, struct err *err)
{
    return archive_index(web->archive, n, out, err);
}

static bool make_feed(const struct web *web, const struct newsletter *n,
                      struct strbuf *out, struct err *err)
{
    OWNED(mem_free)
    char *url = web->base_url ? mem_format("%s/archive/", web->base_url) : NULL;
    return archive_feed(web->archive, n, url, out, err);
}

static bool make_home(const struct web *web, const struct newsletter *n,
                      struct strbuf *out, struct err *err)
{
    (void)n;
    return archive_home(web->archive, out, err);
}

/* Makes the page, unless it was made for the same stamp. */
static bool answer_made(struct web *web, struct request *request,
                        const struct newsletter *n, uint64_t stamp,
                        struct wanted *page, make_page *make,
                        struct response *response, struct err *err)
{
    struct cached *item = find_cached(web->archive_cache, request->path);
    if (!item || item->stamp != stamp) {
        OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
        if (!make(web, n, &body, err))
            return false;
        item = item ? item : add_cached(web->archive_cache, request->path);
        strbuf_cut(&item->body, 0);
        strbuf_add_str(&item->body, strbuf_str(&body));
        item->stamp = stamp;
        item->made_at = clock_now();
        item->hash = hash(strbuf_str(&item->body));
    }
    page->changed_at = item->made_at;
    snprintf(page->etag, sizeof page->etag, "\"%016" PRIx64 "\"", item->hash);
    return answer(request, page, strbuf_str(&item->body), response);
}

static bool newsletter_pages(struct web *web, struct request *request,
                             const struct newsletter *n, bool is_feed,
                             struct response *response, struct err *err)
{
    struct wanted page = {.type = is_feed
                                      ? "application/atom+xml; charset=utf-8"
                                      : "text/html; charset=utf-8"};
    uint64_t stamp = 0;
    return archive_stamp(web->archive, n, &stamp, err) &&
           answer_made(web, request, n, stamp, &page,
                       is_feed ? make_feed : make_index, response, err);
}

static bool home_page(struct web *web, struct request *request,
                      struct response *response, struct err *err)
{
    struct wanted page = {.type = "text/html; charset=utf-8"};
    struct newsletter_list list;
    uint64_t stamp = 0;
    if (!newsletter_find(web->db, request->arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        uint64_t one = 0;
        if (!archive_stamp(web->archive, &list.items[i], &one, err))
            return false;
        stamp = stamp * 31 + one;
    }
    return answer_made(web, request, NULL, stamp, &page, make_home, response,
                       err);
}

/* ---- issues ---------------------------------------------------------- */

/* What was frozen doesn't change: it is read as it stands. */
static bool issue_page(struct web *web, struct request *request,
                       const struct issue *issue, struct response *response,
                       struct err *err)
{
    OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
    struct wanted page = {.type = "text/html; charset=utf-8",
                          .changed_at = issue->started_at};
    if (!archive_issue(web->archive, issue, &body, err))
        return false;
    snprintf(page.etag, sizeof page.etag, "\"%" PRIx64 "-%" PRIx64 "-%zx\"",
             (uint64_t)issue->id, (uint64_t)issue->started_at, body.len);
    return answer(request, &page, strbuf_str(&body), response);
}

/* ---- finding them ---------------------------------------------------- */

static bool not_found(struct web *web, struct request *request,
                      struct response *response, struct err *err)
{
    if (err->kind != ERR_NOT_FOUND)
        return false;
    strbuf_cut(&response->body, 0);
    return page_not_found(web, request, response, err);
}

/* A slug or a number: nothing that could break out of a header. */
static bool is_plain(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", name.ptr[i]))
            return false;
    return name.len > 0;
}

/* To the same path with a slash, which relative links need. */
static bool add_slash(struct web *web, struct request *request,
                      struct response *response, struct err *err)
{
    struct str last = request->path;
    while (str_find(last, '/') < last.len)
        str_cut(&last, '/');
    if (!is_plain(last))
        return page_not_found(web, request, response, err);
    response_text(response, 308, "It is one slash further.\n");
    response_header(response, "Location",
                    arena_format(request->arena, "%.*s/", STR_ARG(last)));
    return true;
}

static bool find_issue(struct web *web, const struct request *request,
                       const char *slug, struct str number, struct issue *out,
                       struct err *err)
{
    unsigned long long n;
    if (!str_to_u64(number, &n) || number.ptr[0] == '0')
        return err_set(err, ERR_NOT_FOUND, "no such issue");
    return issue_get(web->db, arena_format(request->arena, "%s/%llu", slug, n),
                     false, request->arena, out, err) &&
           (issue_is_public(out) ||
            err_set(err, ERR_NOT_FOUND, "not a public issue"));
}

/* SLUG/…: what stands behind the slug is `rest`. */
static bool newsletter_page(struct web *web, struct request *request,
                            const char *slug, struct str rest,
                            struct response *response, struct err *err)
{
    struct newsletter n;
    struct issue issue = {0};
    bool is_feed = str_equal(rest, STR("feed.xml"));
    if (!newsletter_get(web->db, slug, request->arena, &n, err))
        return not_found(web, request, response, err);
    if (!rest.len || is_feed)
        return newsletter_pages(web, request, &n, is_feed, response, err);
    struct str number = str_cut(&rest, '/');
    if (rest.len)
        return page_not_found(web, request, response, err);
    if (!find_issue(web, request, slug, number, &issue, err) ||
        !issue_page(web, request, &issue, response, err))
        return not_found(web, request, response, err);
    return true;
}

static bool wants_slash(struct str path)
{
    return !str_ends(path, STR("/")) && !str_ends(path, STR("/feed.xml"));
}

bool archive_page_any(struct web *web, struct request *request,
                      struct response *response, struct err *err)
{
    struct str rest = request->capture;
    if (!web->archive)
        return page_not_found(web, request, response, err);
    if (wants_slash(request->path))
        return add_slash(web, request, response, err);
    if (!rest.len)
        return home_page(web, request, response, err);
    const char *slug = arena_copy_str(request->arena, str_cut(&rest, '/'));
    return newsletter_page(web, request, slug, rest, response, err);
}
