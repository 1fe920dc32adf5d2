/* Stores articles: adds, updates, finds, lists and withdraws them. */
#include "digest/articles/article_store.h"

#include <inttypes.h>

#include "digest/articles/article_edit.h"
#include "digest/articles/article_search.h"
#include "digest/articles/signature.h"
#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/store/rows.h"

enum sql {
    FIND_GUID,
    FIND_URL,
    GET,
    CATEGORIES,
    ADD,
    UPDATE,
    PUT_IMAGE_SIZE,
    PUT_BODY,
    REMOVE_CATEGORIES,
    ADD_CATEGORY,
    LIST_FRESH,
    LIST_PUBLISHED,
    LIST_CATEGORY,
    WITHDRAW,
    WITHDRAW_AT_SOURCE,
    RESTORE,
    COUNT,
    SIGN,
    SQL_COUNT
};

#define HEAD                                                                   \
    "a.id, a.source_id, a.guid, a.url, a.title, a.author, a.published_at, "    \
    "    a.known_at, a.language, a.summary_html, a.image_url, a.image_alt, "   \
    "    a.word_count, a.views, a.weight, a.image_width, a.image_height "
#define FULL                                                                   \
    "SELECT " HEAD ", coalesce(b.html, '') FROM article a "                    \
    "LEFT JOIN article_body b ON b.article_id = a.id "

/* The order of parameters is the same in all three lists. A "+" keeps the
 * planner from an index that would read more rows. */
#define LIST(fresh, published)                                                 \
    "SELECT " HEAD "FROM article a "                                           \
    "WHERE " fresh " >= ?1 AND " fresh " < ?2 "                                \
    "    AND " published " >= ?3 AND " published " < ?4 "                      \
    "    AND (?5 OR a.withdrawn_at IS NULL) AND a.source_id <> 0 "
#define NEWEST_FIRST "ORDER BY a.published_at DESC, a.id DESC LIMIT ?7"

