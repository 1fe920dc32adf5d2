/* Serves the archive's pages from a cache, with their ETags. */
#include "digest/web/archive_pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/archive/archive.h"
#include "digest/base/clock.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/delivery/build.h"
#include "digest/web/form.h"
#include "digest/web/page.h"

/* ---- pages that were made -------------------------------------------- */

enum { CACHED_MAX = 256, CACHED_BYTES_MAX = 8 << 20 };

struct cached {
    char *path;
    uint64_t stamp;
    int64_t made_at;
    uint64_t hash; /* of the body */
    unsigned status;
    struct strbuf body;
};

struct archive_cache {
    struct cached items[CACHED_MAX];
    size_t count, next; /* the next one to make place */
    size_t bytes;       /* of all bodies */
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

static void empty(struct archive_cache *cache, struct cached *item)
{
    cache->bytes -= item->body.len;
    strbuf_free(&item->body);
    item->stamp = 0;
}

/* The oldest make place, one for each that is new, and as many as it takes
 * to stay under the bound on bytes. */
static struct cached *add_cached(struct archive_cache *cache, struct str path)
{
    size_t place = cache->count < CACHED_MAX ? cache->count++ : cache->next++;
    cache->next %= CACHED_MAX;
    struct cached *item = &cache->items[place];
    free(item->path);
    item->path = str_dup(path);
    empty(cache, item);
    return item;
}

static void keep(struct archive_cache *cache, struct cached *item,
                 struct str body)
{
    empty(cache, item);
    for (size_t i = 0; i < cache->count; i++)
        if (cache->bytes + body.len > CACHED_BYTES_MAX)
            empty(cache, &cache->items[(cache->next + i) % cache->count]);
    strbuf_add_str(&item->body, body);
    cache->bytes += body.len;
}

/* ---- answers --------------------------------------------------------- */

/* A page as it is now, or what it takes to make it. */
struct wanted {
    const char *type;
    char etag[60];
    int64_t changed_at;
    unsigned status; /* 0: 200 */
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

/* The mail's own styles are inline, and its images come from anywhere. */
static const char page_policy[] =
    "default-src 'none'; style-src 'unsafe-inline'; "
    "img-src https: http: data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

static void set_headers(const struct request *request,
                        const struct wanted *page, struct response *response)
{
    char date[TIME_TEXT_SIZE];
    struct arena *arena = request->arena;
    response_header(response, "ETag", arena_copy(arena, page->etag));
    response_header(response, "Last-Modified",
                    arena_copy(arena, time_http(page->changed_at, date)));
    response_header(response, "Cache-Control", "public, max-age=60");
    response_header(response, "X-Robots-Tag", "all");
    response_header(response, "Content-Type", page->type);
    response_header(response, "Content-Security-Policy", page_policy);
}

static bool answer(const struct request *request, const struct wanted *page,
                   struct str body, struct response *response)
{
    set_headers(request, page, response);
    response->status = page->status ? page->status : 200;
    if (response->status == 200 && is_known(request, page))
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

/* The subject that a page is made of; parts it doesn't need are left out. */
struct subject {
    const struct newsletter *newsletter;
    const struct issue *issue;
    struct str story;
    const char *url;  /* of the archive; NULL: not known */
    const char *root; /* the way to it */
};

typedef bool make_page(const struct web *web, const struct subject *subject,
                       struct strbuf *out, unsigned *status, struct err *err);

static bool make_index(const struct web *web, const struct subject *subject,
                       struct strbuf *out, unsigned *status, struct err *err)
{
    (void)status;
    return archive_index(web->archive, subject->newsletter, out, err);
}

static bool make_feed(const struct web *web, const struct subject *subject,
                      struct strbuf *out, unsigned *status, struct err *err)
{
    (void)status;
    return archive_feed(web->archive, subject->newsletter, subject->url, out,
                        err);
}

static bool make_home(const struct web *web, const struct subject *subject,
                      struct strbuf *out, unsigned *status, struct err *err)
{
    (void)status;
    return archive_home(web->archive, subject->root, out, err);
}

static bool make_sitemap(const struct web *web, const struct subject *subject,
                         struct strbuf *out, unsigned *status, struct err *err)
{
    (void)status;
    return archive_sitemap(web->archive, subject->url, out, err);
}

static bool make_story(const struct web *web, const struct subject *subject,
                       struct strbuf *out, unsigned *status, struct err *err)
{
    bool gone = false;
    if (!archive_story(web->archive, subject->issue, subject->story,
                       subject->url, out, &gone, err))
        return false;
    *status = gone ? 410 : 200;
    return true;
}

static const char *archive_url(const struct web *web, struct arena *arena)
{
    return web->base_url ? arena_format(arena, "%s/archive/", web->base_url)
                         : NULL;
}

/* Makes the page, unless it was made for the same stamp. */
static bool answer_made(struct web *web, struct request *request,
                        const struct subject *subject, uint64_t stamp,
                        struct wanted *page, make_page *make,
                        struct response *response, struct err *err)
{
    struct cached *item = find_cached(web->archive_cache, request->path);
    if (!item || item->stamp != stamp || !item->body.len) {
        OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
        unsigned status = 200;
        if (!make(web, subject, &body, &status, err))
            return false;
        item = item ? item : add_cached(web->archive_cache, request->path);
        keep(web->archive_cache, item, strbuf_str(&body));
        item->stamp = stamp;
        item->status = status;
        item->made_at = clock_now();
        item->hash = hash(strbuf_str(&item->body));
    }
    page->changed_at = item->made_at;
    page->status = item->status;
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
    struct subject subject = {.newsletter = n,
                              .url = archive_url(web, request->arena)};
    uint64_t stamp = 0;
    return archive_stamp(web->archive, n, &stamp, err) &&
           answer_made(web, request, &subject, stamp, &page,
                       is_feed ? make_feed : make_index, response, err);
}

/* Computes a stamp that changes with each newsletter's pages. */
static bool stamp_all(struct web *web, struct request *request, uint64_t *stamp,
                      struct err *err)
{
    struct newsletter_list list;
    *stamp = 0;
    if (!newsletter_find(web->db, request->arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        uint64_t one = 0;
        if (!archive_stamp(web->archive, &list.items[i], &one, err))
            return false;
        *stamp = *stamp * 31 + one;
    }
    return true;
}

static bool home_page(struct web *web, struct request *request,
                      const char *root, struct response *response,
                      struct err *err)
{
    struct wanted page = {.type = "text/html; charset=utf-8"};
    struct subject subject = {.root = root};
    uint64_t stamp;
    return stamp_all(web, request, &stamp, err) &&
           answer_made(web, request, &subject, stamp, &page, make_home,
                       response, err);
}

bool archive_page_home(struct web *web, struct request *request,
                       struct response *response, struct err *err)
{
    if (!web->archive)
        return page_not_found(web, request, response, err);
    return home_page(web, request, "archive/", response, err);
}

bool archive_page_sitemap(struct web *web, struct request *request,
                          struct response *response, struct err *err)
{
    struct wanted page = {.type = "application/xml; charset=utf-8"};
    struct subject subject = {.url = archive_url(web, request->arena)};
    uint64_t stamp;
    if (!web->archive || !subject.url)
        return page_not_found(web, request, response, err);
    return stamp_all(web, request, &stamp, err) &&
           answer_made(web, request, &subject, stamp, &page, make_sitemap,
                       response, err);
}

/* ---- issues and their stories ---------------------------------------- */

static bool make_issue(const struct web *web, const struct subject *subject,
                       struct strbuf *out, unsigned *status, struct err *err)
{
    (void)status;
    return archive_issue(web->archive, subject->issue, out, err);
}

/* An issue's page, or with a name that of one of its stories. */
static bool issue_page(struct web *web, struct request *request,
                       const struct newsletter *n, const struct issue *issue,
                       struct str story, struct response *response,
                       struct err *err)
{
    struct wanted page = {.type = "text/html; charset=utf-8"};
    struct subject subject = {.newsletter = n,
                              .issue = issue,
                              .story = story,
                              .url = archive_url(web, request->arena)};
    uint64_t stamp;
    return archive_story_stamp(web->archive, n, issue, &stamp, err) &&
           answer_made(web, request, &subject, stamp, &page,
                       story.len ? make_story : make_issue, response, err);
}

/* A token that lets its reader in for longer than any token is made for was
 * made by a clock that was ahead. */
static bool is_current(struct web *web, struct str token, int64_t issue_id,
                       int64_t now)
{
    return token_is_preview(web->keys, token, issue_id, now) &&
           !token_is_preview(web->keys, token, issue_id,
                             now + BUILD_PREVIEW_S + 1);
}

/* A story of an issue that hasn't been started, for who was sent a copy to
 * look at. Nobody keeps it. */
static bool preview_page(struct web *web, struct request *request,
                         const struct issue *issue, struct str story,
                         struct response *response, struct err *err)
{
    struct form form;
    if (!form_parse(STR("application/x-www-form-urlencoded"), request->query,
                    request->arena, &form) ||
        !is_current(web, form_get(&form, "preview"), issue->id, clock_now()))
        return err_set(err, ERR_NOT_FOUND, "not a public issue");
    response_header(response, "Content-Type", "text/html; charset=utf-8");
    response_header(response, "Content-Security-Policy", page_policy);
    return archive_story_preview(web->archive, issue, story, &response->body,
                                 err);
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

/* A slug, a number or a story's name. */
static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!(name.ptr[i] & 0x80) &&
            !strchr("abcdefghijklmnopqrstuvwxyz0123456789-", name.ptr[i]))
            return false;
    return name.len > 0;
}

/* Redirects to the same path with a slash, which relative links need. */
static bool add_slash(struct web *web, struct request *request,
                      struct response *response, struct err *err)
{
    struct str last = request->path;
    while (str_find(last, '/') < last.len)
        str_cut(&last, '/');
    if (!is_name(last))
        return page_not_found(web, request, response, err);
    OWNED(strbuf_free) struct strbuf there = STRBUF_INIT;
    url_encode(&there, last);
    strbuf_add_char(&there, '/');
    if (request->query.len)
        strbuf_add_format(&there, "?%.*s", STR_ARG(request->query));
    response_text(response, 308, "It is one slash further.\n");
    response_header(response, "Location",
                    arena_copy_str(request->arena, strbuf_str(&there)));
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
                     false, request->arena, out, err);
}

static bool issue_or_story(struct web *web, struct request *request,
                           const struct newsletter *n, struct str number,
                           struct str story, struct response *response,
                           struct err *err)
{
    struct issue issue = {0};
    if (!find_issue(web, request, n->slug, number, &issue, err))
        return false;
    if (issue_is_public(&issue))
        return issue_page(web, request, n, &issue, story, response, err);
    return story.len ? preview_page(web, request, &issue, story, response, err)
                     : err_set(err, ERR_NOT_FOUND, "not a public issue");
}

/* SLUG/…: what stands behind the slug is `rest`. */
static bool newsletter_page(struct web *web, struct request *request,
                            const char *slug, struct str rest,
                            struct response *response, struct err *err)
{
    struct newsletter n;
    bool is_feed = str_equal(rest, STR("feed.xml"));
    if (!newsletter_get(web->db, slug, request->arena, &n, err))
        return not_found(web, request, response, err);
    if (!rest.len || is_feed)
        return newsletter_pages(web, request, &n, is_feed, response, err);
    struct str number = str_cut(&rest, '/');
    struct str story = str_cut(&rest, '/');
    if (rest.len)
        return page_not_found(web, request, response, err);
    return issue_or_story(web, request, &n, number, story, response, err) ||
           not_found(web, request, response, err);
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
        return home_page(web, request, "", response, err);
    const char *slug = arena_copy_str(request->arena, str_cut(&rest, '/'));
    return newsletter_page(web, request, slug, rest, response, err);
}
