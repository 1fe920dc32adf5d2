/* Stores sources: their rows, rules and maps of categories. */
#include "digest/articles/source_store.h"

#include <stdlib.h>
#include <string.h>

#include "digest/articles/source_rest.h"
#include "digest/base/mem.h"
#include "digest/base/url_shown.h"
#include "digest/store/rows.h"

enum sql {
    ADD,
    CLEAR_MAP,
    ADD_MAP,
    MAP,
    FIND,
    GET,
    UPDATE,
    SET_RULES,
    REMOVE,
    COUNT,
    DUE,
    SET_BACK,
    SQL_COUNT
};

#define SELECT                                                                 \
    "SELECT s.id, s.address, s.kind, s.name, s.category, s.etag, "             \
    "    s.last_modified, s.created_at, coalesce(s.last_fetched_at, 0), "      \
    "    coalesce(s.failing_since, 0), s.failures, s.next_at, s.last_error, "  \
    "    s.language "                                                          \
    "FROM source s WHERE s.removed_at IS NULL AND s.kind <> 'hand' "

static const char *const sql[] = {
    [ADD] = "INSERT INTO source (address, kind, name, category, created_at, "
            "    language) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
            "ON CONFLICT (address) DO UPDATE SET kind = excluded.kind, "
            "    name = excluded.name, category = excluded.category, "
            "    language = excluded.language, "
            "    removed_at = NULL, etag = '', last_modified = '', "
            "    failing_since = NULL, failures = 0, next_at = 0, "
            "    last_error = '' "
            "WHERE removed_at IS NOT NULL RETURNING id",
    [CLEAR_MAP] = "DELETE FROM source_map WHERE source_id = ?1",
    [ADD_MAP] = "INSERT INTO source_map (source_id, slug, theirs, ours) "
                "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (source_id, slug) "
                "DO UPDATE SET theirs = excluded.theirs, ours = excluded.ours",
    [MAP] = "SELECT slug, theirs, ours FROM source_map "
            "WHERE source_id = ?1 ORDER BY slug",
    [FIND] = SELECT "ORDER BY s.id",
    [GET] = SELECT "AND (s.address = ?1 OR CAST(s.id AS TEXT) = ?1)",
    [UPDATE] = "UPDATE source SET address = ?2, name = ?3, etag = ?4, "
               "    last_modified = ?5, last_fetched_at = nullif(?6, 0), "
               "    failing_since = nullif(?7, 0), failures = ?8, "
               "    next_at = ?9, last_error = ?10 WHERE id = ?1",
    [SET_RULES] = "UPDATE source SET category = ?2, language = ?3, etag = '', "
                  "    last_modified = '', next_at = 0 WHERE id = ?1",
    [REMOVE] = "UPDATE source SET removed_at = ?2 WHERE id = ?1",
    [COUNT] = "SELECT (SELECT count(*) FROM article WHERE source_id = ?1) "
              "    - (SELECT count(*) FROM article WHERE source_id = ?1 "
              "       AND withdrawn_at IS NOT NULL)",
    /* One farther ahead than it can have been put off is due at once. */
    [DUE] = "SELECT coalesce(sum(next_at <= ?1 OR next_at > ?1 + ?2), 0), "
            "    coalesce(min(CASE WHEN next_at > ?1 + ?2 THEN ?1 "
            "        ELSE next_at END), 0) "
            "FROM source WHERE removed_at IS NULL AND kind <> 'hand'",
    [SET_BACK] = "UPDATE source SET next_at = 0 WHERE next_at > ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool put_map(struct db *db, const struct source *source, struct err *err)
{
    struct stmt *clear = db_stmt(db, sql[CLEAR_MAP]);
    stmt_bind_int(clear, 1, source->id);
    if (!stmt_run(clear, err))
        return false;
    for (size_t i = 0; i < source->map_count; i++) {
        struct stmt *add = db_stmt(db, sql[ADD_MAP]);
        stmt_bind_int(add, 1, source->id);
        stmt_bind_text(add, 2, source->map[i].slug);
        stmt_bind_text(add, 3, source->map[i].theirs);
        stmt_bind_text(add, 4, source->map[i].ours);
        if (!stmt_run(add, err))
            return false;
    }
    return true;
}

static bool fail_there(const char *address, struct err *err)
{
    return err_set(err, ERR_CONFLICT, "%.300s: is a source already", address) ||
           err_remedy(err, REMEDY_LIST_SOURCES, NULL);
}

bool source_add(struct db *db, struct source *source, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_text(add, 1, source->address);
    stmt_bind_text(add, 2, source->kind);
    stmt_bind_text(add, 3, source->name);
    stmt_bind_text(add, 4, source->category);
    stmt_bind_int(add, 5, source->created_at);
    stmt_bind_text(add, 6, source->language);
    if (!stmt_step(add, err))
        return stmt_done(add) ? fail_there(source->address, err) : false;
    source->id = stmt_int(add, 0);
    stmt_reset(add);
    return put_map(db, source, err) && tx_commit(&tx, err);
}

static void read_row(struct stmt *row, struct arena *arena, struct source *out)
{
    *out = (struct source){
        .id = stmt_int(row, 0),
        .address = arena_copy(arena, stmt_text(row, 1)),
        .kind = arena_copy(arena, stmt_text(row, 2)),
        .name = arena_copy(arena, stmt_text(row, 3)),
        .category = arena_copy(arena, stmt_text(row, 4)),
        .etag = arena_copy(arena, stmt_text(row, 5)),
        .last_modified = arena_copy(arena, stmt_text(row, 6)),
        .created_at = stmt_int(row, 7),
        .last_fetched_at = stmt_int(row, 8),
        .failing_since = stmt_int(row, 9),
        .failures = stmt_int(row, 10),
        .next_at = stmt_int(row, 11),
        .last_error = url_shown(arena, stmt_text(row, 12)),
        .language = arena_copy(arena, stmt_text(row, 13)),
    };
}

static struct source_map read_one(struct stmt *row, struct arena *arena)
{
    return (struct source_map){arena_copy(arena, stmt_text(row, 0)),
                               arena_copy(arena, stmt_text(row, 1)),
                               arena_copy(arena, stmt_text(row, 2))};
}

static bool read_map(struct db *db, struct arena *arena, struct source *out,
                     struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[MAP]);
    stmt_bind_int(rows, 1, out->id);
    return STMT_LIST(rows, arena, out->map, out->map_count,
                     read_one(rows, arena), err);
}

