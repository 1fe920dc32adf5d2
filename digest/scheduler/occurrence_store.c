/* Stores what became of each time of a schedule. */
#include "digest/base/mem.h"
#include "digest/scheduler/occurrence.h"

enum sql { DECIDED, SHORT, WAITING, WAITS, PUT, SQL_COUNT };

static const char *const sql[] = {
    [DECIDED] = "SELECT coalesce(max(due_at), 0) FROM occurrence "
                "WHERE newsletter_id = ?1 AND state <> 'short'",
    [SHORT] = "SELECT due_at, next_at FROM occurrence "
              "WHERE newsletter_id = ?1 AND state = 'short' AND due_at > ?2 "
              "ORDER BY due_at LIMIT 1",
    [WAITING] = "SELECT count(*), coalesce(max(i.scheduled_at), 0) "
                "FROM issue i JOIN occurrence o ON o.issue_id = i.id "
                "WHERE i.state = 'scheduled' AND i.newsletter_id = ?1 "
                "    AND o.newsletter_id = ?1",
    [WAITS] = "SELECT count(*) FROM issue i "
              "JOIN occurrence o ON o.issue_id = i.id "
              "WHERE i.state = 'scheduled' AND o.newsletter_id = ?1 "
              "    AND o.due_at = ?2",
    [PUT] = "INSERT INTO occurrence (newsletter_id, due_at, state, issue_id, "
            "    next_at) VALUES (?1, ?2, ?3, nullif(?4, 0), ?5) "
            "ON CONFLICT (newsletter_id, due_at) DO UPDATE SET "
            "    state = excluded.state, issue_id = excluded.issue_id, "
            "    next_at = excluded.next_at "
            "WHERE occurrence.state = 'short'",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static const char *const states[] = {
    [OCCURRENCE_SHORT] = "short",
    [OCCURRENCE_MADE] = "made",
    [OCCURRENCE_NONE] = "none",
    [OCCURRENCE_MISSED] = "missed",
};

/* A row's first two columns; zeros without a row. */
static bool get_two(struct stmt *row, int64_t *first, int64_t *second,
                    struct err *err)
{
    *first = *second = 0;
    if (!stmt_step(row, err))
        return stmt_done(row);
    *first = stmt_int(row, 0);
    *second = stmt_int(row, 1);
    stmt_reset(row);
    return true;
}

bool occurrence_place(struct db *db, int64_t newsletter_id, int64_t since,
                      struct occurrence_place *out, struct err *err)
{
    *out = (struct occurrence_place){0};
    struct stmt *decided = db_stmt(db, sql[DECIDED]);
    stmt_bind_int(decided, 1, newsletter_id);
    if (!stmt_one_int(decided, &out->decided, err))
        return false;
    struct stmt *few = db_stmt(db, sql[SHORT]);
    stmt_bind_int(few, 1, newsletter_id);
    stmt_bind_int(few, 2, out->decided > since ? out->decided : since);
    if (!get_two(few, &out->short_at, &out->short_next_at, err))
        return false;
    struct stmt *waiting = db_stmt(db, sql[WAITING]);
    stmt_bind_int(waiting, 1, newsletter_id);
    return get_two(waiting, &out->waiting, &out->waiting_latest, err);
}

bool occurrence_waits(struct db *db, int64_t newsletter_id, int64_t due_at,
                      bool *out, struct err *err)
{
    int64_t count = 0;
    struct stmt *waits = db_stmt(db, sql[WAITS]);
    stmt_bind_int(waits, 1, newsletter_id);
    stmt_bind_int(waits, 2, due_at);
    if (!stmt_one_int(waits, &count, err))
        return false;
    *out = count > 0;
    return true;
}

bool occurrence_put(struct db *db, int64_t newsletter_id, int64_t due_at,
                    enum occurrence_state state, int64_t issue_id,
                    int64_t next_at, struct err *err)
{
    struct stmt *put = db_stmt(db, sql[PUT]);
    stmt_bind_int(put, 1, newsletter_id);
    stmt_bind_int(put, 2, due_at);
    stmt_bind_text(put, 3, states[state]);
    stmt_bind_int(put, 4, issue_id);
    stmt_bind_int(put, 5, next_at);
    if (!stmt_run(put, err))
        return false;
    return db_changes(db) == 1 ||
           err_set(err, ERR_CONFLICT,
                   "another process has decided what becomes of this issue");
}
