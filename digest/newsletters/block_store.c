/* Stores blocks, and freezes those of an issue. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/store/rows.h"
#include "digest/newsletters/block.h"

#define COLUMNS                                                                \
    "kind, place, section, story, from_day, until_day, languages, text "

enum sql { ADD, UPDATE, REMOVE, GET, FIND, FREEZE, FROZEN, SQL_COUNT };

static const char *const sql[] = {
    [ADD] = "INSERT INTO block (newsletter_id, kind, place, section, story, "
            "    from_day, until_day, languages, text) "
            "VALUES (?9, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [UPDATE] = "UPDATE block SET kind = ?1, place = ?2, section = ?3, "
               "    story = ?4, from_day = ?5, until_day = ?6, "
               "    languages = ?7, text = ?8 WHERE id = ?9",
    [REMOVE] = "DELETE FROM block WHERE id = ?1",
    [GET] = "SELECT id, newsletter_id, " COLUMNS "FROM block WHERE id = ?1",
    [FIND] = "SELECT id, newsletter_id, " COLUMNS "FROM block "
             "WHERE ?1 = 0 OR newsletter_id = ?1 ORDER BY id",
    [FREEZE] = "INSERT INTO issue_block (kind, place, section, story, "
               "    from_day, until_day, languages, text, issue_id, position, "
               "    block_id) "
               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [FROZEN] = "SELECT block_id, 0, " COLUMNS "FROM issue_block "
               "WHERE issue_id = ?1 ORDER BY position",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static const char *const places[] = {
    [BLOCK_TOP] = "top",
    [BLOCK_AFTER_SECTION] = "section",
    [BLOCK_AFTER_STORY] = "story",
    [BLOCK_BOTTOM] = "bottom",
};

static enum block_place place_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (strcmp(places[i], name) == 0)
            return (enum block_place)i;
    return BLOCK_BOTTOM;
}

static void bind(struct stmt *stmt, const struct block *b)
{
    stmt_bind_text(stmt, 1, block_kind_name(b->kind));
    stmt_bind_text(stmt, 2, places[b->place]);
    stmt_bind_text(stmt, 3, b->section);
    stmt_bind_int(stmt, 4, b->story);
    stmt_bind_text(stmt, 5, b->from_day);
    stmt_bind_text(stmt, 6, b->until_day);
    stmt_bind_text(stmt, 7, b->languages);
    stmt_bind_text(stmt, 8, b->text);
}

static struct block read_row(struct stmt *row, struct arena *arena)
{
    struct block block = {
        .id = stmt_int(row, 0),
        .newsletter_id = stmt_int(row, 1),
        .place = place_of(stmt_text(row, 3)),
        .section = arena_copy(arena, stmt_text(row, 4)),
        .story = stmt_int(row, 5),
        .from_day = arena_copy(arena, stmt_text(row, 6)),
        .until_day = arena_copy(arena, stmt_text(row, 7)),
        .languages = arena_copy(arena, stmt_text(row, 8)),
        .text = arena_copy(arena, stmt_text(row, 9)),
    };
    if (!block_kind_parse(stmt_text(row, 2), &block.kind))
        block.kind = BLOCK_SPONSOR; /* what is labelled does least harm */
    return block;
}

bool block_add(struct db *db, const struct block *block, int64_t *id,
               struct err *err)
{
    if (!block_check(block, err))
        return false;
    struct stmt *add = db_stmt(db, sql[ADD]);
    bind(add, block);
    stmt_bind_int(add, 9, block->newsletter_id);
    if (!stmt_run(add, err))
        return false;
    *id = db_last_id(db);
    return true;
}

bool block_update(struct db *db, const struct block *block, struct err *err)
{
    if (!block_check(block, err))
        return false;
    struct stmt *update = db_stmt(db, sql[UPDATE]);
    bind(update, block);
    stmt_bind_int(update, 9, block->id);
    return stmt_run(update, err);
}

bool block_get(struct db *db, int64_t id, struct arena *arena,
               struct block *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    stmt_bind_int(row, 1, id);
    if (!stmt_step(row, err))
        return stmt_done(row)
                   ? err_set(err, ERR_NOT_FOUND,
                             "%" PRId64 ": there is no such block", id)
                   : false;
    *out = read_row(row, arena);
    stmt_reset(row);
    return true;
}

bool block_remove(struct db *db, int64_t id, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct block there;
    if (!block_get(db, id, &arena, &there, err))
        return false;
    struct stmt *remove = db_stmt(db, sql[REMOVE]);
    stmt_bind_int(remove, 1, id);
    return stmt_run(remove, err);
}

static bool read_all(struct stmt *rows, struct arena *arena,
                     struct block_list *out, struct err *err)
{
    return STMT_LIST(rows, arena, out->items, out->count, read_row(rows, arena),
                     err);
}

bool block_find(struct db *db, int64_t newsletter_id, struct arena *arena,
                struct block_list *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[FIND]);
    stmt_bind_int(rows, 1, newsletter_id);
    return read_all(rows, arena, out, err);
}

bool block_freeze(struct db *db, int64_t issue_id,
                  const struct block_list *blocks, struct err *err)
{
    for (size_t i = 0; i < blocks->count; i++) {
        struct stmt *freeze = db_stmt(db, sql[FREEZE]);
        bind(freeze, &blocks->items[i]);
        stmt_bind_int(freeze, 9, issue_id);
        stmt_bind_int(freeze, 10, (int64_t)i);
        stmt_bind_int(freeze, 11, blocks->items[i].id);
        if (!stmt_run(freeze, err))
            return false;
    }
    return true;
}

bool block_find_frozen(struct db *db, int64_t issue_id, struct arena *arena,
                       struct block_list *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[FROZEN]);
    stmt_bind_int(rows, 1, issue_id);
    return read_all(rows, arena, out, err);
}
