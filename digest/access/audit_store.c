/* Stores the record of what editors did. */
#include "digest/access/audit.h"
#include "digest/base/mem.h"

enum sql {
    ADD,
    FIND_ALL,
    FIND_OBJECT,
    EXPIRE,
    NOTES,
    PUT_NOTE,
    OBJECTS,
    PUT_OBJECT,
    SQL_COUNT
};

#define COLUMNS "at, who, action, object, note, client"

static const char *const sql[] = {
    [ADD] = "INSERT INTO audit (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [FIND_ALL] = "SELECT " COLUMNS " FROM audit ORDER BY id DESC LIMIT ?1",
    [FIND_OBJECT] = "SELECT " COLUMNS " FROM audit WHERE object = ?2 "
                    "ORDER BY id DESC LIMIT ?1",
    [EXPIRE] = "DELETE FROM audit WHERE at < ?1",
    [NOTES] = "SELECT id, note FROM audit WHERE note <> ''",
    [PUT_NOTE] = "UPDATE audit SET note = ?2 WHERE id = ?1",
    [OBJECTS] = "SELECT id, object FROM audit WHERE object <> '' "
                "    AND object NOT IN (SELECT email FROM editor)",
    [PUT_OBJECT] = "UPDATE audit SET object = ?2 WHERE id = ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static const char *or_none(const char *text)
{
    return text ? text : "";
}

bool audit_add(struct db *db, const struct audit_line *line, struct err *err)
{
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_int(add, 1, line->at);
    stmt_bind_text(add, 2, or_none(line->who));
    stmt_bind_text(add, 3, or_none(line->action));
    stmt_bind_text(add, 4, or_none(line->object));
    stmt_bind_text(add, 5, or_none(line->note));
    stmt_bind_text(add, 6, or_none(line->client));
    return stmt_run(add, err);
}

bool audit_find(struct db *db, const char *object, size_t at_most,
                struct arena *arena, struct audit_lines *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[object ? FIND_OBJECT : FIND_ALL]);
    stmt_bind_int(row, 1, (int64_t)at_most);
    if (object)
        stmt_bind_text(row, 2, object);
    *out = (struct audit_lines){
        .items = ARENA_NEW_ARRAY(arena, struct audit_line, at_most)};
    while (stmt_step(row, err))
        out->items[out->count++] = (struct audit_line){
            .at = stmt_int(row, 0),
            .who = arena_copy(arena, stmt_text(row, 1)),
            .action = arena_copy(arena, stmt_text(row, 2)),
            .object = arena_copy(arena, stmt_text(row, 3)),
            .note = arena_copy(arena, stmt_text(row, 4)),
            .client = arena_copy(arena, stmt_text(row, 5)),
        };
    return stmt_done(row);
}

bool audit_expire(struct db *db, int64_t before, struct err *err)
{
    struct stmt *expire = db_stmt(db, sql[EXPIRE]);
    stmt_bind_int(expire, 1, before);
    return stmt_run(expire, err);
}

bool audit_erase(struct db *db, const struct redaction *words, struct err *err)
{
    return erasing_redact(db, sql[NOTES], sql[PUT_NOTE], words, err) &&
           erasing_redact(db, sql[OBJECTS], sql[PUT_OBJECT], words, err);
}
