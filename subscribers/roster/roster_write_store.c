/* Writes subscribers and subscriptions, row by row. */
#include "digest/base/mem.h"
#include "subscribers/roster/roster_write.h"

enum sql {
    ENTER,
    ID_OF,
    FILL,
    EDIT,
    MOVE,
    SET_LANGUAGE,
    FORGET,
    LEAVE,
    DROP_ALL,
    SUBSCRIBE,
    SET_PREFERENCES,
    SET_ASKED,
    DROP,
    SQL_COUNT
};

static const char *const sql[] = {
    [ENTER] = "INSERT INTO subscriber (key, email, email_key, name, language, "
              "    timezone, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
              "ON CONFLICT (email_key) DO NOTHING",
    [ID_OF] = "SELECT id FROM subscriber WHERE email_key = ?1",
    [FILL] = "UPDATE subscriber SET "
             "    name = CASE ?2 WHEN '' THEN name ELSE ?2 END, "
             "    language = CASE ?3 WHEN '' THEN language ELSE ?3 END, "
             "    timezone = CASE ?4 WHEN '' THEN timezone ELSE ?4 END "
             "WHERE id = ?1 AND ((?2 <> '' AND name <> ?2) "
             "    OR (?3 <> '' AND language <> ?3) "
             "    OR (?4 <> '' AND timezone <> ?4))",
    [EDIT] = "UPDATE subscriber SET email = ?2, email_key = ?3, name = ?4, "
             "    language = ?5, timezone = ?6 WHERE id = ?1",
    [MOVE] = "UPDATE subscriber SET email = ?2, email_key = ?3 WHERE id = ?1",
    [SET_LANGUAGE] = "UPDATE subscriber SET language = ?2 WHERE id = ?1",
    [FORGET] = "UPDATE subscriber SET key = ?2, email = '', "
               "    email_key = 'forgotten:' || id, name = '', "
               "    language = '', timezone = '' WHERE id = ?1",
    [LEAVE] = "UPDATE subscription SET state = 'unsubscribed', since = ?2 "
              "WHERE subscriber_id = ?1 AND state = 'active'",
    [DROP_ALL] = "DELETE FROM subscription WHERE subscriber_id = ?1",
    [SUBSCRIBE] = "INSERT INTO subscription (newsletter_id, subscriber_id, "
                  "    state, categories, since) VALUES (?1, ?2, ?3, ?4, ?5)",
    [SET_PREFERENCES] =
        "UPDATE subscription SET categories = ?3, paused_until = ?4 "
        "WHERE newsletter_id = ?1 AND subscriber_id = ?2",
    [SET_ASKED] =
        "UPDATE subscription SET asked_at = ?3 WHERE newsletter_id = ?1 "
        "AND subscriber_id = ?2 AND state = 'pending'",
    [DROP] = "DELETE FROM subscription "
             "WHERE newsletter_id = ?1 AND subscriber_id = ?2",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

/* ---- subscribers ---- */

bool roster_enter(struct db *db, const struct roster_entry *entry, int64_t *id,
                  bool *added, struct err *err)
{
    struct stmt *enter = db_stmt(db, sql[ENTER]);
    stmt_bind_blob(enter, 1,
                   (struct str){(const char *)entry->key, ROSTER_KEY_SIZE});
    stmt_bind_text(enter, 2, entry->email);
    stmt_bind_text(enter, 3, entry->email_key);
    stmt_bind_text(enter, 4, entry->name);
    stmt_bind_text(enter, 5, entry->language);
    stmt_bind_text(enter, 6, entry->timezone);
    stmt_bind_int(enter, 7, entry->created_at);
    if (!stmt_run(enter, err))
        return false;
    *added = db_changes(db) > 0;
    *id = db_last_id(db);
    if (*added)
        return true;
    struct stmt *find = db_stmt(db, sql[ID_OF]);
    stmt_bind_text(find, 1, entry->email_key);
    return stmt_one_int(find, id, err);
}

bool roster_fill(struct db *db, int64_t subscriber_id,
                 const struct roster_entry *entry, struct err *err)
{
    struct stmt *fill = db_stmt(db, sql[FILL]);
    stmt_bind_int(fill, 1, subscriber_id);
    stmt_bind_text(fill, 2, entry->name);
    stmt_bind_text(fill, 3, entry->language);
    stmt_bind_text(fill, 4, entry->timezone);
    return stmt_run(fill, err);
}

bool roster_edit(struct db *db, int64_t subscriber_id,
                 const struct address *address, const struct subscriber *person,
                 struct err *err)
{
    struct stmt *edit = db_stmt(db, sql[EDIT]);
    stmt_bind_int(edit, 1, subscriber_id);
    stmt_bind_text(edit, 2, strbuf_text(&address->email));
    stmt_bind_text(edit, 3, strbuf_text(&address->key));
    stmt_bind_text(edit, 4, person->name);
    stmt_bind_text(edit, 5, person->language);
    stmt_bind_text(edit, 6, person->timezone);
    return stmt_run(edit, err);
}

bool roster_move(struct db *db, int64_t subscriber_id, const char *email,
                 const char *email_key, struct err *err)
{
    struct stmt *move = db_stmt(db, sql[MOVE]);
    stmt_bind_int(move, 1, subscriber_id);
    stmt_bind_text(move, 2, email);
    stmt_bind_text(move, 3, email_key);
    return stmt_run(move, err);
}

bool roster_set_language(struct db *db, int64_t subscriber_id,
                         const char *language, struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET_LANGUAGE]);
    stmt_bind_int(set, 1, subscriber_id);
    stmt_bind_text(set, 2, language);
    return stmt_run(set, err);
}

