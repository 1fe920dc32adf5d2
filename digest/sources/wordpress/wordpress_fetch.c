/* Fetches a live WordPress site, answer by answer. */
#include "digest/sources/wordpress/wordpress_fetch_internal.h"

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/url_shown.h"
#include "digest/sources/wordpress/wordpress_api_internal.h"

/* More than that the export file brings faster, and kinder to the site. */
enum { MAX_POSTS = 2000, MANY = 5 };

/* A second earlier: within it, others may have been changed. */
static const char *since_of(struct arena *arena, const char *last)
{
    char text[TIME_TEXT_SIZE];
    int64_t at;
    if (!*last || !time_parse_rfc3339(str_of(last), &at))
        return "";
    return arena_copy(arena, time_rfc3339(at - 1, text));
}

const char *wordpress_fetch_begin(struct wordpress_fetch *f,
                                  const struct source *source, size_t max_posts)
{
    *f =
        (struct wordpress_fetch){.source = source,
                                 .max_posts = max_posts ? max_posts : MAX_POSTS,
                                 .page = 1,
                                 .newest = source->last_modified};
    f->since = since_of(&f->arena, source->last_modified);
    return wordpress_api_posts_url(&f->arena, source->address, f->since, 1);
}

/* The API that a moved list of posts belongs to, or NULL. */
static const char *root_of(struct arena *arena, const char *posts_url)
{
    struct str url = str_of(posts_url);
    url.len = str_find_str(url, STR("wp/v2/posts"));
    return posts_url[url.len] ? arena_copy_str(arena, url) : NULL;
}

bool import_posts(struct db *db, const char *name,
                  const struct fetch_reply *reply,
                  const struct import_options *options,
                  struct import_report *report, struct arena *arena,
                  const char **newest, struct err *err)
{
    OWNED(import_run_free)
    struct import_run run = {.db = db, .options = options, .report = report};
    /* Everybody may read the address in an article, so it has no password. */
    struct import_bytes input = {.name = url_shown(arena, name),
                                 .url = url_shown(arena, reply->url),
                                 .bytes = strbuf_str(&reply->body)};
    struct err late = {0};
    bool good = import_wordpress_posts(&run, &input, newest, err);
    *newest = arena_copy(arena, *newest);
    if (import_finish(&run, &late))
        return good;
    *err = late;
    return false;
}

/* Takes a page of posts. A post that changes meanwhile comes the next time,
 * since the first page's time decides. */
static bool take_posts(struct wordpress_fetch *f, struct db *db,
                       const struct fetch_reply *reply,
                       const struct import_options *options,
                       struct import_report *report, struct err *err)
{
    const char *newest;
    if (!import_posts(db, f->source->address, reply, options, report, &f->arena,
                      &newest, err))
        return false;
    if (f->page > 1)
        return true;
    if (*newest)
        f->newest = newest;
    if (reply->moved_url)
        f->moved_root = root_of(&f->arena, reply->moved_url);
    return true;
}

static bool has_more(const struct wordpress_fetch *f,
                     const struct fetch_reply *reply)
{
    unsigned long long pages = 0;
    size_t taken = (size_t)f->page * WORDPRESS_API_PAGE;
    return str_to_u64(str_of(reply->total_pages), &pages) && f->page < pages &&
           (*f->since || taken < f->max_posts);
}

/* A post that is made a draft, or removed, is missing from every list: those
 * that an issue may still take are asked for by number. */
static bool ask_for_known(struct wordpress_fetch *f, struct db *db,
                          char **follow, struct err *err)
{
    if (!*f->since)
        return true;
    if (!article_of_source(db, f->source->id, WORDPRESS_API_PAGE, &f->arena,
                           &f->asked, &f->asked_count, err))
        return false;
    if (!f->asked_count)
        return true;
    const char **guids =
        ARENA_NEW_ARRAY(&f->arena, const char *, f->asked_count);
    for (size_t i = 0; i < f->asked_count; i++)
        guids[i] = f->asked[i].guid;
    f->is_checking = true;
    *follow = mem_copy(wordpress_api_check_url(&f->arena, f->source->address,
                                               guids, f->asked_count));
    return true;
}

static bool is_there(const char *const *guids, size_t count, const char *guid)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(guids[i], guid) == 0)
            return true;
    return false;
}

static bool withdraw_lost(struct wordpress_fetch *f, struct db *db,
                          const char *const *guids, size_t count, int64_t now,
                          struct import_report *report, struct err *err)
{
    for (size_t i = 0; i < f->asked_count; i++) {
        int64_t id = f->asked[i].id;
        if (is_there(guids, count, f->asked[i].guid))
            continue;
        if (!article_withdraw_lost(db, id, now, err))
            return false;
        MEM_PUSH(report->withdrawn_ids, report->withdrawn_count,
                 report->withdrawn_capacity, id);
    }
    return true;
}

/* Takes a check of known posts. Where none of many is left, it is the site that
 * is ill. */
static bool take_check(struct wordpress_fetch *f, struct db *db,
                       const struct fetch_reply *reply, int64_t now,
                       struct import_report *report, struct err *err)
{
    struct import_bytes input = {.name = f->source->address,
                                 .bytes = strbuf_str(&reply->body)};
    const char **guids;
    size_t count;
    if (!wordpress_api_read_guids(&input, &f->arena, &guids, &count, err))
        return false;
    if (!count && f->asked_count >= MANY)
        return err_set(err, ERR_INPUT,
                       "%.300s: says that none of its last %zu posts is there; "
                       "nothing was withdrawn",
                       f->source->address, f->asked_count);
    return withdraw_lost(f, db, guids, count, now, report, err);
}

bool wordpress_fetch_take(struct wordpress_fetch *f, struct db *db,
                          const struct fetch_reply *reply,
                          const struct import_options *options,
                          struct import_report *report, char **follow,
                          struct err *err)
{
    *follow = NULL;
    if (f->is_checking)
        return take_check(f, db, reply, options->now, report, err);
    if (!take_posts(f, db, reply, options, report, err))
        return false;
    if (!has_more(f, reply))
        return ask_for_known(f, db, follow, err);
    f->page++;
    *follow = mem_copy(wordpress_api_posts_url(&f->arena, f->source->address,
                                               f->since, f->page));
    return true;
}

void wordpress_fetch_free(struct wordpress_fetch *f)
{
    arena_free(&f->arena);
    *f = (struct wordpress_fetch){0};
}
