#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/scheduler/plan.h"

enum sql {
    GET,
    PUT,
    REMOVE,
    SCHEDULE,
    DUE,
    SENDING,
    START_KNOWN,
    START_OURS,
    START_LOST,
    PAUSE_ALL,
    MISS_ALL,
    SCHEDULES_FROM,
    SQL_COUNT
};

static const char *const sql[] = {
    [GET] = "SELECT due_at, until, needs_approval, coalesce(approved_at, 0), "
            "    coalesce(asked_at, 0), anyway FROM plan WHERE issue_id = ?1",
    [PUT] = "INSERT INTO plan (issue_id, due_at, until, needs_approval, "
            "    approved_at, asked_at, anyway) "
            "VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), nullif(?6, 0), ?7) "
            "ON CONFLICT (issue_id) DO UPDATE SET due_at = excluded.due_at, "
            "    until = excluded.until, "
            "    needs_approval = excluded.needs_approval, "
            "    approved_at = excluded.approved_at, "
            "    asked_at = excluded.asked_at, anyway = excluded.anyway",
    [REMOVE] = "DELETE FROM plan WHERE issue_id = ?1",
    [SCHEDULE] = "UPDATE issue SET state = 'scheduled', scheduled_at = ?2, "
                 "    held = 0 "
                 "WHERE id = ?1 AND state = ?3",
    [DUE] = "SELECT id FROM issue "
            "WHERE state = 'scheduled' AND scheduled_at <= ?1 "
            "ORDER BY scheduled_at, id",
    [SENDING] = "SELECT id FROM issue WHERE state = 'sending' "
                "ORDER BY started_at, id",
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
    [SCHEDULES_FROM] = "UPDATE schedule SET since = max(since, ?1), "
                       "    look_at = 0",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool plan_get(struct db *db, int64_t issue_id, struct plan *out,
              struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    stmt_bind_int(row, 1, issue_id);
    if (!stmt_step(row, err))
        return stmt_done(row)
                   ? err_set(err, ERR_NOT_FOUND, "the issue isn't scheduled")
                   : false;
    *out = (struct plan){
        .issue_id = issue_id,
        .due_at = stmt_int(row, 0),
        .until = stmt_int(row, 1),
        .needs_approval = stmt_int(row, 2) != 0,
        .approved_at = stmt_int(row, 3),
        .asked_at = stmt_int(row, 4),
        .anyway = stmt_int(row, 5) != 0,
    };
    stmt_reset(row);
    return true;
}

bool plan_put(struct db *db, const struct plan *plan, enum issue_state from,
              int64_t goes_at, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    struct stmt *schedule = db_stmt(db, sql[SCHEDULE]);
    stmt_bind_int(schedule, 1, plan->issue_id);
    stmt_bind_int(schedule, 2, goes_at);
    stmt_bind_text(schedule, 3, issue_state_name(from));
    if (!stmt_run(schedule, err))
        return false;
    if (db_changes(db) != 1)
        return err_set(err, ERR_CONFLICT,
                       "the issue is no longer %s: somebody has scheduled, "
                       "unscheduled, deleted or started it meanwhile",
                       issue_state_words(from));
    struct stmt *put = db_stmt(db, sql[PUT]);
    stmt_bind_int(put, 1, plan->issue_id);
    stmt_bind_int(put, 2, plan->due_at);
    stmt_bind_int(put, 3, plan->until);
    stmt_bind_int(put, 4, plan->needs_approval);
    stmt_bind_int(put, 5, plan->approved_at);
    stmt_bind_int(put, 6, plan->asked_at);
    stmt_bind_int(put, 7, plan->anyway);
    return stmt_run(put, err) && tx_commit(&tx, err);
}

bool plan_remove(struct db *db, int64_t issue_id, struct err *err)
{
    struct stmt *remove = db_stmt(db, sql[REMOVE]);
    stmt_bind_int(remove, 1, issue_id);
    return stmt_run(remove, err);
}

static bool list(struct stmt *rows, struct arena *arena, struct plan_list *out,
                 struct err *err)
{
    int64_t *ids = NULL;
    size_t capacity = 0;
    out->count = 0;
    while (stmt_step(rows, err))
        MEM_PUSH(ids, out->count, capacity, stmt_int(rows, 0));
    out->issue_ids = ARENA_NEW_ARRAY(arena, int64_t, out->count);
    if (out->count)
        memcpy(out->issue_ids, ids, out->count * sizeof *ids);
    free(ids);
    return stmt_done(rows);
}

bool plan_due(struct db *db, int64_t now, struct arena *arena,
              struct plan_list *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[DUE]);
    stmt_bind_int(rows, 1, now);
    return list(rows, arena, out, err);
}

bool plan_sending(struct db *db, struct arena *arena, struct plan_list *out,
                  struct err *err)
{
    return list(db_stmt(db, sql[SENDING]), arena, out, err);
}

/* ---- a restored database ------------------------------------------------ */

static struct stmt *bind_start(struct db *db, enum sql which,
                               const char *newsletter, int64_t number,
                               int64_t at)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_text(stmt, 1, newsletter);
    stmt_bind_int(stmt, 2, number);
    if (which != START_KNOWN)
        stmt_bind_int(stmt, 3, at);
    return stmt;
}

bool plan_record_start(struct db *db, const char *newsletter, int64_t number,
                       int64_t at, bool *unknown, struct err *err)
{
    int64_t count;
    if (!stmt_one_int(bind_start(db, START_KNOWN, newsletter, number, at),
                      &count, err))
        return false;
    *unknown = count == 0;
    if (!*unknown)
        return true;
    if (!stmt_run(bind_start(db, START_OURS, newsletter, number, at), err))
        return false;
    return db_changes(db) > 0 ||
           stmt_run(bind_start(db, START_LOST, newsletter, number, at), err);
}

bool plan_settle(struct db *db, int64_t now, int64_t *paused, int64_t *missed,
                 struct err *err)
{
    if (!stmt_run(db_stmt(db, sql[PAUSE_ALL]), err))
        return false;
    *paused = db_changes(db);
    struct stmt *miss = db_stmt(db, sql[MISS_ALL]);
    stmt_bind_int(miss, 1, now);
    if (!stmt_run(miss, err))
        return false;
    *missed = db_changes(db);
    struct stmt *from = db_stmt(db, sql[SCHEDULES_FROM]);
    stmt_bind_int(from, 1, now);
    return stmt_run(from, err);
}
