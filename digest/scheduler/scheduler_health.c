/* Notes how jobs go, and tells the operator when one keeps failing. */
#include <inttypes.h>

#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/scheduler/editor_mail_internal.h"
#include "digest/scheduler/scheduler_internal.h"

/* A job that fails for a moment is nobody's business; the operator is told of
 * one that fails several times, for a while. */
enum { TELL_FAILURES = 3, TELL_AFTER_S = 600 };

static bool tell_operator(const struct scheduler *scheduler,
                          const char *headline, const char *const *lines,
                          size_t count, struct err *err)
{
    struct editor_report report = {headline, lines, count, NULL};
    return operator_mail_tell(&scheduler->conductor, &report, err);
}

static bool tell_good(const struct scheduler *scheduler,
                      const struct scheduler_job *job, const struct job *row,
                      struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    char since[TIME_TEXT_SIZE];
    const char *lines[] = {arena_format(
        &arena, "It had failed %" PRId64 " times since %s: %s", row->failures,
        time_rfc3339(row->failing_since, since), row->error)};
    const char *headline =
        arena_format(&arena, "It works again: %s.", job->label);
    scheduler_say(scheduler, "%s works again.", job->label);
    return tell_operator(scheduler, headline, lines, 1, err);
}

bool scheduler_note_good(const struct scheduler *scheduler,
                         const struct scheduler_job *job, int64_t now,
                         struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct db *db = scheduler->conductor.db;
    struct job row;
    if (!tx_begin(&tx, db, TX_NORMAL, err) ||
        !job_get(db, job->name, &arena, &row, err))
        return false;
    if (row.told_at && !tell_good(scheduler, job, &row, err))
        return false;
    struct job good = {.name = job->name,
                       .last_at = now,
                       .good_at = now,
                       .next_at = job->every_s ? now + job->every_s : 0,
                       .error = ""};
    return job_put(db, &good, err) && tx_commit(&tx, err);
}

static bool tell_bad(const struct scheduler *scheduler,
                     const struct scheduler_job *job, const struct job *row,
                     struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    char since[TIME_TEXT_SIZE];
    const char *lines[] = {
        row->error,
        arena_format(&arena,
                     "It has failed %" PRId64
                     " times since %s. The other jobs go on. You are told "
                     "once, and again when it works.",
                     row->failures, time_rfc3339(row->failing_since, since)),
        "What would be done now, and what comes next: digest run --explain",
    };
    const char *headline =
        arena_format(&arena, "It keeps failing: %s.", job->label);
    log_error("%s has been failing since %s: %s", job->label, since,
              row->error);
    return tell_operator(scheduler, headline, lines, ARRAY_SIZE(lines), err);
}

bool scheduler_note_bad(const struct scheduler *scheduler,
                        const struct scheduler_job *job, int64_t now,
                        const struct err *why, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct db *db = scheduler->conductor.db;
    struct job row;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !job_get(db, job->name, &arena, &row, err))
        return false;
    if (row.failures)
        log_detail("%s: %s", job->label, why->text);
    else
        log_error("%s: %s", job->label, why->text);
    row.last_at = now;
    row.failing_since = row.failing_since ? row.failing_since : now;
    row.failures++;
    row.next_at = job->every_s ? now + job->every_s : 0;
    row.error = why->text;
    if (!row.told_at && row.failures >= TELL_FAILURES &&
        now - row.failing_since >= TELL_AFTER_S) {
        if (!tell_bad(scheduler, job, &row, err))
            return false;
        row.told_at = now;
    }
    return job_put(db, &row, err) && tx_commit(&tx, err);
}
