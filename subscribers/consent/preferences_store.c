#include "subscribers/consent/preferences_store_internal.h"

#include "digest/base/mem.h"

enum sql {
    GET,
    SET,
    SPEAK,
    DROP,
    ASK,
    ASKED,
    MOVE,
    KEEP,
    KEEP_CHOICES,
    PAST,
    LEFT,
    RESTORE,
    RESTORE_CHOICES,
    DROP_PAST,
    SQL_COUNT
};

static const char *const sql[] = {
    [GET] = "SELECT categories, paused_until FROM subscription "
            "WHERE newsletter_id = ?1 AND subscriber_id = ?2",
    [SET] = "UPDATE subscription SET categories = ?3, paused_until = ?4 "
            "WHERE newsletter_id = ?1 AND subscriber_id = ?2",
    [SPEAK] = "UPDATE subscriber SET language = ?2 WHERE id = ?1",
    [DROP] = "DELETE FROM address_change WHERE subscriber_id = ?1",
    [ASK] = "INSERT INTO address_change (subscriber_id, email, asked_at) "
            "VALUES (?1, ?2, ?3)",
    [ASKED] = "SELECT id, email, asked_at FROM address_change "
              "WHERE subscriber_id = ?1",
    [MOVE] = "UPDATE subscriber SET email = ?2, email_key = ?3 WHERE id = ?1",
    [KEEP] = "INSERT INTO address_past (subscriber_id, email, name, language, "
             "    timezone, moved_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [KEEP_CHOICES] =
        "INSERT INTO address_past_choice (past_id, newsletter_id, "
        "    categories, paused_until) "
        "SELECT ?1, newsletter_id, categories, paused_until FROM subscription "
        "WHERE subscriber_id = ?2 AND state = 'active'",
    [PAST] = "SELECT email, moved_at FROM address_past "
             "WHERE id = ?1 AND subscriber_id = ?2",
    [LEFT] = "SELECT newsletter_id FROM address_past_choice c "
             "WHERE past_id = ?1 AND NOT EXISTS (SELECT 1 FROM subscription u "
             "    WHERE u.newsletter_id = c.newsletter_id "
             "    AND u.subscriber_id = ?2 AND u.state = 'active') "
             "ORDER BY newsletter_id",
    [RESTORE] = "UPDATE subscriber SET name = p.name, language = p.language, "
                "    timezone = p.timezone FROM address_past p "
                "WHERE p.id = ?1 AND subscriber.id = ?2",
    [RESTORE_CHOICES] =
        "UPDATE subscription SET categories = c.categories, "
        "    paused_until = c.paused_until FROM address_past_choice c "
        "WHERE c.past_id = ?1 AND subscription.subscriber_id = ?2 "
        "    AND subscription.newsletter_id = c.newsletter_id",
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

bool preferences_store_set(struct db *db, int64_t subscriber_id,
                           int64_t newsletter_id,
                           const struct preferences *chosen, struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET]);
    stmt_bind_int(set, 1, newsletter_id);
    stmt_bind_int(set, 2, subscriber_id);
    stmt_bind_text(set, 3, chosen->categories);
    stmt_bind_int(set, 4, chosen->paused_until);
    return stmt_run(set, err);
}

bool preferences_store_speak(struct db *db, int64_t subscriber_id,
                             const char *language, struct err *err)
{
    struct stmt *speak = db_stmt(db, sql[SPEAK]);
    stmt_bind_int(speak, 1, subscriber_id);
    stmt_bind_text(speak, 2, language);
    return stmt_run(speak, err);
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

bool preferences_store_move(struct db *db, int64_t subscriber_id,
                            const char *email, const char *email_key,
                            struct err *err)
{
    struct stmt *move = db_stmt(db, sql[MOVE]);
    stmt_bind_int(move, 1, subscriber_id);
    stmt_bind_text(move, 2, email);
    stmt_bind_text(move, 3, email_key);
    return stmt_run(move, err);
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

bool preferences_store_restore(struct db *db, int64_t subscriber_id,
                               int64_t past_id, struct err *err)
{
    return run_on(db, RESTORE, past_id, subscriber_id, err) &&
           run_on(db, RESTORE_CHOICES, past_id, subscriber_id, err) &&
           run_on(db, DROP_PAST, past_id, subscriber_id, err);
}
