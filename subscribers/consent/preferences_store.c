/* Stores what subscribers choose, and the addresses they had. */
#include "subscribers/consent/preferences_store_internal.h"

#include "digest/base/mem.h"

enum sql {
    GET,
    DROP,
    ASK,
    ASKED,
    KEEP,
    KEEP_CHOICES,
    PAST,
    CHOICES,
    LEFT,
    DROP_PAST,
    SQL_COUNT
};

static const char *const sql[] = {
    [GET] = "SELECT categories, paused_until FROM subscription "
            "WHERE newsletter_id = ?1 AND subscriber_id = ?2",
    [DROP] = "DELETE FROM address_change WHERE subscriber_id = ?1",
    [ASK] = "INSERT INTO address_change (subscriber_id, email, asked_at) "
            "VALUES (?1, ?2, ?3)",
    [ASKED] = "SELECT id, email, asked_at FROM address_change "
              "WHERE subscriber_id = ?1",
    [KEEP] = "INSERT INTO address_past (subscriber_id, email, name, language, "
             "    timezone, moved_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [KEEP_CHOICES] =
        "INSERT INTO address_past_choice (past_id, newsletter_id, "
        "    categories, paused_until) "
        "SELECT ?1, newsletter_id, categories, paused_until FROM subscription "
        "WHERE subscriber_id = ?2 AND state = 'active'",
    [PAST] =
        "SELECT email, moved_at, name, language, timezone FROM address_past "
        "WHERE id = ?1 AND subscriber_id = ?2",
    [CHOICES] = "SELECT newsletter_id, categories, paused_until "
                "FROM address_past_choice WHERE past_id = ?1",
    [LEFT] = "SELECT newsletter_id FROM address_past_choice c "
             "WHERE past_id = ?1 AND NOT EXISTS (SELECT 1 FROM subscription u "
             "    WHERE u.newsletter_id = c.newsletter_id "
             "    AND u.subscriber_id = ?2 AND u.state = 'active') "
             "ORDER BY newsletter_id",
    [DROP_PAST] =
        "DELETE FROM address_past WHERE id >= ?1 AND subscriber_id = ?2",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool preferences_store_get(struct db *db, int64_t subscriber_id,
                           int64_t newsletter_id, struct arena *arena,
                           struct preferences *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    *out = (struct preferences){.categories = ""};
    stmt_bind_int(row, 1, newsletter_id);
    stmt_bind_int(row, 2, subscriber_id);
    while (stmt_step(row, err)) {
        out->categories = arena_copy(arena, stmt_text(row, 0));
        out->paused_until = stmt_int(row, 1);
    }
    return stmt_done(row);
}

bool preferences_store_ask(struct db *db, int64_t subscriber_id,
                           const char *email, int64_t now, int64_t *id,
                           struct err *err)
{
    struct stmt *drop = db_stmt(db, sql[DROP]);
    stmt_bind_int(drop, 1, subscriber_id);
    if (!stmt_run(drop, err))
        return false;
    struct stmt *ask = db_stmt(db, sql[ASK]);
    stmt_bind_int(ask, 1, subscriber_id);
    stmt_bind_text(ask, 2, email);
    stmt_bind_int(ask, 3, now);
    if (!stmt_run(ask, err))
        return false;
    *id = db_last_id(db);
    return true;
}

bool preferences_store_asked(struct db *db, int64_t subscriber_id,
                             struct arena *arena, int64_t *id,
                             const char **email, int64_t *asked_at,
                             struct err *err)
{
    struct stmt *row = db_stmt(db, sql[ASKED]);
    *id = *asked_at = 0;
    *email = NULL;
    stmt_bind_int(row, 1, subscriber_id);
    while (stmt_step(row, err)) {
        *id = stmt_int(row, 0);
        *email = arena_copy(arena, stmt_text(row, 1));
        *asked_at = stmt_int(row, 2);
    }
    return stmt_done(row);
}

/* ---- what was before ---- */

static bool run_on(struct db *db, enum sql which, int64_t past_id,
                   int64_t subscriber_id, struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_int(stmt, 1, past_id);
    stmt_bind_int(stmt, 2, subscriber_id);
    return stmt_run(stmt, err);
}

bool preferences_store_keep(struct db *db, const struct subscriber *subscriber,
                            int64_t now, int64_t *id, struct err *err)
{
    struct stmt *keep = db_stmt(db, sql[KEEP]);
    stmt_bind_int(keep, 1, subscriber->id);
    stmt_bind_text(keep, 2, subscriber->email);
    stmt_bind_text(keep, 3, subscriber->name);
    stmt_bind_text(keep, 4, subscriber->language);
    stmt_bind_text(keep, 5, subscriber->timezone);
    stmt_bind_int(keep, 6, now);
    if (!stmt_run(keep, err))
        return false;
    *id = db_last_id(db);
    return run_on(db, KEEP_CHOICES, *id, subscriber->id, err);
}

bool preferences_store_past(struct db *db, int64_t subscriber_id,
                            int64_t past_id, struct arena *arena,
                            struct preferences_past *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[PAST]);
    *out = (struct preferences_past){0};
    stmt_bind_int(row, 1, past_id);
    stmt_bind_int(row, 2, subscriber_id);
    while (stmt_step(row, err)) {
        out->email = arena_copy(arena, stmt_text(row, 0));
        out->moved_at = stmt_int(row, 1);
        out->name = arena_copy(arena, stmt_text(row, 2));
        out->language = arena_copy(arena, stmt_text(row, 3));
        out->timezone = arena_copy(arena, stmt_text(row, 4));
    }
    return stmt_done(row);
}

bool preferences_store_left(struct db *db, int64_t past_id,
                            int64_t subscriber_id, struct arena *arena,
                            struct preferences_left *out, struct err *err)
{
    int64_t *ids = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *row = db_stmt(db, sql[LEFT]);
    *out = (struct preferences_left){0};
    stmt_bind_int(row, 1, past_id);
    stmt_bind_int(row, 2, subscriber_id);
    while (stmt_step(row, err))
        MEM_PUSH(ids, count, capacity, stmt_int(row, 0));
    out->count = count;
    out->ids = ARENA_NEW_ARRAY(arena, int64_t, out->count);
    for (size_t i = 0; ids && i < out->count; i++)
        out->ids[i] = ids[i];
    mem_free(&ids);
    return stmt_done(row);
}

bool preferences_store_choices(struct db *db, int64_t past_id,
                               struct arena *arena,
                               struct preferences_choices *out, struct err *err)
{
    OWNED(mem_free) struct preferences_choice *items = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *rows = db_stmt(db, sql[CHOICES]);
    stmt_bind_int(rows, 1, past_id);
    while (stmt_step(rows, err)) {
        struct preferences_choice item = {stmt_int(rows, 0),
                                          arena_copy(arena, stmt_text(rows, 1)),
                                          stmt_int(rows, 2)};
        MEM_PUSH(items, count, capacity, item);
    }
    *out = (struct preferences_choices){
        ARENA_NEW_ARRAY(arena, struct preferences_choice, count), count};
    for (size_t i = 0; i < count; i++)
        out->items[i] = items[i];
    return stmt_done(rows);
}

bool preferences_store_drop_past(struct db *db, int64_t subscriber_id,
                                 int64_t past_id, struct err *err)
{
    return run_on(db, DROP_PAST, past_id, subscriber_id, err);
}
