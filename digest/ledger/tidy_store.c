#include "digest/base/mem.h"
#include "digest/ledger/ledger.h"

enum { PIECE = 20000 }; /* subscribers' numbers, for a short hold of the lock */

enum sql { FINISHED, REACH, CLEAR, DONE, SQL_COUNT };

static const char *const sql[] = {
    [FINISHED] = "SELECT id FROM issue "
                 "WHERE state IN ('sent', 'cancelled') "
                 "    AND coalesce(finished_at, started_at) < ?1 "
                 "    AND coalesce(finished_at, started_at) >= tidied_at "
                 "ORDER BY id",
    [REACH] = "SELECT coalesce(max(subscriber_id), 0) FROM delivery "
              "WHERE issue_id = ?1",
    [CLEAR] = "UPDATE delivery SET reply = '', relay = '' "
              "WHERE issue_id = ?1 AND subscriber_id > ?2 "
              "    AND subscriber_id <= ?3 AND (reply <> '' OR relay <> '') "
              "    AND state IN ('sent', 'failed', 'skipped')",
    [DONE] = "UPDATE issue SET tidied_at = ?2 WHERE id = ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool clear_piece(struct db *db, int64_t issue_id, int64_t after,
                        struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct stmt *clear = db_stmt(db, sql[CLEAR]);
    if (!tx_begin(&tx, db, TX_NORMAL, err))
        return false;
    stmt_bind_int(clear, 1, issue_id);
    stmt_bind_int(clear, 2, after);
    stmt_bind_int(clear, 3, after + PIECE);
    return stmt_run(clear, err) && tx_commit(&tx, err);
}

static bool clear_issue(struct db *db, int64_t issue_id, int64_t now,
                        struct err *err)
{
    int64_t last = 0;
    struct stmt *reach = db_stmt(db, sql[REACH]);
    stmt_bind_int(reach, 1, issue_id);
    if (!stmt_one_int(reach, &last, err))
        return false;
    for (int64_t after = 0; after < last; after += PIECE)
        if (!clear_piece(db, issue_id, after, err))
            return false;
    struct stmt *done = db_stmt(db, sql[DONE]);
    stmt_bind_int(done, 1, issue_id);
    stmt_bind_int(done, 2, now);
    return stmt_run(done, err);
}

bool ledger_tidy(struct db *db, int64_t before, int64_t now, struct err *err)
{
    int64_t *ids = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *rows = db_stmt(db, sql[FINISHED]);
    stmt_bind_int(rows, 1, before);
    while (stmt_step(rows, err))
        MEM_PUSH(ids, count, capacity, stmt_int(rows, 0));
    bool good = stmt_done(rows);
    for (size_t i = 0; i < count && good; i++)
        good = clear_issue(db, ids[i], now, err);
    free(ids);
    return good;
}