bool roster_forget(struct db *db, int64_t subscriber_id,
                   const unsigned char key[ROSTER_KEY_SIZE], int64_t now,
                   struct err *err)
{
    struct stmt *forget = db_stmt(db, sql[FORGET]);
    stmt_bind_int(forget, 1, subscriber_id);
    stmt_bind_blob(forget, 2, (struct str){(const char *)key, ROSTER_KEY_SIZE});
    struct stmt *leave = db_stmt(db, sql[LEAVE]);
    stmt_bind_int(leave, 1, subscriber_id);
    stmt_bind_int(leave, 2, now);
    struct stmt *drop = db_stmt(db, sql[DROP_ALL]);
    stmt_bind_int(drop, 1, subscriber_id);
    return stmt_run(forget, err) && stmt_run(leave, err) && stmt_run(drop, err);
}

/* ---- subscriptions ---- */

/* A statement about one subscription: its first two parameters. */
static struct stmt *about(struct db *db, enum sql which, int64_t newsletter_id,
                          int64_t subscriber_id)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_int(stmt, 1, newsletter_id);
    stmt_bind_int(stmt, 2, subscriber_id);
    return stmt;
}

bool roster_subscribe(struct db *db, int64_t newsletter_id,
                      int64_t subscriber_id, enum subscription_state state,
                      const char *categories, int64_t since, struct err *err)
{
    struct stmt *add = about(db, SUBSCRIBE, newsletter_id, subscriber_id);
    stmt_bind_text(add, 3, subscription_state_name(state));
    stmt_bind_text(add, 4, categories);
    stmt_bind_int(add, 5, since);
    return stmt_run(add, err);
}

bool roster_set_preferences(struct db *db, int64_t newsletter_id,
                            int64_t subscriber_id, const char *categories,
                            int64_t paused_until, struct err *err)
{
    struct stmt *set = about(db, SET_PREFERENCES, newsletter_id, subscriber_id);
    stmt_bind_text(set, 3, categories);
    stmt_bind_int(set, 4, paused_until);
    return stmt_run(set, err);
}

bool roster_set_asked(struct db *db, int64_t newsletter_id,
                      int64_t subscriber_id, int64_t now, struct err *err)
{
    struct stmt *set = about(db, SET_ASKED, newsletter_id, subscriber_id);
    stmt_bind_int(set, 3, now);
    return stmt_run(set, err);
}

bool roster_drop(struct db *db, int64_t newsletter_id, int64_t subscriber_id,
                 struct err *err)
{
    return stmt_run(about(db, DROP, newsletter_id, subscriber_id), err);
}
