#include "digest/base/mem.h"
#include "digest/issues/crank_parts.h"

enum sql { SOURCES, NOTICES, DEFERRED, WAITING, SQL_COUNT };

static const char *const sql[] = {
    [SOURCES] = "SELECT coalesce(sum(next_at <= ?1), 0), "
                "    coalesce(min(next_at), 0) FROM source "
                "WHERE removed_at IS NULL "
                "    AND kind IN ('feed', 'wordpress', 'path')",
    [NOTICES] = "SELECT (SELECT count(*) FROM notice "
                "        WHERE state IN ('queued', 'deferred') "
                "            AND next_at <= ?1) + "
                "       (SELECT count(*) FROM notice WHERE state = 'sending'), "
                "       (SELECT coalesce(min(next_at), 0) FROM notice "
                "        WHERE state IN ('queued', 'deferred'))",
    [DEFERRED] = "SELECT coalesce(min(next_at), 0), "
                 "    EXISTS (SELECT 1 FROM delivery "
                 "        WHERE issue_id = ?1 AND state = 'sending') "
                 "FROM delivery WHERE issue_id = ?1 AND state = 'deferred'",
    [WAITING] = ("SELECT EXISTS (SELECT 1 FROM delivery "
                 "    WHERE issue_id = ?1 AND state = 'queued')"),
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool get_two(struct stmt *row, int64_t *first, int64_t *second,
                    struct err *err)
{
    *first = *second = 0;
    if (!stmt_step(row, err))
        return stmt_done(row);
    *first = stmt_int(row, 0);
    *second = stmt_int(row, 1);
    stmt_reset(row);
    return true;
}

bool crank_store_sources_due(struct db *db, int64_t now, int64_t *due,
                             int64_t *next_at, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[SOURCES]);
    stmt_bind_int(row, 1, now);
    return get_two(row, due, next_at, err);
}

bool crank_store_notices_due(struct db *db, int64_t now, int64_t *due,
                             int64_t *next_at, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[NOTICES]);
    stmt_bind_int(row, 1, now);
    return get_two(row, due, next_at, err);
}

bool crank_store_deliveries_due(struct db *db, int64_t issue_id, int64_t now,
                                bool *due, int64_t *next_at, struct err *err)
{
    int64_t sending, waiting;
    struct stmt *row = db_stmt(db, sql[DEFERRED]);
    stmt_bind_int(row, 1, issue_id);
    if (!get_two(row, next_at, &sending, err))
        return false;
    *due = sending || (*next_at && *next_at <= now);
    if (*due)
        return true;
    struct stmt *queued = db_stmt(db, sql[WAITING]);
    stmt_bind_int(queued, 1, issue_id);
    if (!stmt_one_int(queued, &waiting, err))
        return false;
    /* One with nothing left has only its end to be written down. */
    *due = waiting || !*next_at;
    return true;
}
