#include "digest/base/mem.h"
#include "digest/delivery/patience.h"
#include "digest/scheduler/crank_internal.h"
#include "digest/sources/source_fetch.h"

enum sql {
    SOURCES,
    NOTICES,
    DEFERRED,
    WAITING,
    BACK_JOBS,
    BACK_SOURCES,
    BACK_NOTICES,
    BACK_ISSUES,
    BACK_DELIVERIES,
    BACK_SCHEDULES,
    BACK_OCCURRENCES,
    SQL_COUNT
};

/* When it is due: one farther ahead than its span is due at once. */
#define AHEAD "CASE WHEN next_at > ?1 + ?2 THEN ?1 ELSE next_at END"

static const char *const sql[] = {
    [SOURCES] = "SELECT coalesce(sum(next_at <= ?1 OR next_at > ?1 + ?2), 0), "
                "    coalesce(min(" AHEAD "), 0) FROM source "
                "WHERE removed_at IS NULL AND kind <> 'hand'",
    [NOTICES] = "SELECT (SELECT count(*) FROM notice "
                "        WHERE state IN ('queued', 'deferred') "
                "            AND next_at <= ?1) + "
                "       (SELECT count(*) FROM notice WHERE state = 'sending'), "
                "       (SELECT coalesce(min(" AHEAD "), 0) FROM notice "
                "        WHERE state IN ('queued', 'deferred'))",
    /* The farthest as well: it may be one that a clock ahead put off. */
    [DEFERRED] = "SELECT coalesce(min(next_at), 0), "
                 "    EXISTS (SELECT 1 FROM delivery "
                 "        WHERE issue_id = ?1 AND state = 'sending') "
                 "    OR coalesce(max(next_at), 0) > ?2 + ?3 "
                 "FROM delivery WHERE issue_id = ?1 AND state = 'deferred'",
    [WAITING] = ("SELECT EXISTS (SELECT 1 FROM delivery "
                 "    WHERE issue_id = ?1 AND state = 'queued')"),
    [BACK_JOBS] = "UPDATE job SET next_at = 0 WHERE next_at > ?1",
    [BACK_SOURCES] = "UPDATE source SET next_at = 0 WHERE next_at > ?1",
    [BACK_NOTICES] = "UPDATE notice SET next_at = 0 WHERE next_at > ?1 "
                     "    AND state IN ('queued', 'deferred')",
    [BACK_ISSUES] = "UPDATE issue SET retry_at = NULL "
                    "WHERE state = 'sending' AND retry_at > ?1",
    [BACK_DELIVERIES] = "UPDATE delivery SET next_at = ?1 "
                        "WHERE state = 'deferred' AND next_at > ?1 "
                        "    AND issue_id IN (SELECT id FROM issue "
                        "        WHERE state = 'sending')",
    [BACK_SCHEDULES] =
        "UPDATE schedule SET look_at = 0, since = min(since, ?1)",
    /* An issue that was made stays, and so does its occurrence, unless it is
     * made further ahead (31 days) than any is. */
    [BACK_OCCURRENCES] =
        "DELETE FROM occurrence WHERE due_at > ?1 "
        "    AND (state <> 'made' OR due_at > ?1 + 32 * 86400)",
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
    stmt_bind_int(row, 2, SOURCE_REST_S);
    return get_two(row, due, next_at, err);
}

bool crank_store_notices_due(struct db *db, int64_t now, int64_t *due,
                             int64_t *next_at, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[NOTICES]);
    stmt_bind_int(row, 1, now);
    stmt_bind_int(row, 2, PATIENCE_SPAN_S);
    return get_two(row, due, next_at, err);
}

bool crank_store_deliveries_due(struct db *db, int64_t issue_id, int64_t now,
                                bool *due, int64_t *next_at, struct err *err)
{
    int64_t sending, waiting;
    struct stmt *row = db_stmt(db, sql[DEFERRED]);
    stmt_bind_int(row, 1, issue_id);
    stmt_bind_int(row, 2, now);
    stmt_bind_int(row, 3, PATIENCE_SPAN_S);
    if (!get_two(row, next_at, &sending, err))
        return false;
    *due = sending || (*next_at && *next_at <= now);
    if (*due)
        return true;
    struct stmt *queued = db_stmt(db, sql[WAITING]);
    stmt_bind_int(queued, 1, issue_id);
    if (!stmt_one_int(queued, &waiting, err))
        return false;
    /* An issue with nothing left has only its end to be written down. */
    *due = waiting || !*next_at;
    return true;
}

bool crank_store_set_back(struct db *db, int64_t now, struct err *err)
{
    for (enum sql which = BACK_JOBS; which <= BACK_OCCURRENCES; which++) {
        struct stmt *stmt = db_stmt(db, sql[which]);
        stmt_bind_int(stmt, 1, now);
        if (!stmt_run(stmt, err))
            return false;
    }
    return true;
}
