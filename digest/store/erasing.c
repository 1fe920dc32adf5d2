/* Redacts texts in place, and empties the write-ahead log after an erasing. */
#include "digest/store/erasing.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/store/handle_internal.h"
#include "digest/store/upkeep.h"

enum { ID_BYTES = 16, COMMIT_TIMEOUT_MS = 300 };

#define UPKEEP_ERASED "erased"

/* ---- rows that name somebody ---- */

static bool names(struct stmt *row, size_t columns,
                  const struct redaction *words)
{
    for (size_t i = 1; i <= columns; i++)
        if (redaction_finds(words, stmt_str(row, (int)i)))
            return true;
    return false;
}

/* Finds the rows that name somebody. Their numbers are kept first, since rows
 * aren't changed while they are read. */
static bool find_rows(struct db *db, const char *find, size_t columns,
                      const struct redaction *words, int64_t **ids,
                      size_t *count, struct err *err)
{
    size_t capacity = 0;
    struct stmt *row = db_stmt(db, find);
    *ids = NULL;
    *count = 0;
    while (stmt_step(row, err))
        if (names(row, columns, words))
            MEM_PUSH(*ids, *count, capacity, stmt_int(row, 0));
    return stmt_done(row);
}

bool erasing_drop(struct db *db, const char *find, const char *drop,
                  size_t columns, const struct redaction *words,
                  struct err *err)
{
    int64_t *ids;
    size_t count;
    bool good = find_rows(db, find, columns, words, &ids, &count, err);
    for (size_t i = 0; i < count && good; i++) {
        struct stmt *stmt = db_stmt(db, drop);
        stmt_bind_int(stmt, 1, ids[i]);
        good = stmt_run(stmt, err);
    }
    free(ids);
    return good;
}

struct redacted {
    int64_t id;
    char *text;
};

bool erasing_redact(struct db *db, const char *find, const char *put,
                    const struct redaction *words, struct err *err)
{
    struct redacted *rows = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *row = db_stmt(db, find);
    while (stmt_step(row, err)) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        if (!names(row, 1, words))
            continue;
        redaction_write(words, stmt_str(row, 1), &text);
        struct redacted one = {stmt_int(row, 0), strbuf_take(&text)};
        MEM_PUSH(rows, count, capacity, one);
    }
    bool good = stmt_done(row);
    for (size_t i = 0; i < count; i++) {
        struct stmt *set = db_stmt(db, put);
        stmt_bind_int(set, 1, rows[i].id);
        stmt_bind_text(set, 2, rows[i].text);
        good = good && stmt_run(set, err);
    }
    for (size_t i = 0; i < count; i++)
        free(rows[i].text);
    free(rows);
    return good;
}

/* ---- the log ---- */

static const char done_sql[] =
    "DELETE FROM upkeep WHERE name = '" UPKEEP_ERASED "' AND note = ?1";

/* Each wish has a name of its own: one that comes while the log is emptied
 * isn't taken for fulfilled. */
bool erasing_note(struct db *db, int64_t now, struct err *err)
{
    OWNED(strbuf_free) struct strbuf id = STRBUF_INIT;
    char bytes[ID_BYTES];
    random_bytes(bytes, sizeof bytes);
    hex_encode(&id, (struct str){bytes, sizeof bytes});
    db->empties_log = true;
    return upkeep_note(db, UPKEEP_ERASED, now, strbuf_text(&id), err);
}

bool erasing_waits(struct db *db, bool *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct upkeep wish;
    if (!upkeep_last(db, UPKEEP_ERASED, &arena, &wish, err))
        return false;
    *out = wish.at != 0;
    return true;
}

bool erasing_empty_log(struct db *db, bool *done, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct upkeep wish;
    if (!upkeep_last(db, UPKEEP_ERASED, &arena, &wish, err))
        return false;
    int code = sqlite3_wal_checkpoint_v2(
        db->sqlite, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    *done = code == SQLITE_OK;
    if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
        return true;
    if (code != SQLITE_OK)
        return db_fail(db, err);
    struct stmt *forget = db_stmt(db, done_sql);
    stmt_bind_text(forget, 1, wish.note);
    return stmt_run(forget, err);
}

/* Fulfils the wish to empty the log; one that fails stands, for the scheduler
 * to take up. */
void db_kept(struct db *db)
{
    struct err ignored = {0};
    bool done;
    if (!db->empties_log)
        return;
    db->empties_log = false;
    int64_t timeout = db_set_busy_timeout(db, COMMIT_TIMEOUT_MS);
    (void)!erasing_empty_log(db, &done, &ignored);
    db_set_busy_timeout(db, timeout);
}
