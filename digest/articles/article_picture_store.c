/* Stores which kept picture stands for an image, and which failed. */
#include <stdlib.h>
#include <string.h>

#include "digest/articles/article_picture.h"
#include "digest/articles/source_rest.h"
#include "digest/base/mem.h"

enum sql { GET, PUT, REMOVE, FAIL, DUE_UNLINKED, DUE_ALL, TROUBLE, SQL_COUNT };

/* The condition on an article's own address names the index. */
#define DUE(which)                                                             \
    "SELECT a.id, a.image_url FROM article a "                                 \
    "LEFT JOIN article_picture p ON p.article_id = a.id "                      \
    "    AND p.url = a.image_url "                                             \
    "WHERE " which " AND a.image_url <> '' AND a.fresh_at > ?1 "               \
    "    AND a.withdrawn_at IS NULL AND a.source_id <> 0 "                     \
    "    AND (p.article_id IS NULL "                                           \
    "        OR (p.picture IS NULL AND p.next_at <= ?2 "                       \
    "            AND p.failures < ?3)) "                                       \
    "ORDER BY a.fresh_at DESC LIMIT ?4"

static const char *const sql[] = {
    [GET] = "SELECT picture, error, failures FROM article_picture "
            "WHERE article_id = ?1 AND url = ?2",
    [PUT] = "INSERT INTO article_picture (article_id, url, picture) "
            "VALUES (?1, ?2, ?3) ON CONFLICT (article_id) DO UPDATE SET "
            "    url = excluded.url, picture = excluded.picture, "
            "    failures = 0, next_at = 0, error = ''",
    [REMOVE] = "DELETE FROM article_picture WHERE article_id = ?1",
    [FAIL] = "INSERT INTO article_picture "
             "    (article_id, url, failures, next_at, error) "
             "VALUES (?1, ?2, ?3, ?4, ?5) "
             "ON CONFLICT (article_id) DO UPDATE SET url = excluded.url, "
             "    picture = NULL, failures = excluded.failures, "
             "    next_at = excluded.next_at, error = excluded.error",
    [DUE_UNLINKED] = DUE("a.url = ''"),
    [DUE_ALL] = DUE("true"),
    [TROUBLE] = "SELECT count(*) OVER (), p.article_id, p.error "
                "FROM article_picture p JOIN article a ON a.id = p.article_id "
                "    AND a.image_url = p.url "
                "WHERE p.picture IS NULL AND p.failures > 0 "
                "    AND a.fresh_at > ?1 AND a.withdrawn_at IS NULL "
                "ORDER BY a.fresh_at DESC LIMIT 1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool get(struct db *db, int64_t article_id, const char *url,
                struct arena *arena, struct article_picture *out,
                struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    *out = (struct article_picture){.error = ""};
    stmt_bind_int(row, 1, article_id);
    stmt_bind_text(row, 2, url);
    if (!stmt_step(row, err))
        return stmt_done(row);
    if (!stmt_is_null(row, 0))
        out->name = arena_copy(arena, stmt_text(row, 0));
    out->error = arena_copy(arena, stmt_text(row, 1));
    out->failures = stmt_int(row, 2);
    stmt_reset(row);
    return true;
}

bool article_picture_get(struct db *db, const struct article *a,
                         struct arena *arena, struct article_picture *out,
                         struct err *err)
{
    return get(db, a->id, a->image_url, arena, out, err);
}

bool article_picture_put(struct db *db, int64_t article_id, const char *url,
                         const struct picture *picture, int64_t now,
                         struct err *err)
{
    if (!picture_put(db, picture, now, err))
        return false;
    struct stmt *put = db_stmt(db, sql[PUT]);
    stmt_bind_int(put, 1, article_id);
    stmt_bind_text(put, 2, url);
    stmt_bind_text(put, 3, picture->name);
    return stmt_run(put, err);
}

bool article_picture_remove(struct db *db, int64_t article_id, struct err *err)
{
    struct stmt *remove = db_stmt(db, sql[REMOVE]);
    stmt_bind_int(remove, 1, article_id);
    return stmt_run(remove, err);
}

/* Notes a failure; the picture rests as a source does that fails. */
bool article_picture_fail(struct db *db, int64_t article_id, const char *url,
                          const char *error, int64_t now, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct article_picture before;
    if (!get(db, article_id, url, &arena, &before, err))
        return false;
    int64_t failures = before.failures + 1;
    struct stmt *fail = db_stmt(db, sql[FAIL]);
    stmt_bind_int(fail, 1, article_id);
    stmt_bind_text(fail, 2, url);
    stmt_bind_int(fail, 3, failures);
    stmt_bind_int(fail, 4, now + source_rest_s(failures));
    stmt_bind_text(fail, 5, error);
    return stmt_run(fail, err);
}

bool article_picture_due(struct db *db, const struct article_picture_wish *wish,
                         struct arena *arena, struct article_picture_list *out,
                         struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[wish->all ? DUE_ALL : DUE_UNLINKED]);
    *out = (struct article_picture_list){
        .items =
            ARENA_NEW_ARRAY(arena, struct article_picture_due, wish->limit)};
    stmt_bind_int(rows, 1, wish->now - PICTURE_FRESH_S);
    stmt_bind_int(rows, 2, wish->now);
    stmt_bind_int(rows, 3, PICTURE_TRIES);
    stmt_bind_int(rows, 4, (int64_t)wish->limit);
    while (stmt_step(rows, err))
        out->items[out->count++] = (struct article_picture_due){
            stmt_int(rows, 0), arena_copy(arena, stmt_text(rows, 1))};
    return stmt_done(rows);
}

bool article_picture_trouble(struct db *db, int64_t now, struct arena *arena,
                             struct article_picture_trouble *out,
                             struct err *err)
{
    struct stmt *row = db_stmt(db, sql[TROUBLE]);
    *out = (struct article_picture_trouble){.error = ""};
    stmt_bind_int(row, 1, now - PICTURE_FRESH_S);
    if (!stmt_step(row, err))
        return stmt_done(row);
    out->count = stmt_int(row, 0);
    out->article_id = stmt_int(row, 1);
    out->error = arena_copy(arena, stmt_text(row, 2));
    stmt_reset(row);
    return true;
}
