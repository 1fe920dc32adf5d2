/* When deliveries are due, as the scheduler asks it. */
#include "digest/base/mem.h"
#include "digest/ledger/ledger.h"

enum sql { DEFERRED, WAITING, SET_BACK, SQL_COUNT };

static const char *const sql[] = {
    /* The farthest as well: it may be one that a clock ahead put off. */
    [DEFERRED] = "SELECT coalesce(min(next_at), 0), "
                 "    EXISTS (SELECT 1 FROM delivery "
                 "        WHERE issue_id = ?1 AND state = 'sending') "
                 "    OR coalesce(max(next_at), 0) > ?2 + ?3 "
                 "FROM delivery WHERE issue_id = ?1 AND state = 'deferred'",
    [WAITING] = ("SELECT EXISTS (SELECT 1 FROM delivery "
                 "    WHERE issue_id = ?1 AND state = 'queued')"),
    [SET_BACK] = "UPDATE delivery SET next_at = ?1 "
                 "WHERE state = 'deferred' AND next_at > ?1 "
                 "    AND issue_id IN (SELECT id FROM issue "
                 "        WHERE state = 'sending')",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool ledger_due(struct db *db, int64_t issue_id, int64_t now, int64_t span_s,
                bool *due, int64_t *next_at, struct err *err)
{
    int64_t waiting;
    struct stmt *row = db_stmt(db, sql[DEFERRED]);
    stmt_bind_int(row, 1, issue_id);
    stmt_bind_int(row, 2, now);
    stmt_bind_int(row, 3, span_s);
    if (!stmt_step(row, err))
        return false;
    *next_at = stmt_int(row, 0);
    *due = stmt_int(row, 1) || (*next_at && *next_at <= now);
    stmt_reset(row);
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

bool ledger_set_back(struct db *db, int64_t now, struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET_BACK]);
    stmt_bind_int(set, 1, now);
    return stmt_run(set, err);
}
