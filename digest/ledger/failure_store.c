/* Lists the deliveries that failed, page by page. */
#include <string.h>

#include "digest/base/mem.h"
#include "digest/store/rows.h"
#include "digest/ledger/ledger.h"

#define ROWS                                                                   \
    "SELECT s.email, d.state, d.attempts, d.changed_at, d.next_at, d.code, "   \
    "    d.status, d.reply, d.relay, d.subscriber_id "                         \
    "FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id "             \
    "WHERE d.issue_id = ?1 "                                                   \
    "    AND d.state IN ('failed', 'deferred', 'skipped') "

enum sql { ALL, PAGE, SQL_COUNT };

static const char *const sql[] = {
    [ALL] = ROWS "ORDER BY d.state, s.email",
    /* In the order of the index. */
    [PAGE] = ROWS "AND d.state = ?2 AND d.subscriber_id > ?3 "
                  "ORDER BY d.subscriber_id LIMIT ?4",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static enum delivery_state state_of(const char *name)
{
    enum delivery_state state = 0;
    while (strcmp(delivery_state_name(state), name) != 0)
        state++;
    return state;
}

static struct ledger_row read_row(struct stmt *row, struct arena *arena)
{
    return (struct ledger_row){
        .email = arena_copy(arena, stmt_text(row, 0)),
        .state = state_of(stmt_text(row, 1)),
        .attempts = stmt_int(row, 2),
        .changed_at = stmt_int(row, 3),
        .next_at = stmt_int(row, 4),
        .code = (int)stmt_int(row, 5),
        .status = arena_copy(arena, stmt_text(row, 6)),
        .reply = arena_copy(arena, stmt_text(row, 7)),
        .relay = arena_copy(arena, stmt_text(row, 8)),
        .subscriber_id = stmt_int(row, 9),
    };
}

static bool read_rows(struct stmt *rows, struct arena *arena,
                      struct ledger_rows *out, struct err *err)
{
    return STMT_LIST(rows, arena, out->items, out->count, read_row(rows, arena),
                     err);
}

bool ledger_failures(struct db *db, int64_t issue_id, struct arena *arena,
                     struct ledger_rows *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[ALL]);
    stmt_bind_int(rows, 1, issue_id);
    return read_rows(rows, arena, out, err);
}

bool ledger_failures_page(struct db *db, int64_t issue_id,
                          enum delivery_state state, int64_t after,
                          size_t limit, struct arena *arena,
                          struct ledger_rows *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[PAGE]);
    stmt_bind_int(rows, 1, issue_id);
    stmt_bind_text(rows, 2, delivery_state_name(state));
    stmt_bind_int(rows, 3, after);
    stmt_bind_int(rows, 4, (int64_t)limit);
    return read_rows(rows, arena, out, err);
}
