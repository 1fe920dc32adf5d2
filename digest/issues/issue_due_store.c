/* Issues by their time, in the database. */
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/issues/issue_due.h"
#include "digest/store/rows.h"
#include "digest/ledger/ledger.h"

enum sql {
    SCHEDULE,
    DUE,
    SENDING,
    SET_BACK,
    START_KNOWN,
    START_OURS,
    START_LOST,
    PAUSE_ALL,
    MISS_ALL,
    UNTIDY,
    TIDIED,
    SQL_COUNT
};

static const char *const sql[] = {
    [SCHEDULE] = "UPDATE issue SET state = 'scheduled', scheduled_at = ?2, "
                 "    held = 0 "
                 "WHERE id = ?1 AND state = ?3",
    [DUE] = "SELECT id FROM issue "
            "WHERE state = 'scheduled' AND scheduled_at <= ?1 "
            "ORDER BY scheduled_at, id",
    [SENDING] = "SELECT id FROM issue WHERE state = 'sending' "
                "ORDER BY started_at, id",
    [SET_BACK] = "UPDATE issue SET retry_at = NULL "
                 "WHERE state = 'sending' AND retry_at > ?1",
    [START_KNOWN] = "SELECT count(*) FROM issue i "
                    "JOIN newsletter n ON n.id = i.newsletter_id "
                    "WHERE n.slug = ?1 AND i.number = ?2 "
                    "    AND i.started_at IS NOT NULL",
    [START_OURS] = "UPDATE issue SET state = 'sent', started_at = ?3, "
                   "    finished_at = ?3 "
                   "WHERE number = ?2 AND newsletter_id = "
                   "    (SELECT id FROM newsletter WHERE slug = ?1)",
    [START_LOST] =
        "INSERT INTO issue (newsletter_id, number, state, subject, "
        "    window_from, window_until, drafted_at, started_at, finished_at) "
        "SELECT id, ?2, 'sent', "
        "    '(its record was lost with a restored database)', ?3, ?3, ?3, "
        "    ?3, ?3 FROM newsletter WHERE slug = ?1",
    [PAUSE_ALL] = "UPDATE issue SET state = 'paused' WHERE state = 'sending'",
    [MISS_ALL] = "UPDATE issue SET state = 'missed' "
                 "WHERE state = 'scheduled' AND scheduled_at <= ?1",
    [UNTIDY] = "SELECT id FROM issue "
               "WHERE state IN ('sent', 'cancelled') "
               "    AND coalesce(finished_at, started_at) < ?1 "
               "    AND coalesce(finished_at, started_at) >= tidied_at "
               "ORDER BY id",
    [TIDIED] = "UPDATE issue SET tidied_at = ?2 WHERE id = ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool issue_schedule(struct db *db, int64_t issue_id, enum issue_state from,
                    int64_t goes_at, struct err *err)
{
    struct stmt *schedule = db_stmt(db, sql[SCHEDULE]);
    stmt_bind_int(schedule, 1, issue_id);
    stmt_bind_int(schedule, 2, goes_at);
    stmt_bind_text(schedule, 3, issue_state_name(from));
    if (!stmt_run(schedule, err))
        return false;
    return db_changes(db) == 1 ||
           err_set(err, ERR_CONFLICT,
                   "the issue is no longer %s: somebody has scheduled, "
                   "unscheduled, deleted or started it meanwhile",
                   issue_state_words(from));
}

/* ---- which there are ---- */

static bool list(struct stmt *rows, struct arena *arena, struct issue_ids *out,
                 struct err *err)
{
    return STMT_LIST(rows, arena, out->items, out->count, stmt_int(rows, 0),
                     err);
}

static struct stmt *at(struct db *db, enum sql which, int64_t time)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_int(stmt, 1, time);
    return stmt;
}

bool issue_find_due(struct db *db, int64_t now, struct arena *arena,
                    struct issue_ids *out, struct err *err)
{
    return list(at(db, DUE, now), arena, out, err);
}

bool issue_find_sending(struct db *db, struct arena *arena,
                        struct issue_ids *out, struct err *err)
{
    return list(db_stmt(db, sql[SENDING]), arena, out, err);
}

bool issue_set_back(struct db *db, int64_t now, struct err *err)
{
    return stmt_run(at(db, SET_BACK, now), err);
}

/* ---- a restored database ---- */

static struct stmt *bind_start(struct db *db, enum sql which,
                               const char *newsletter, int64_t number,
                               int64_t started_at)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_text(stmt, 1, newsletter);
    stmt_bind_int(stmt, 2, number);
    if (which != START_KNOWN)
        stmt_bind_int(stmt, 3, started_at);
    return stmt;
}

bool issue_record_start(struct db *db, const char *newsletter, int64_t number,
                        int64_t started_at, bool *unknown, struct err *err)
{
    int64_t count;
    if (!stmt_one_int(
            bind_start(db, START_KNOWN, newsletter, number, started_at), &count,
            err))
        return false;
    *unknown = count == 0;
    if (!*unknown)
        return true;
    if (!stmt_run(bind_start(db, START_OURS, newsletter, number, started_at),
                  err))
        return false;
    return db_changes(db) > 0 ||
           stmt_run(bind_start(db, START_LOST, newsletter, number, started_at),
                    err);
}

bool issue_hold_all(struct db *db, int64_t now, int64_t *paused,
                    int64_t *missed, struct err *err)
{
    if (!stmt_run(db_stmt(db, sql[PAUSE_ALL]), err))
        return false;
    *paused = db_changes(db);
    if (!stmt_run(at(db, MISS_ALL, now), err))
        return false;
    *missed = db_changes(db);
    return true;
}

/* ---- what only tells how it went ---- */

static bool tidy(struct db *db, int64_t issue_id, int64_t now, struct err *err)
{
    if (!ledger_tidy(db, issue_id, err))
        return false;
    struct stmt *done = at(db, TIDIED, issue_id);
    stmt_bind_int(done, 2, now);
    return stmt_run(done, err);
}

bool issue_tidy(struct db *db, int64_t before, int64_t now, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue_ids ids;
    if (!list(at(db, UNTIDY, before), &arena, &ids, err))
        return false;
    for (size_t i = 0; i < ids.count; i++)
        if (!tidy(db, ids.items[i], now, err))
            return false;
    return true;
}
