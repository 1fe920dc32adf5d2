/* Stores pictures by their names, reads them, and sweeps unused ones. */
#include "digest/media/picture_store.h"

#include "digest/base/mem.h"

enum sql { PUT, SIZE, READ, READ_SMALL, UNUSED, SWEEP, SQL_COUNT };

static const char *const sql[] = {
    [PUT] = "INSERT INTO picture (name, width, height, small_width, "
            "    small_height, stored_at, small, bytes) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
            "ON CONFLICT (name) DO UPDATE SET unused_since = NULL",
    [SIZE] = "SELECT width, height, small_width, small_height FROM picture "
             "WHERE name = ?1",
    [READ] = "SELECT bytes FROM picture WHERE name = ?1",
    [READ_SMALL] =
        "SELECT small FROM picture WHERE name = ?1 AND small_width > 0",
    [UNUSED] = "UPDATE picture SET unused_since = ?1 "
               "WHERE unused_since IS NULL "
               "    AND name NOT IN (SELECT name FROM picture_use)",
    [SWEEP] = "DELETE FROM picture WHERE unused_since <= ?1 "
              "    AND name NOT IN (SELECT name FROM picture_use)",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool picture_put(struct db *db, const struct picture *p, int64_t now,
                 struct err *err)
{
    struct stmt *put = db_stmt(db, sql[PUT]);
    stmt_bind_text(put, 1, p->name);
    stmt_bind_int(put, 2, p->width);
    stmt_bind_int(put, 3, p->height);
    stmt_bind_int(put, 4, p->small_width);
    stmt_bind_int(put, 5, p->small_height);
    stmt_bind_int(put, 6, now);
    stmt_bind_blob(put, 7, (struct str){strbuf_text(&p->small), p->small.len});
    stmt_bind_blob(put, 8, strbuf_str(&p->bytes));
    return stmt_run(put, err);
}

static bool not_found(struct stmt *row, const char *name, struct err *err)
{
    return stmt_done(row) ? err_set(err, ERR_NOT_FOUND,
                                    "%s: there is no such picture", name)
                          : false;
}

bool picture_size(struct db *db, const char *name, struct picture_size *out,
                  struct err *err)
{
    struct stmt *row = db_stmt(db, sql[SIZE]);
    stmt_bind_text(row, 1, name);
    if (!stmt_step(row, err))
        return not_found(row, name, err);
    *out = (struct picture_size){.width = (unsigned)stmt_int(row, 0),
                                 .height = (unsigned)stmt_int(row, 1),
                                 .small_width = (unsigned)stmt_int(row, 2),
                                 .small_height = (unsigned)stmt_int(row, 3)};
    stmt_reset(row);
    return true;
}

bool picture_read(struct db *db, const char *name, bool small,
                  struct strbuf *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[small ? READ_SMALL : READ]);
    stmt_bind_text(row, 1, name);
    if (!stmt_step(row, err))
        return not_found(row, name, err);
    strbuf_add_str(out, stmt_str(row, 0));
    stmt_reset(row);
    return true;
}

static bool run_at(struct db *db, enum sql statement, int64_t at,
                   struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[statement]);
    stmt_bind_int(stmt, 1, at);
    return stmt_run(stmt, err);
}

bool picture_sweep(struct db *db, int64_t now, int64_t *removed,
                   struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_NORMAL, err) || !run_at(db, UNUSED, now, err) ||
        !run_at(db, SWEEP, now - PICTURE_GRACE_S, err))
        return false;
    *removed = db_changes(db);
    return tx_commit(&tx, err);
}
