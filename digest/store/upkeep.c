/* Notes and reads the times of the database's own upkeep. */
#include "digest/store/upkeep.h"

static const char note_sql[] =
    "INSERT INTO upkeep (name, at, note) VALUES (?1, ?2, ?3) "
    "ON CONFLICT (name) DO UPDATE SET at = excluded.at, note = excluded.note";
static const char last_sql[] = "SELECT at, note FROM upkeep WHERE name = ?1";

bool upkeep_note(struct db *db, const char *name, int64_t now, const char *note,
                 struct err *err)
{
    struct stmt *set = db_stmt(db, note_sql);
    stmt_bind_text(set, 1, name);
    stmt_bind_int(set, 2, now);
    stmt_bind_text(set, 3, note);
    return stmt_run(set, err);
}

bool upkeep_last(struct db *db, const char *name, struct arena *arena,
                 struct upkeep *out, struct err *err)
{
    struct stmt *find = db_stmt(db, last_sql);
    stmt_bind_text(find, 1, name);
    *out = (struct upkeep){0, ""};
    while (stmt_step(find, err)) {
        out->at = stmt_int(find, 0);
        out->note = arena_copy(arena, stmt_text(find, 1));
    }
    return stmt_done(find);
}
