/* Taking somebody out of the ledger: what was delivered stays as numbers. */
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/ledger/ledger.h"

enum sql { CLEAR, OTHERS, PUT, SQL_COUNT };

static const char *const sql[] = {
    /* Servers repeat the address in their replies. */
    [CLEAR] = "UPDATE delivery SET reply = '' "
              "WHERE issue_id IN (SELECT id FROM issue) "
              "    AND subscriber_id = ?1 AND reply <> ''",
    /* A mailbox that passes mail on names where to. */
    [OTHERS] = "SELECT issue_id, subscriber_id, reply FROM delivery "
               "WHERE state IN ('failed', 'deferred', 'skipped') "
               "    AND (instr(reply, '@') OR instr(reply, '='))",
    [PUT] = "UPDATE delivery SET reply = ?3 "
            "WHERE issue_id = ?1 AND subscriber_id = ?2",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

struct other {
    int64_t issue_id, subscriber_id;
    char *reply;
};

static bool put(struct db *db, const struct other *other, struct err *err)
{
    struct stmt *set = db_stmt(db, sql[PUT]);
    stmt_bind_int(set, 1, other->issue_id);
    stmt_bind_int(set, 2, other->subscriber_id);
    stmt_bind_text(set, 3, other->reply);
    return stmt_run(set, err);
}

static bool redact_others(struct db *db, const struct redaction *words,
                          struct err *err)
{
    struct other *rows = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *row = db_stmt(db, sql[OTHERS]);
    while (stmt_step(row, err)) {
        OWNED(strbuf_free) struct strbuf reply = STRBUF_INIT;
        if (!redaction_finds(words, stmt_str(row, 2)))
            continue;
        redaction_write(words, stmt_str(row, 2), &reply);
        struct other one = {stmt_int(row, 0), stmt_int(row, 1),
                            strbuf_take(&reply)};
        MEM_PUSH(rows, count, capacity, one);
    }
    bool good = stmt_done(row);
    for (size_t i = 0; i < count; i++) {
        good = good && put(db, &rows[i], err);
        free(rows[i].reply);
    }
    free(rows);
    return good;
}

bool ledger_erase(struct db *db, const struct erased *who, struct err *err)
{
    struct stmt *clear = db_stmt(db, sql[CLEAR]);
    stmt_bind_int(clear, 1, who->subscriber_id);
    return stmt_run(clear, err) && redact_others(db, who->words, err);
}
