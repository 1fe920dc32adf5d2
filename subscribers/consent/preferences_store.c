#include "subscribers/consent/preferences_store.h"

#include "digest/base/mem.h"

enum sql { GET, SET, SPEAK, DROP, ASK, ASKED, MOVE, SQL_COUNT };

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
