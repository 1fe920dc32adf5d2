/* Stores the counter of sends beside the database, against old backups. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/ledger/counter.h"

enum { MAX_BYTES = 1 << 16 };

enum sql { ADVANCE, GET, STARTS, ACCEPT, SQL_COUNT };

static const char *const sql[] = {
    [ADVANCE] = "UPDATE counter SET number = number + 1",
    [GET] = "SELECT identity, number FROM counter",
    [STARTS] = "SELECT n.slug, i.number, i.started_at FROM issue i "
               "JOIN newsletter n ON n.id = i.newsletter_id "
               "WHERE i.started_at IS NOT NULL "
               "ORDER BY i.started_at DESC, i.id DESC LIMIT 100",
    [ACCEPT] = "UPDATE counter SET number = max(number, ?1)",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static char *path_of(struct db *db)
{
    return strcmp(db_path(db), ":memory:") == 0
               ? NULL
               : mem_format("%s.counter", db_path(db));
}

bool counter_advance(struct db *db, struct err *err)
{
    return stmt_run(db_stmt(db, sql[ADVANCE]), err);
}

static bool get(struct db *db, char identity[40], int64_t *number,
                struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    if (!stmt_step(row, err))
        return stmt_done(row) ? err_set(err, ERR_STORE,
                                        "%s: its counter is gone; put a "
                                        "backup in its place",
                                        db_path(db))
                              : false;
    snprintf(identity, 40, "%s", stmt_text(row, 0));
    *number = stmt_int(row, 1);
    stmt_reset(row);
    return true;
}

/* ---- writing --------------------------------------------------------- */

static bool add_starts(struct db *db, struct strbuf *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[STARTS]);
    while (stmt_step(rows, err)) {
        char at[TIME_TEXT_SIZE];
        strbuf_add_format(out, "started %s/%" PRId64 " %s\n",
                          stmt_text(rows, 0), stmt_int(rows, 1),
                          time_rfc3339(stmt_int(rows, 2), at));
    }
    return stmt_done(rows);
}

/* Writes the file. Of two processes that write at once, the last to look writes
 * what the database has by then. */
bool counter_write(struct db *db, struct err *err)
{
    OWNED(mem_free) char *path = path_of(db);
    char identity[40];
    int64_t number = 0, written = -1;
    if (!path)
        return true;
    for (;;) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        if (!get(db, identity, &number, err))
            return false;
        if (number == written)
            return true;
        strbuf_add_format(&text,
                          "# Kept beside the database, so that a restored "
                          "copy is noticed. Leave it there.\n"
                          "identity %s\nnumber %" PRId64 "\n",
                          identity, number);
        if (!add_starts(db, &text, err) ||
            !file_write(path, strbuf_str(&text), 0600, err))
            return false;
        written = number;
    }
}

/* ---- reading --------------------------------------------------------- */

static bool read_start(struct str line, struct arena *arena,
                       struct counter_start *out)
{
    struct str name = str_cut(&line, ' ');
    struct str slug = str_cut(&name, '/');
    unsigned long long number;
    if (!str_to_u64(name, &number) || !time_parse_rfc3339(line, &out->at))
        return false;
    out->newsletter = arena_copy_str(arena, slug);
    out->number = (int64_t)number;
    return true;
}

static bool read_line(struct str line, struct arena *arena,
                      struct counter_file *out, size_t capacity)
{
    unsigned long long number;
    struct str word = str_cut(&line, ' ');
    if (str_starts(word, STR("#")) || !word.len)
        return true;
    if (str_equal(word, STR("identity"))) {
        out->identity = arena_copy_str(arena, line);
        return true;
    }
    if (str_equal(word, STR("number"))) {
        out->number = str_to_u64(line, &number) ? (int64_t)number : -1;
        return out->number >= 0;
    }
    return str_equal(word, STR("started")) && out->count < capacity &&
           read_start(line, arena, &out->starts[out->count++]);
}

bool counter_read(struct db *db, struct arena *arena, struct counter_file *out,
                  struct err *err)
{
    OWNED(mem_free) char *path = path_of(db);
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    *out = (struct counter_file){.identity = ""};
    if (!path || !file_exists(path))
        return true;
    if (!file_read(path, MAX_BYTES, &text, err))
        return false;
    struct str rest = strbuf_str(&text), line;
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    out->starts = ARENA_NEW_ARRAY(arena, struct counter_start, lines);
    for (int number = 1; str_next_line(&rest, &line); number++)
        if (!read_line(line, arena, out, lines))
            return err_set(err, ERR_INPUT,
                           "%s:%d: can't be read; put it back as it was, or "
                           "remove it if this database was never restored "
                           "from a backup",
                           path, number);
    return true;
}

/* The latest issue that the file knows and the database doesn't. */
static const struct counter_start *first_unknown(struct db *db,
                                                 const struct counter_file *f)
{
    struct err ignored;
    int64_t latest = 0;
    struct stmt *rows = db_stmt(db, sql[STARTS]);
    if (stmt_step(rows, &ignored))
        latest = stmt_int(rows, 2);
    stmt_reset(rows);
    return f->count && f->starts[0].at > latest ? &f->starts[0] : NULL;
}

static bool fail_behind(struct db *db, const struct counter_file *file,
                        struct err *err)
{
    char at[TIME_TEXT_SIZE], what[160] = "some of its issues went on";
    const struct counter_start *start = first_unknown(db, file);
    if (start)
        snprintf(what, sizeof what, "%.64s/%" PRId64 " was started at %s",
                 start->newsletter, start->number, time_rfc3339(start->at, at));
    return err_set(err, ERR_CONFLICT,
                   "%s: is an older copy, restored from a backup: %s, and it "
                   "knows nothing of that (%s.counter does). Nothing is sent "
                   "until a person has looked: who left since is back on the "
                   "list",
                   db_path(db), what, db_path(db)) ||
           err_remedy(err, REMEDY_SETTLE_RESTORED, NULL);
}

bool counter_check(struct db *db, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct counter_file file;
    char identity[40];
    int64_t number = 0;
    if (!counter_read(db, &arena, &file, err) ||
        !get(db, identity, &number, err))
        return false;
    return strcmp(file.identity, identity) != 0 || file.number <= number ||
           fail_behind(db, &file, err);
}

bool counter_accept(struct db *db, const struct counter_file *file,
                    struct err *err)
{
    struct stmt *accept = db_stmt(db, sql[ACCEPT]);
    stmt_bind_int(accept, 1, file->number);
    return stmt_run(accept, err);
}
