/* Reads one subscriber's deliveries from the ledger. */
#include <string.h>

#include "digest/base/mem.h"
#include "digest/store/rows.h"
#include "digest/ledger/ledger.h"

enum sql { MAILS, SQL_COUNT };

static const char *const sql[] = {
    /* By the key: an issue at a time, not the whole table. */
    [MAILS] = "SELECT n.slug || '/' || i.number, d.state, d.changed_at, "
              "    d.code, d.reply, "
              "    CASE d.state WHEN 'sent' THEN i.ways ELSE '' END "
              "FROM issue i JOIN newsletter n ON n.id = i.newsletter_id "
              "CROSS JOIN delivery d "
              "WHERE d.issue_id = i.id AND d.subscriber_id = ?1 "
              "ORDER BY d.changed_at, i.id",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static struct ledger_mail read_mail(struct stmt *row, struct arena *arena)
{
    return (struct ledger_mail){
        .issue = arena_copy(arena, stmt_text(row, 0)),
        .state = arena_copy(arena, stmt_text(row, 1)),
        .at = stmt_int(row, 2),
        .code = (int)stmt_int(row, 3),
        .reply = arena_copy(arena, stmt_text(row, 4)),
        .ways = arena_copy(arena, stmt_text(row, 5)),
    };
}

bool ledger_reader(struct db *db, int64_t subscriber_id, struct arena *arena,
                   struct ledger_mails *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[MAILS]);
    stmt_bind_int(rows, 1, subscriber_id);
    return STMT_LIST(rows, arena, out->items, out->count,
                     read_mail(rows, arena), err);
}
