/* When the program's own mails are due, as the scheduler asks it. */
#include "digest/base/mem.h"
#include "digest/delivery/retry.h"
#include "digest/notices/notices.h"

enum sql { DUE, SET_BACK, SQL_COUNT };

static const char *const sql[] = {
    /* One farther ahead than it can have been put off is due at once. */
    [DUE] = "SELECT (SELECT count(*) FROM notice "
            "        WHERE state IN ('queued', 'deferred') "
            "            AND next_at <= ?1) + "
            "       (SELECT count(*) FROM notice WHERE state = 'sending'), "
            "       (SELECT coalesce(min(CASE WHEN next_at > ?1 + ?2 THEN ?1 "
            "            ELSE next_at END), 0) FROM notice "
            "        WHERE state IN ('queued', 'deferred'))",
    [SET_BACK] = "UPDATE notice SET next_at = 0 WHERE next_at > ?1 "
                 "    AND state IN ('queued', 'deferred')",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool notices_due(struct db *db, int64_t now, int64_t *due, int64_t *next_at,
                 struct err *err)
{
    struct stmt *row = db_stmt(db, sql[DUE]);
    stmt_bind_int(row, 1, now);
    stmt_bind_int(row, 2, RETRY_SPAN_S);
    if (!stmt_step(row, err))
        return false;
    *due = stmt_int(row, 0);
    *next_at = stmt_int(row, 1);
    stmt_reset(row);
    return true;
}

bool notices_set_back(struct db *db, int64_t now, struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET_BACK]);
    stmt_bind_int(set, 1, now);
    return stmt_run(set, err);
}