bool source_find(struct db *db, struct arena *arena, struct source_list *out,
                 struct err *err)
{
    struct source *items = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *rows = db_stmt(db, sql[FIND]);
    while (stmt_step(rows, err)) {
        struct source source;
        read_row(rows, arena, &source);
        MEM_PUSH(items, count, capacity, source);
    }
    bool good = stmt_done(rows);
    for (size_t i = 0; good && i < count; i++)
        good = read_map(db, arena, &items[i], err);
    out->items = ARENA_NEW_ARRAY(arena, struct source, count);
    out->count = count;
    if (count)
        memcpy(out->items, items, count * sizeof *items);
    free(items);
    return good;
}

/* A folder is known by its absolute path, however it is named. */
static bool step_by_path(struct stmt *row, const char *name,
                         struct arena *arena, struct err *err)
{
    OWNED(mem_free) char *whole = realpath(name, NULL);
    if (!whole)
        return false;
    stmt_reset(row);
    stmt_bind_text(row, 1, arena_copy(arena, whole));
    return stmt_step(row, err);
}

bool source_get(struct db *db, const char *name, struct arena *arena,
                struct source *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    stmt_bind_text(row, 1, name);
    if (!stmt_step(row, err) &&
        !(stmt_done(row) && step_by_path(row, name, arena, err)))
        return stmt_done(row) ? err_set(err, ERR_NOT_FOUND,
                                        "%.300s: no such source", name) ||
                                    err_remedy(err, REMEDY_LIST_SOURCES, NULL)
                              : false;
    read_row(row, arena, out);
    stmt_reset(row);
    return read_map(db, arena, out, err);
}

bool source_count(struct db *db, struct source *source, struct err *err)
{
    struct stmt *count = db_stmt(db, sql[COUNT]);
    stmt_bind_int(count, 1, source->id);
    return stmt_one_int(count, &source->articles, err);
}

bool source_update(struct db *db, const struct source *source, struct err *err)
{
    struct stmt *put = db_stmt(db, sql[UPDATE]);
    stmt_bind_int(put, 1, source->id);
    stmt_bind_text(put, 2, source->address);
    stmt_bind_text(put, 3, source->name);
    stmt_bind_text(put, 4, source->etag);
    stmt_bind_text(put, 5, source->last_modified);
    stmt_bind_int(put, 6, source->last_fetched_at);
    stmt_bind_int(put, 7, source->failing_since);
    stmt_bind_int(put, 8, source->failures);
    stmt_bind_int(put, 9, source->next_at);
    stmt_bind_text(put, 10, source->last_error);
    return stmt_run(put, err);
}

bool source_set_rules(struct db *db, const struct source *source,
                      struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    struct stmt *set = db_stmt(db, sql[SET_RULES]);
    stmt_bind_int(set, 1, source->id);
    stmt_bind_text(set, 2, source->category);
    stmt_bind_text(set, 3, source->language);
    return stmt_run(set, err) && put_map(db, source, err) &&
           tx_commit(&tx, err);
}

bool source_remove(struct db *db, int64_t id, int64_t now, struct err *err)
{
    struct stmt *remove = db_stmt(db, sql[REMOVE]);
    stmt_bind_int(remove, 1, id);
    stmt_bind_int(remove, 2, now);
    return stmt_run(remove, err);
}

bool source_due(struct db *db, int64_t now, int64_t *due, int64_t *next_at,
                struct err *err)
{
    struct stmt *row = db_stmt(db, sql[DUE]);
    stmt_bind_int(row, 1, now);
    stmt_bind_int(row, 2, SOURCE_REST_S);
    if (!stmt_step(row, err))
        return false;
    *due = stmt_int(row, 0);
    *next_at = stmt_int(row, 1);
    stmt_reset(row);
    return true;
}

bool source_set_back(struct db *db, int64_t now, struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET_BACK]);
    stmt_bind_int(set, 1, now);
    return stmt_run(set, err);
}
