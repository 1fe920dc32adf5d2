/* Stores the events of consent, and the requests that wait for a reply. */
#include "subscribers/consent/consent_store_internal.h"

#include <string.h>

#include "digest/store/rows.h"
#include "digest/base/mem.h"

enum sql {
    ADD_EVENT,
    HAS_EVENT,
    HISTORY,
    FORGET_EVENTS,
    FORGET_PAST,
    COUNT_WAITING,
    WAITING,
    SQL_COUNT
};

static const char *const sql[] = {
    [ADD_EVENT] = "INSERT INTO consent_event (subscriber_id, newsletter_id, "
                  "    event, means, issue_id, at, client, note) "
                  "VALUES (?1, nullif(?2, 0), ?3, ?4, "
                  "    (SELECT id FROM issue WHERE id = ?5), ?6, ?7, ?8)",
    [HAS_EVENT] = "SELECT count(*) FROM consent_event "
                  "WHERE subscriber_id = ?2 AND event = ?3 "
                  "AND (newsletter_id = ?1 OR newsletter_id IS NULL)",
    [HISTORY] = "SELECT e.event, e.means, coalesce(n.slug, ''), e.client, "
                "       e.note, coalesce(m.slug || '/' || i.number, ''), e.at "
                "FROM consent_event e "
                "LEFT JOIN newsletter n ON n.id = e.newsletter_id "
                "LEFT JOIN issue i ON i.id = e.issue_id "
                "LEFT JOIN newsletter m ON m.id = i.newsletter_id "
                "WHERE e.subscriber_id = ?1 ORDER BY e.id",
    [FORGET_EVENTS] = "DELETE FROM consent_event WHERE subscriber_id = ?1",
    [FORGET_PAST] = "DELETE FROM address_past WHERE subscriber_id = ?1",
    [COUNT_WAITING] = "SELECT count(*) FROM subscription "
                      "WHERE state = 'pending' AND max(since, asked_at) < ?1",
    [WAITING] = "SELECT newsletter_id, subscriber_id FROM subscription "
                "WHERE state = 'pending' AND max(since, asked_at) < ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool consent_store_event(struct db *db, int64_t subscriber_id,
                         int64_t newsletter_id, const char *event,
                         const struct consent_origin *origin, const char *note,
                         struct err *err)
{
    struct stmt *add = db_stmt(db, sql[ADD_EVENT]);
    stmt_bind_int(add, 1, subscriber_id);
    stmt_bind_int(add, 2, newsletter_id);
    stmt_bind_text(add, 3, event);
    stmt_bind_text(add, 4, origin->means);
    stmt_bind_int(add, 5, origin->issue_id);
    stmt_bind_int(add, 6, origin->now);
    stmt_bind_text(add, 7, origin->client ? origin->client : "");
    stmt_bind_text(add, 8, note ? note : "");
    return stmt_run(add, err);
}

bool consent_store_has(struct db *db, int64_t newsletter_id,
                       int64_t subscriber_id, const char *event, bool *out,
                       struct err *err)
{
    struct stmt *find = db_stmt(db, sql[HAS_EVENT]);
    stmt_bind_int(find, 1, newsletter_id);
    stmt_bind_int(find, 2, subscriber_id);
    stmt_bind_text(find, 3, event);
    int64_t found;
    if (!stmt_one_int(find, &found, err))
        return false;
    *out = found > 0;
    return true;
}

bool consent_store_forget(struct db *db, int64_t subscriber_id, struct err *err)
{
    static const enum sql steps[] = {FORGET_EVENTS, FORGET_PAST};
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        struct stmt *step = db_stmt(db, sql[steps[i]]);
        stmt_bind_int(step, 1, subscriber_id);
        if (!stmt_run(step, err))
            return false;
    }
    return true;
}

bool consent_store_waiting(struct db *db, int64_t before, struct arena *arena,
                           struct consent_waiting *out, struct err *err)
{
    int64_t count;
    struct stmt *counting = db_stmt(db, sql[COUNT_WAITING]);
    stmt_bind_int(counting, 1, before);
    if (!stmt_one_int(counting, &count, err))
        return false;
    out->count = 0;
    out->items = arena_new(arena, (size_t)count, sizeof *out->items);
    struct stmt *rows = db_stmt(db, sql[WAITING]);
    stmt_bind_int(rows, 1, before);
    while (stmt_step(rows, err)) {
        if (out->count == (size_t)count)
            continue;
        out->items[out->count].newsletter_id = stmt_int(rows, 0);
        out->items[out->count++].subscriber_id = stmt_int(rows, 1);
    }
    return stmt_done(rows);
}

static struct consent_event read_event(struct stmt *row, struct arena *arena)
{
    return (struct consent_event){
        .event = arena_copy(arena, stmt_text(row, 0)),
        .means = arena_copy(arena, stmt_text(row, 1)),
        .newsletter = arena_copy(arena, stmt_text(row, 2)),
        .client = arena_copy(arena, stmt_text(row, 3)),
        .note = arena_copy(arena, stmt_text(row, 4)),
        .issue = arena_copy(arena, stmt_text(row, 5)),
        .at = stmt_int(row, 6),
    };
}

bool consent_history(struct db *db, int64_t subscriber_id, struct arena *arena,
                     struct consent_history *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[HISTORY]);
    stmt_bind_int(rows, 1, subscriber_id);
    return STMT_LIST(rows, arena, out->items, out->count,
                     read_event(rows, arena), err);
}
