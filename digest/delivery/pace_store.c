/* Stores the fill of the relays' token buckets between runs. */
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/delivery/pace_internal.h"

enum sql { PUT, ALL, DROP_OLD, SQL_COUNT };

/* After a day without mail a bucket is full again. */
enum { DAY_S = 86400 };

static const char *const sql[] = {
    [PUT] = "INSERT INTO pace (relay, domain, tokens, at) "
            "VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT (relay, domain) DO UPDATE "
            "SET tokens = excluded.tokens, at = excluded.at",
    [ALL] = "SELECT relay, domain, tokens, at FROM pace",
    [DROP_OLD] = "DELETE FROM pace WHERE at < ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool put(struct db *db, const struct sender_pace *pace, struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[PUT]);
    stmt_bind_text(stmt, 1, pace->relay);
    stmt_bind_text(stmt, 2, pace->domain);
    stmt_bind_real(stmt, 3, pace->tokens);
    stmt_bind_int(stmt, 4, pace->at);
    return stmt_run(stmt, err);
}

bool pace_keep(struct db *db, struct sender *sender, struct err *err)
{
    struct sender_pace *paces = NULL;
    size_t count = sender ? sender_pace_save(sender, &paces) : 0;
    bool good = true;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (count)
        good = tx_begin(&tx, db, TX_NORMAL, err);
    for (size_t i = 0; good && i < count; i++)
        good = put(db, &paces[i], err);
    free(paces);
    return good && (!count || tx_commit(&tx, err));
}

bool pace_begin(struct db *db, struct sender *sender, double rate,
                unsigned connections, struct err *err)
{
    struct sender_pace *paces = NULL;
    size_t count = 0, capacity = 0;
    /* Before the buckets are filled: this empties the one of all relays. */
    sender_limit(sender, rate, connections);
    struct stmt *drop = db_stmt(db, sql[DROP_OLD]);
    stmt_bind_int(drop, 1, clock_now() - DAY_S);
    if (!stmt_run(drop, err))
        return false;
    struct stmt *rows = db_stmt(db, sql[ALL]);
    while (stmt_step(rows, err)) {
        struct sender_pace pace = {.tokens = stmt_real(rows, 2),
                                   .at = stmt_int(rows, 3)};
        snprintf(pace.relay, sizeof pace.relay, "%s", stmt_text(rows, 0));
        snprintf(pace.domain, sizeof pace.domain, "%s", stmt_text(rows, 1));
        MEM_PUSH(paces, count, capacity, pace);
    }
    bool good = stmt_done(rows);
    if (good)
        sender_pace_load(sender, paces, count);
    free(paces);
    return good;
}
