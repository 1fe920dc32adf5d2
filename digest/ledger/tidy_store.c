/* Clears replies and relays from the deliveries of old issues. */
#include "digest/base/mem.h"
#include "digest/ledger/ledger.h"

enum { PIECE = 20000 }; /* subscribers' numbers, for a short hold of the lock */

enum sql { REACH, CLEAR, SQL_COUNT };

static const char *const sql[] = {
    [REACH] = "SELECT coalesce(max(subscriber_id), 0) FROM delivery "
              "WHERE issue_id = ?1",
    [CLEAR] = "UPDATE delivery SET reply = '', relay = '' "
              "WHERE issue_id = ?1 AND subscriber_id > ?2 "
              "    AND subscriber_id <= ?3 AND (reply <> '' OR relay <> '') "
              "    AND state IN ('sent', 'failed', 'skipped')",
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

bool ledger_tidy(struct db *db, int64_t issue_id, struct err *err)
{
    int64_t last = 0;
    struct stmt *reach = db_stmt(db, sql[REACH]);
    stmt_bind_int(reach, 1, issue_id);
    if (!stmt_one_int(reach, &last, err))
        return false;
    for (int64_t after = 0; after < last; after += PIECE)
        if (!clear_piece(db, issue_id, after, err))
            return false;
    return true;
}
