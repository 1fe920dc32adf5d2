/* Stores what strangers asked for, until it is done. */
#include "digest/notices/reader_request_store_internal.h"

#include "digest/base/mem.h"

enum sql { ADD, WAITS, NEXT, DROP, FIND, SQL_COUNT };

static const char *const sql[] = {
    [ADD] = "INSERT INTO reader_request (newsletter_id, email, name, client, "
            "    at) VALUES (nullif(?1, 0), ?2, ?3, ?4, ?5)",
    [WAITS] = "SELECT EXISTS (SELECT 1 FROM reader_request)",
    [NEXT] = "SELECT id, coalesce(newsletter_id, 0), email, name, client, at "
             "FROM reader_request ORDER BY id LIMIT 1",
    [DROP] = "DELETE FROM reader_request WHERE id = ?1",
    [FIND] = "SELECT id, email, name FROM reader_request",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool reader_request_add(struct db *db, const struct reader_request *request,
                        struct err *err)
{
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_int(add, 1, request->newsletter_id);
    stmt_bind_text(add, 2, request->email);
    stmt_bind_text(add, 3, request->name);
    stmt_bind_text(add, 4, request->client);
    stmt_bind_int(add, 5, request->at);
    return stmt_run(add, err);
}

bool reader_request_waits(struct db *db, bool *out, struct err *err)
{
    int64_t waits;
    if (!stmt_one_int(db_stmt(db, sql[WAITS]), &waits, err))
        return false;
    *out = waits != 0;
    return true;
}

bool reader_request_store_next(struct db *db, struct arena *arena,
                               struct reader_request *out, int64_t *id,
                               struct err *err)
{
    struct stmt *row = db_stmt(db, sql[NEXT]);
    *id = 0;
    while (stmt_step(row, err)) {
        *id = stmt_int(row, 0);
        *out = (struct reader_request){
            .newsletter_id = stmt_int(row, 1),
            .email = arena_copy(arena, stmt_text(row, 2)),
            .name = arena_copy(arena, stmt_text(row, 3)),
            .client = arena_copy(arena, stmt_text(row, 4)),
            .at = stmt_int(row, 5),
        };
    }
    return stmt_done(row);
}

bool reader_request_store_drop(struct db *db, int64_t id, struct err *err)
{
    struct stmt *drop = db_stmt(db, sql[DROP]);
    stmt_bind_int(drop, 1, id);
    return stmt_run(drop, err);
}

bool reader_request_erase(struct db *db, const struct redaction *words,
                          struct err *err)
{
    return erasing_drop(db, sql[FIND], sql[DROP], 2, words, err);
}
