/* Plans in the database. */
#include "digest/base/mem.h"
#include "digest/issues/issue_due.h"
#include "digest/scheduler/plan.h"

enum sql { GET, PUT, REMOVE, SQL_COUNT };

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
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !issue_schedule(db, plan->issue_id, from, goes_at, err))
        return false;
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
