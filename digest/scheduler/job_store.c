/* Stores how each job's last runs went. */
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/url_shown.h"
#include "digest/store/rows.h"
#include "digest/scheduler/job.h"

enum sql { GET, PUT, FIND, CLEAR, SQL_COUNT };

#define COLUMNS                                                                \
    "SELECT name, last_at, good_at, next_at, failures, "                       \
    "    coalesce(failing_since, 0), coalesce(told_at, 0), error FROM job "

static const char *const sql[] = {
    [GET] = COLUMNS "WHERE name = ?1",
    [PUT] = "INSERT INTO job (name, last_at, good_at, next_at, failures, "
            "    failing_since, told_at, error) "
            "VALUES (?1, ?2, ?3, ?4, ?5, nullif(?6, 0), nullif(?7, 0), ?8) "
            "ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at, "
            "    good_at = excluded.good_at, next_at = excluded.next_at, "
            "    failures = excluded.failures, "
            "    failing_since = excluded.failing_since, "
            "    told_at = excluded.told_at, error = excluded.error",
    [FIND] = COLUMNS "ORDER BY name",
    [CLEAR] = "UPDATE job SET error = ?2 WHERE name = ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static struct job read_row(struct stmt *row, struct arena *arena)
{
    return (struct job){
        .name = arena_copy(arena, stmt_text(row, 0)),
        .last_at = stmt_int(row, 1),
        .good_at = stmt_int(row, 2),
        .next_at = stmt_int(row, 3),
        .failures = stmt_int(row, 4),
        .failing_since = stmt_int(row, 5),
        .told_at = stmt_int(row, 6),
        .error = url_shown(arena, stmt_text(row, 7)),
    };
}

bool job_get(struct db *db, const char *name, struct arena *arena,
             struct job *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    *out = (struct job){.name = name, .error = ""};
    stmt_bind_text(row, 1, name);
    if (!stmt_step(row, err))
        return stmt_done(row);
    *out = read_row(row, arena);
    stmt_reset(row);
    return true;
}

bool job_put(struct db *db, const struct job *job, struct err *err)
{
    struct stmt *put = db_stmt(db, sql[PUT]);
    stmt_bind_text(put, 1, job->name);
    stmt_bind_int(put, 2, job->last_at);
    stmt_bind_int(put, 3, job->good_at);
    stmt_bind_int(put, 4, job->next_at);
    stmt_bind_int(put, 5, job->failures);
    stmt_bind_int(put, 6, job->failing_since);
    stmt_bind_int(put, 7, job->told_at);
    stmt_bind_text(put, 8, job->error);
    return stmt_run(put, err);
}

bool job_find(struct db *db, struct arena *arena, struct job_list *out,
              struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[FIND]);
    return STMT_LIST(rows, arena, out->items, out->count, read_row(rows, arena),
                     err);
}

static bool redact_error(struct db *db, const struct job *job,
                         const struct redaction *words, struct err *err)
{
    OWNED(strbuf_free) struct strbuf error = STRBUF_INIT;
    struct stmt *set = db_stmt(db, sql[CLEAR]);
    redaction_write(words, str_of(job->error), &error);
    stmt_bind_text(set, 1, job->name);
    stmt_bind_str(set, 2, strbuf_str(&error));
    return stmt_run(set, err);
}

bool job_erase(struct db *db, const struct redaction *words, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct job_list jobs;
    if (!job_find(db, &arena, &jobs, err))
        return false;
    for (size_t i = 0; i < jobs.count; i++)
        if (redaction_finds(words, str_of(jobs.items[i].error)) &&
            !redact_error(db, &jobs.items[i], words, err))
            return false;
    return true;
}
