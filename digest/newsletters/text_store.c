/* Stores a newsletter's texts, and freezes those of an issue. */
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/store/rows.h"
#include "digest/newsletters/text.h"

enum sql { PUT, REMOVE, FIND, FREEZE, FROZEN, SQL_COUNT };

static const char *const sql[] = {
    [PUT] = "INSERT INTO newsletter_text (newsletter_id, language, name, text) "
            "VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT (newsletter_id, language, name) "
            "DO UPDATE SET text = excluded.text",
    [REMOVE] = "DELETE FROM newsletter_text "
               "WHERE newsletter_id = ?1 AND language = ?2 AND name = ?3",
    [FIND] = "SELECT language, name, text FROM newsletter_text "
             "WHERE newsletter_id = ?1 ORDER BY language, name",
    [FREEZE] = "INSERT INTO issue_text (issue_id, language, name, text) "
               "VALUES (?1, ?2, ?3, ?4)",
    [FROZEN] = "SELECT language, name, text FROM issue_text "
               "WHERE issue_id = ?1 ORDER BY language, name",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool text_put(struct db *db, int64_t newsletter_id, const char *language,
              const struct text_kind *kind, const char *text, struct err *err)
{
    if (*text && !text_check(kind, text, err))
        return false;
    struct stmt *stmt = db_stmt(db, sql[*text ? PUT : REMOVE]);
    stmt_bind_int(stmt, 1, newsletter_id);
    stmt_bind_text(stmt, 2, language);
    stmt_bind_text(stmt, 3, kind->name);
    if (*text)
        stmt_bind_text(stmt, 4, text);
    return stmt_run(stmt, err);
}

static struct text read_text(struct stmt *row, struct arena *arena)
{
    return (struct text){arena_copy(arena, stmt_text(row, 0)),
                         arena_copy(arena, stmt_text(row, 1)),
                         arena_copy(arena, stmt_text(row, 2))};
}

static bool read_all(struct stmt *rows, struct arena *arena,
                     struct text_list *out, struct err *err)
{
    return STMT_LIST(rows, arena, out->items, out->count,
                     read_text(rows, arena), err);
}

bool text_find(struct db *db, int64_t newsletter_id, struct arena *arena,
               struct text_list *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[FIND]);
    stmt_bind_int(rows, 1, newsletter_id);
    return read_all(rows, arena, out, err);
}

bool text_freeze(struct db *db, int64_t issue_id, const struct text_list *texts,
                 struct err *err)
{
    for (size_t i = 0; i < texts->count; i++) {
        struct stmt *freeze = db_stmt(db, sql[FREEZE]);
        stmt_bind_int(freeze, 1, issue_id);
        stmt_bind_text(freeze, 2, texts->items[i].language);
        stmt_bind_text(freeze, 3, texts->items[i].name);
        stmt_bind_text(freeze, 4, texts->items[i].text);
        if (!stmt_run(freeze, err))
            return false;
    }
    return true;
}

bool text_find_frozen(struct db *db, int64_t issue_id, struct arena *arena,
                      struct text_list *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[FROZEN]);
    stmt_bind_int(rows, 1, issue_id);
    return read_all(rows, arena, out, err);
}
