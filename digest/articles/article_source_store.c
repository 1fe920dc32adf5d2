/* Lists the articles of a source, and withdraws those it has taken back. */
#include "digest/articles/article_source_store.h"

#include "digest/base/mem.h"

enum sql { OF_SOURCE, WITHDRAW, SQL_COUNT };

static const char *const sql[] = {
    [OF_SOURCE] = "SELECT id, guid FROM article "
                  "WHERE source_id = ?1 AND withdrawn_at IS NULL "
                  "ORDER BY published_at DESC, id DESC LIMIT ?2",
    [WITHDRAW] = "UPDATE article SET withdrawn_at = ?2, "
                 "    withdrawn_by_source = 1 "
                 "WHERE id = ?1 AND withdrawn_at IS NULL",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool article_of_source(struct db *db, int64_t source_id, size_t limit,
                       struct arena *arena, struct source_article **out,
                       size_t *count, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[OF_SOURCE]);
    *out = ARENA_NEW_ARRAY(arena, struct source_article, limit);
    *count = 0;
    stmt_bind_int(rows, 1, source_id);
    stmt_bind_int(rows, 2, (int64_t)limit);
    while (stmt_step(rows, err))
        (*out)[(*count)++] = (struct source_article){
            stmt_int(rows, 0), arena_copy(arena, stmt_text(rows, 1))};
    return stmt_done(rows);
}

bool article_withdraw_lost(struct db *db, int64_t id, int64_t now,
                           struct err *err)
{
    struct stmt *withdraw = db_stmt(db, sql[WITHDRAW]);
    stmt_bind_int(withdraw, 1, id);
    stmt_bind_int(withdraw, 2, now);
    return stmt_run(withdraw, err);
}
