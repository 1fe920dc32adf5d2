/* Stores the words of subscribers' names, for searching. */
#include "subscribers/roster/name_store.h"

#include "digest/base/mem.h"
#include "subscribers/roster/name_words.h"

enum sql {
    WAITING,
    CHANGED,
    CHANGED_DONE,
    UP_TO,
    NEXT,
    SET_UP_TO,
    ADD,
    SQL_COUNT
};

static const char *const sql[] = {
    [WAITING] = "SELECT coalesce((SELECT max(id) FROM subscriber), 0) "
                "    - (SELECT up_to FROM name_progress) "
                "    + (SELECT count(*) FROM name_changed)",
    [CHANGED] = "SELECT s.id, s.name FROM name_changed c "
                "JOIN subscriber s ON s.id = c.subscriber_id LIMIT ?1",
    [CHANGED_DONE] = "DELETE FROM name_changed WHERE subscriber_id = ?1",
    [UP_TO] = "SELECT up_to FROM name_progress",
    [NEXT] = "SELECT id, name FROM subscriber WHERE id > ?2 "
             "ORDER BY id LIMIT ?1",
    [SET_UP_TO] = "UPDATE name_progress SET up_to = ?1",
    [ADD] = "INSERT INTO name_word (word, subscriber_id) VALUES (?1, ?2) "
            "ON CONFLICT DO NOTHING",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool names_waiting(struct db *db, int64_t *count, struct err *err)
{
    return stmt_one_int(db_stmt(db, sql[WAITING]), count, err);
}

static bool add_words(struct db *db, int64_t id, struct str name,
                      struct err *err)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    name_words(name, &words);
    struct str rest = strbuf_str(&words), word;
    while (str_next_line(&rest, &word)) {
        struct stmt *add = db_stmt(db, sql[ADD]);
        stmt_bind_str(add, 1, word);
        stmt_bind_int(add, 2, id);
        if (!stmt_run(add, err))
            return false;
    }
    return true;
}

static bool take_changed(struct db *db, int64_t most, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[CHANGED]);
    stmt_bind_int(rows, 1, most);
    while (stmt_step(rows, err)) {
        int64_t id = stmt_int(rows, 0);
        struct stmt *done = db_stmt(db, sql[CHANGED_DONE]);
        stmt_bind_int(done, 1, id);
        if (!add_words(db, id, stmt_str(rows, 1), err) ||
            !stmt_run(done, err)) {
            stmt_reset(rows);
            return false;
        }
    }
    return stmt_done(rows);
}

static bool take_new(struct db *db, int64_t most, struct err *err)
{
    int64_t up_to;
    if (!stmt_one_int(db_stmt(db, sql[UP_TO]), &up_to, err))
        return false;
    struct stmt *rows = db_stmt(db, sql[NEXT]);
    stmt_bind_int(rows, 1, most);
    stmt_bind_int(rows, 2, up_to);
    while (stmt_step(rows, err)) {
        up_to = stmt_int(rows, 0);
        if (!add_words(db, up_to, stmt_str(rows, 1), err)) {
            stmt_reset(rows);
            return false;
        }
    }
    if (!stmt_done(rows))
        return false;
    struct stmt *set = db_stmt(db, sql[SET_UP_TO]);
    stmt_bind_int(set, 1, up_to);
    return stmt_run(set, err);
}

bool names_take_in(struct db *db, int64_t most, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    return tx_begin(&tx, db, TX_NORMAL, err) && take_changed(db, most, err) &&
           take_new(db, most, err) && tx_commit(&tx, err);
}
