/* Prepares statements once, binds their values, and reads their rows. */
#include <string.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/store/rows.h"
#include "digest/store/handle_internal.h"

/* SQL that is wrong is a fault of this program's; anything else (a locked
 * schema, a vanished file) is reported when the statement is stepped, and
 * tried anew at its next use. */
static void prepare(struct stmt *stmt)
{
    stmt->last =
        sqlite3_prepare_v3(stmt->db->sqlite, stmt->sql, -1,
                           SQLITE_PREPARE_PERSISTENT, &stmt->sqlite, NULL);
    if (stmt->last == SQLITE_ERROR) {
        fprintf(stderr, "digest: %s in: %s\n", sqlite3_errmsg(stmt->db->sqlite),
                stmt->sql);
        abort();
    }
}

static size_t slot_of(const struct db *db, const char *sql)
{
    uint64_t mixed = (uint64_t)(uintptr_t)sql * 0x9e3779b97f4a7c15u;
    size_t slot = (size_t)(mixed >> 32) & (db->slot_count - 1);
    while (db->slots[slot] && db->stmts[db->slots[slot] - 1]->sql != sql)
        slot = (slot + 1) & (db->slot_count - 1);
    return slot;
}

static void grow_slots(struct db *db)
{
    free(db->slots);
    db->slot_count = db->slot_count ? db->slot_count * 2 : 64;
    db->slots = MEM_NEW_ARRAY(size_t, db->slot_count);
    for (size_t i = 0; i < db->stmt_count; i++)
        db->slots[slot_of(db, db->stmts[i]->sql)] = i + 1;
}

static struct stmt *add(struct db *db, const char *sql)
{
    struct stmt *stmt = MEM_NEW(struct stmt);
    stmt->db = db;
    stmt->sql = sql;
    MEM_PUSH(db->stmts, db->stmt_count, db->stmt_capacity, stmt);
    db->slots[slot_of(db, sql)] = db->stmt_count;
    return stmt;
}

struct stmt *db_stmt(struct db *db, const char *sql)
{
    if ((db->stmt_count + 1) * 2 > db->slot_count)
        grow_slots(db);
    size_t slot = slot_of(db, sql);
    struct stmt *stmt =
        db->slots[slot] ? db->stmts[db->slots[slot] - 1] : add(db, sql);
    if (!stmt->sqlite) {
        prepare(stmt);
    } else {
        sqlite3_reset(stmt->sqlite);
        sqlite3_clear_bindings(stmt->sqlite);
        stmt->last = SQLITE_OK;
    }
    return stmt;
}

void stmt_bind_int(struct stmt *stmt, int index, int64_t value)
{
    sqlite3_bind_int64(stmt->sqlite, index, value);
}

void stmt_bind_real(struct stmt *stmt, int index, double value)
{
    sqlite3_bind_double(stmt->sqlite, index, value);
}

void stmt_bind_text(struct stmt *stmt, int index, const char *text)
{
    if (text)
        stmt_bind_str(stmt, index, str_of(text));
    else
        stmt_bind_null(stmt, index);
}

void stmt_bind_str(struct stmt *stmt, int index, struct str text)
{
    sqlite3_bind_text64(stmt->sqlite, index, text.ptr, text.len, SQLITE_STATIC,
                        SQLITE_UTF8);
}

void stmt_bind_blob(struct stmt *stmt, int index, struct str bytes)
{
    sqlite3_bind_blob64(stmt->sqlite, index, bytes.ptr, bytes.len,
                        SQLITE_STATIC);
}

void stmt_bind_null(struct stmt *stmt, int index)
{
    sqlite3_bind_null(stmt->sqlite, index);
}

bool stmt_step(struct stmt *stmt, struct err *err)
{
    if (!stmt->sqlite)
        return db_fail(stmt->db, err);
    /* Outside of the transaction that it belongs to, it would be kept. */
    if (stmt->db->lost.kind && !sqlite3_stmt_readonly(stmt->sqlite)) {
        stmt->last = SQLITE_ABORT;
        if (err)
            *err = stmt->db->lost;
        return false;
    }
    stmt->last = sqlite3_step(stmt->sqlite);
    stmt->db->used++;
    if (stmt->last == SQLITE_ROW)
        return true;
    if (stmt->last != SQLITE_DONE)
        db_fail(stmt->db, err);
    sqlite3_reset(stmt->sqlite);
    return false;
}

bool stmt_done(struct stmt *stmt)
{
    return stmt->last == SQLITE_DONE;
}

void stmt_reset(struct stmt *stmt)
{
    sqlite3_reset(stmt->sqlite);
}

int64_t stmt_int(struct stmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->sqlite, column);
}

double stmt_real(struct stmt *stmt, int column)
{
    return sqlite3_column_double(stmt->sqlite, column);
}

const char *stmt_text(struct stmt *stmt, int column)
{
    return (const char *)sqlite3_column_text(stmt->sqlite, column);
}

struct str stmt_str(struct stmt *stmt, int column)
{
    const char *bytes = sqlite3_column_blob(stmt->sqlite, column);
    int length = sqlite3_column_bytes(stmt->sqlite, column);
    return (struct str){bytes ? bytes : "", (size_t)length};
}

bool stmt_is_null(struct stmt *stmt, int column)
{
    return sqlite3_column_type(stmt->sqlite, column) == SQLITE_NULL;
}

bool stmt_run(struct stmt *stmt, struct err *err)
{
    if (stmt_step(stmt, err)) {
        stmt_reset(stmt);
        return true;
    }
    return stmt_done(stmt);
}

bool stmt_one_int(struct stmt *stmt, int64_t *out, struct err *err)
{
    if (stmt_step(stmt, err)) {
        *out = stmt_int(stmt, 0);
        stmt_reset(stmt);
        return true;
    }
    return stmt_done(stmt) ? err_set(err, ERR_NOT_FOUND, "no such row") : false;
}

void *rows_keep(struct arena *arena, void *grown, size_t count, size_t size)
{
    void *kept = arena_new(arena, count, size);
    if (count)
        memcpy(kept, grown, count * size);
    free(grown);
    return kept;
}