static const char *const sql[] = {
    [FIND_GUID] = FULL "WHERE a.source_id = ?1 AND a.guid = ?2",
    /* An article that came in with this very reading is another one. */
    [FIND_URL] =
        FULL "WHERE a.source_id = ?1 AND a.url = ?2 "
             "    AND (a.guid = a.url OR (a.known_at < ?6 AND (?3 = ?2 "
             "        OR (a.title = ?4 AND ?5 IN (0, a.published_at))))) "
             "ORDER BY a.id LIMIT 1",
    [GET] = FULL "WHERE a.id = ?1",
    [CATEGORIES] = "SELECT name, slug FROM article_category "
                   "WHERE article_id = ?1 ORDER BY position",
    [ADD] = "INSERT INTO article (source_id, guid, url, title, author, "
            "    published_at, known_at, fresh_at, language, summary_html, "
            "    image_url, image_alt, word_count, views, weight, "
            "    changed_at, signature, image_width, image_height) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, max(?6, ?7), ?8, ?9, ?10, "
            "    ?11, ?12, ?13, ?14, ?15, ?17, ?18, ?19)",
    [UPDATE] = "UPDATE article SET source_id = ?1, guid = ?2, url = ?3, "
               "    title = ?4, author = ?5, published_at = ?6, "
               "    known_at = ?7, fresh_at = max(?6, ?7), language = ?8, "
               "    summary_html = ?9, image_url = ?10, image_alt = ?11, "
               "    word_count = ?12, views = ?13, weight = ?14, "
               "    changed_at = ?15, signature = ?17, image_width = ?18, "
               "    image_height = ?19 WHERE id = ?16",
    [PUT_IMAGE_SIZE] = "UPDATE article SET image_width = ?2, "
                       "    image_height = ?3 WHERE id = ?1",
    [PUT_BODY] = "INSERT INTO article_body (article_id, html) VALUES (?1, ?2) "
                 "ON CONFLICT (article_id) DO UPDATE SET html = excluded.html",
    [REMOVE_CATEGORIES] = "DELETE FROM article_category WHERE article_id = ?1",
    [ADD_CATEGORY] = "INSERT INTO article_category "
                     "    (article_id, position, slug, name) "
                     "VALUES (?1, ?2, ?3, ?4)",
    [LIST_FRESH] = LIST("a.fresh_at", "+a.published_at") NEWEST_FIRST,
    [LIST_PUBLISHED] = LIST("+a.fresh_at", "a.published_at") NEWEST_FIRST,
    [LIST_CATEGORY] =
        LIST("+a.fresh_at",
             "+a.published_at") "    AND a.id IN (SELECT article_id FROM "
                                "article_category "
                                "        WHERE slug = ?6) " NEWEST_FIRST,
    [WITHDRAW] = "UPDATE article SET withdrawn_at = coalesce(withdrawn_at, ?2) "
                 "WHERE id = ?1",
    [WITHDRAW_AT_SOURCE] =
        "UPDATE article SET withdrawn_at = ?3, withdrawn_by_source = 1 "
        "WHERE source_id = ?1 AND url = ?2 AND withdrawn_at IS NULL "
        "RETURNING id",
    [RESTORE] = "UPDATE article SET withdrawn_at = NULL, "
                "    withdrawn_by_source = 0 "
                "WHERE id = ?1 AND withdrawn_by_source = 1",
    [COUNT] = "SELECT count(*) FROM article "
              "WHERE withdrawn_at IS NULL AND source_id <> 0",
    [SIGN] = "UPDATE article SET signature = ?2 WHERE id = ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static void read_row(struct stmt *row, struct arena *arena, bool with_body,
                     struct article *out)
{
    *out = (struct article){
        .id = stmt_int(row, 0),
        .source_id = stmt_int(row, 1),
        .guid = arena_copy(arena, stmt_text(row, 2)),
        .url = arena_copy(arena, stmt_text(row, 3)),
        .title = arena_copy(arena, stmt_text(row, 4)),
        .author = arena_copy(arena, stmt_text(row, 5)),
        .published_at = stmt_int(row, 6),
        .known_at = stmt_int(row, 7),
        .language = arena_copy(arena, stmt_text(row, 8)),
        .summary_html = arena_copy(arena, stmt_text(row, 9)),
        .body_html = with_body ? arena_copy(arena, stmt_text(row, 17)) : "",
        .image_url = arena_copy(arena, stmt_text(row, 10)),
        .image_alt = arena_copy(arena, stmt_text(row, 11)),
        .image_width = (unsigned)stmt_int(row, 15),
        .image_height = (unsigned)stmt_int(row, 16),
        .word_count = stmt_int(row, 12),
        .views = stmt_int(row, 13),
        .weight = stmt_int(row, 14),
    };
}

static struct article_category read_category(struct stmt *row,
                                             struct arena *arena)
{
    return (struct article_category){arena_copy(arena, stmt_text(row, 0)),
                                     arena_copy(arena, stmt_text(row, 1))};
}

static bool read_categories(struct db *db, struct arena *arena,
                            struct article *article, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[CATEGORIES]);
    stmt_bind_int(rows, 1, article->id);
    return STMT_LIST(rows, arena, article->categories, article->category_count,
                     read_category(rows, arena), err);
}

/* The one row of a statement that gives at most one; id 0 without it. */
static bool read_one(struct db *db, struct stmt *row, struct arena *arena,
                     struct article *out, struct err *err)
{
    *out = (struct article){0};
    if (!stmt_step(row, err))
        return stmt_done(row);
    read_row(row, arena, true, out);
    stmt_reset(row);
    return read_categories(db, arena, out, err);
}

bool article_find_guid(struct db *db, int64_t source_id, const char *guid,
                       struct arena *arena, struct article *out,
                       struct err *err)
{
    struct stmt *by_guid = db_stmt(db, sql[FIND_GUID]);
    stmt_bind_int(by_guid, 1, source_id);
    stmt_bind_text(by_guid, 2, guid);
    return read_one(db, by_guid, arena, out, err);
}

