/* Counts the articles of each category. */
#include "digest/articles/category_store.h"

#include "digest/base/mem.h"

enum sql { ARTICLES, COUNTS, SQL_COUNT };

#define SOME                                                                   \
    "WITH some AS (SELECT id FROM article WHERE fresh_at >= ?1 "               \
    "    AND withdrawn_at IS NULL ORDER BY fresh_at DESC LIMIT ?2) "

static const char *const sql[] = {
    [ARTICLES] = SOME "SELECT count(*) FROM some",
    [COUNTS] = SOME "SELECT c.slug, min(c.name), count(*) FROM some "
                    "JOIN article_category c ON c.article_id = some.id "
                    "GROUP BY c.slug ORDER BY count(*) DESC, c.slug LIMIT ?3",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static struct stmt *bind(struct db *db, enum sql name, int64_t since)
{
    struct stmt *stmt = db_stmt(db, sql[name]);
    stmt_bind_int(stmt, 1, since);
    stmt_bind_int(stmt, 2, CATEGORY_LOOKED_AT);
    return stmt;
}

bool category_count_recent(struct db *db, int64_t since, struct arena *arena,
                           struct category_counts *out, struct err *err)
{
    *out = (struct category_counts){
        .items = ARENA_NEW_ARRAY(arena, struct category_count, CATEGORY_MAX)};
    if (!stmt_one_int(bind(db, ARTICLES, since), &out->articles, err))
        return false;
    struct stmt *rows = bind(db, COUNTS, since);
    stmt_bind_int(rows, 3, CATEGORY_MAX);
    while (stmt_step(rows, err))
        out->items[out->count++] = (struct category_count){
            .slug = arena_copy(arena, stmt_text(rows, 0)),
            .name = arena_copy(arena, stmt_text(rows, 1)),
            .articles = stmt_int(rows, 2),
        };
    out->is_all =
        out->articles < CATEGORY_LOOKED_AT && out->count < CATEGORY_MAX;
    return stmt_done(rows);
}