static bool find_stored(struct db *db, const struct article *article,
                        int64_t now, struct arena *arena, struct article *out,
                        struct err *err)
{
    if (!article_find_guid(db, article->source_id, article->guid, arena, out,
                           err))
        return false;
    if (out->id || !*article->url)
        return true;
    struct stmt *by_url = db_stmt(db, sql[FIND_URL]);
    stmt_bind_int(by_url, 1, article->source_id);
    stmt_bind_text(by_url, 2, article->url);
    stmt_bind_text(by_url, 3, article->guid);
    stmt_bind_text(by_url, 4, article->title);
    stmt_bind_int(by_url, 5, article->published_at);
    stmt_bind_int(by_url, 6, now);
    return read_one(db, by_url, arena, out, err);
}

static bool same_categories(const struct article *a, const struct article *b)
{
    if (a->category_count != b->category_count)
        return false;
    for (size_t i = 0; i < a->category_count; i++)
        if (strcmp(a->categories[i].name, b->categories[i].name) != 0 ||
            strcmp(a->categories[i].slug, b->categories[i].slug) != 0)
            return false;
    return true;
}

static bool same_head(const struct article *a, const struct article *b)
{
    return strcmp(a->guid, b->guid) == 0 && strcmp(a->url, b->url) == 0 &&
           strcmp(a->title, b->title) == 0 &&
           strcmp(a->author, b->author) == 0 &&
           a->published_at == b->published_at &&
           strcmp(a->language, b->language) == 0 &&
           strcmp(a->summary_html, b->summary_html) == 0 &&
           strcmp(a->image_url, b->image_url) == 0 &&
           strcmp(a->image_alt, b->image_alt) == 0 &&
           a->word_count == b->word_count && a->views == b->views &&
           a->weight == b->weight;
}

/* Adds without an id, updates with one. */
static bool write_head(struct db *db, const struct article *a, int64_t now,
                       struct err *err)
{
    OWNED(strbuf_free) struct strbuf signature = STRBUF_INIT;
    signature_write(a, &signature);
    struct stmt *put = db_stmt(db, sql[a->id ? UPDATE : ADD]);
    stmt_bind_int(put, 1, a->source_id);
    stmt_bind_text(put, 2, a->guid);
    stmt_bind_text(put, 3, a->url);
    stmt_bind_text(put, 4, a->title);
    stmt_bind_text(put, 5, a->author);
    stmt_bind_int(put, 6, a->published_at);
    stmt_bind_int(put, 7, a->known_at);
    stmt_bind_text(put, 8, a->language);
    stmt_bind_text(put, 9, a->summary_html);
    stmt_bind_text(put, 10, a->image_url);
    stmt_bind_text(put, 11, a->image_alt);
    stmt_bind_int(put, 12, a->word_count);
    stmt_bind_int(put, 13, a->views);
    stmt_bind_int(put, 14, a->weight);
    stmt_bind_int(put, 15, now);
    if (a->id)
        stmt_bind_int(put, 16, a->id);
    stmt_bind_blob(put, 17, strbuf_str(&signature));
    stmt_bind_int(put, 18, a->image_width);
    stmt_bind_int(put, 19, a->image_height);
    return stmt_run(put, err);
}

static bool write_body(struct db *db, const struct article *a, struct err *err)
{
    struct stmt *put = db_stmt(db, sql[PUT_BODY]);
    stmt_bind_int(put, 1, a->id);
    stmt_bind_text(put, 2, a->body_html);
    return stmt_run(put, err);
}

static bool write_categories(struct db *db, const struct article *a,
                             struct err *err)
{
    struct stmt *clear = db_stmt(db, sql[REMOVE_CATEGORIES]);
    stmt_bind_int(clear, 1, a->id);
    if (!stmt_run(clear, err))
        return false;
    for (size_t i = 0; i < a->category_count; i++) {
        struct stmt *add = db_stmt(db, sql[ADD_CATEGORY]);
        stmt_bind_int(add, 1, a->id);
        stmt_bind_int(add, 2, (int64_t)i);
        stmt_bind_text(add, 3, a->categories[i].slug);
        stmt_bind_text(add, 4, a->categories[i].name);
        if (!stmt_run(add, err))
            return false;
    }
    return true;
}

static int64_t time_of_undated(const struct article_undated *undated,
                               int64_t now)
{
    if (!undated)
        return now;
    if (!undated->is_new)
        return 0;
    return undated->latest_at && undated->latest_at < now ? undated->latest_at
                                                          : now;
}

static bool add_article(struct db *db, struct article *a,
                        const struct article_undated *undated, int64_t now,
                        struct err *err)
{
    a->id = 0;
    a->known_at = now;
    if (!a->published_at)
        a->published_at = time_of_undated(undated, now);
    if (!write_head(db, a, now, err))
        return false;
    a->id = db_last_id(db);
    return write_body(db, a, err) && article_search_put(db, a, true, err) &&
           (!a->category_count || write_categories(db, a, err));
}

/* The stored size of an image stays while the image is the same. */
static void keep_image_size(struct article *a, const struct article *stored)
{
    if (a->image_width || a->image_height ||
        strcmp(a->image_url, stored->image_url) != 0)
        return;
    a->image_width = stored->image_width;
    a->image_height = stored->image_height;
}

/* Writes an image's size, which is no change that anyone is to hear of. */
static bool write_image_size(struct db *db, const struct article *a,
                             const struct article *stored, struct err *err)
{
    if (a->image_width == stored->image_width &&
        a->image_height == stored->image_height)
        return true;
    struct stmt *put = db_stmt(db, sql[PUT_IMAGE_SIZE]);
    stmt_bind_int(put, 1, a->id);
    stmt_bind_int(put, 2, a->image_width);
    stmt_bind_int(put, 3, a->image_height);
    return stmt_run(put, err);
}

static bool update_article(struct db *db, struct article *a,
                           const struct article *stored, int64_t now,
                           enum article_change *change, struct err *err)
{
    a->id = stored->id;
    a->known_at = stored->known_at;
    if (!a->published_at)
        a->published_at = stored->published_at;
    if (!article_edit_keep(db, stored, a, err))
        return false;
    keep_image_size(a, stored);
    bool head = !same_head(a, stored);
    bool body = strcmp(a->body_html, stored->body_html) != 0;
    bool categories = !same_categories(a, stored);
    if (!head && !body && !categories)
        return write_image_size(db, a, stored, err);
    *change = ARTICLE_CHANGED;
    return write_head(db, a, now, err) && (!body || write_body(db, a, err)) &&
           (!head || article_search_put(db, a, false, err)) &&
           (!categories || write_categories(db, a, err));
}

/* Restores an article that its source had taken back and has again. */
static bool restore(struct db *db, int64_t id, enum article_change *change,
                    struct err *err)
{
    struct stmt *back = db_stmt(db, sql[RESTORE]);
    stmt_bind_int(back, 1, id);
    if (!stmt_run(back, err))
        return false;
    if (db_changes(db))
        *change = ARTICLE_CHANGED;
    return true;
}

bool article_withdraw_at_source(struct db *db, int64_t source_id,
                                const char *url, int64_t now, int64_t *id,
                                struct err *err)
{
    struct stmt *withdraw = db_stmt(db, sql[WITHDRAW_AT_SOURCE]);
    stmt_bind_int(withdraw, 1, source_id);
    stmt_bind_text(withdraw, 2, url);
    stmt_bind_int(withdraw, 3, now);
    *id = 0;
    while (stmt_step(withdraw, err))
        *id = stmt_int(withdraw, 0);
    return stmt_done(withdraw);
}

bool article_put_undated(struct db *db, const struct article *article,
                         const struct article_undated *undated, int64_t *id,
                         enum article_change *change, struct err *err)
{
    OWNED(arena_free) struct arena lookup_arena = ARENA_INIT;
    struct article stored, put = *article;
    int64_t now = article->known_at ? article->known_at : clock_now();
    if (!find_stored(db, article, now, &lookup_arena, &stored, err))
        return false;
    *change = stored.id ? ARTICLE_UNCHANGED : ARTICLE_ADDED;
    if (stored.id ? !update_article(db, &put, &stored, now, change, err)
                  : !add_article(db, &put, undated, now, err))
        return err_context(err, "article \"%.80s\"", article->title);
    *id = put.id;
    return !stored.id || restore(db, put.id, change, err);
}

bool article_put(struct db *db, const struct article *article, int64_t *id,
                 enum article_change *change, struct err *err)
{
    return article_put_undated(db, article, NULL, id, change, err);
}

static bool fail_unknown(int64_t id, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "%" PRId64 ": no such article", id) ||
           err_remedy(err, REMEDY_LIST_ARTICLES, NULL);
}

bool article_get(struct db *db, int64_t id, struct arena *arena,
                 struct article *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    stmt_bind_int(row, 1, id);
    if (!read_one(db, row, arena, out, err))
        return false;
    return out->id || fail_unknown(id, err);
}

static struct stmt *list_statement(struct db *db, const struct article_query *q)
{
    bool fresh = q->fresh_from || q->fresh_until;
    bool published = q->published_from || q->published_until;
    enum sql which = q->category           ? LIST_CATEGORY
                     : fresh && !published ? LIST_FRESH
                                           : LIST_PUBLISHED;
    struct stmt *rows = db_stmt(db, sql[which]);
    stmt_bind_int(rows, 1, q->fresh_from ? q->fresh_from : INT64_MIN);
    stmt_bind_int(rows, 2, q->fresh_until ? q->fresh_until : INT64_MAX);
    stmt_bind_int(rows, 3, q->published_from ? q->published_from : INT64_MIN);
    stmt_bind_int(rows, 4, q->published_until ? q->published_until : INT64_MAX);
    stmt_bind_int(rows, 5, q->with_withdrawn);
    if (q->category)
        stmt_bind_text(rows, 6, q->category);
    stmt_bind_int(rows, 7, q->limit ? (int64_t)q->limit : -1);
    return rows;
}

bool article_find(struct db *db, const struct article_query *query,
                  struct arena *arena, struct article_list *out,
                  struct err *err)
{
    struct article *items = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *rows = list_statement(db, query);
    while (stmt_step(rows, err)) {
        struct article article;
        read_row(rows, arena, false, &article);
        MEM_PUSH(items, count, capacity, article);
    }
    bool good = stmt_done(rows);
    for (size_t i = 0; good && i < count; i++)
        good = read_categories(db, arena, &items[i], err);
    out->items = ARENA_NEW_ARRAY(arena, struct article, count);
    out->count = count;
    if (count)
        memcpy(out->items, items, count * sizeof *items);
    free(items);
    return good;
}

bool article_withdraw(struct db *db, int64_t id, int64_t now, struct err *err)
{
    struct stmt *withdraw = db_stmt(db, sql[WITHDRAW]);
    stmt_bind_int(withdraw, 1, id);
    stmt_bind_int(withdraw, 2, now);
    if (!stmt_run(withdraw, err))
        return false;
    return db_changes(db) == 1 || fail_unknown(id, err);
}

bool article_count(struct db *db, int64_t *out, struct err *err)
{
    return stmt_one_int(db_stmt(db, sql[COUNT]), out, err);
}

bool article_set_signature(struct db *db, int64_t id, struct str bytes,
                           struct err *err)
{
    struct stmt *put = db_stmt(db, sql[SIGN]);
    stmt_bind_int(put, 1, id);
    stmt_bind_blob(put, 2, bytes);
    return stmt_run(put, err);
}
