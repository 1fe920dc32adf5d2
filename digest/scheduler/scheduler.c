/* Runs the jobs that are due, each under its lease. */
#include "digest/scheduler/scheduler.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/articles/source_store.h"
#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/issues/issue_due.h"
#include "digest/ledger/counter.h"
#include "digest/ledger/lease_keep.h"
#include "digest/ledger/ledger.h"
#include "digest/newsletters/schedule.h"
#include "digest/notices/notices.h"
#include "digest/scheduler/plan.h"
#include "digest/scheduler/scheduler_internal.h"
#include "digest/store/upkeep.h"

/* Clocks are put right by less than an hour now and then. */
enum { NOTE_EVERY_S = 180, SET_BACK_S = 3600 };

int64_t scheduler_now(const struct scheduler *scheduler)
{
    return scheduler->conductor.now ? scheduler->conductor.now : clock_now();
}

const volatile int *scheduler_watch(const struct scheduler *scheduler)
{
    return scheduler->watch ? scheduler->watch() : NULL;
}

void scheduler_say(const struct scheduler *scheduler, const char *format, ...)
{
    char line[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (scheduler->say)
        scheduler->say(scheduler->context, line);
}

/* ---- doing --------------------------------------------------------- */

/* Takes a job's lease. Another run at the same job is no failure: *taken is
 * then false. */
static bool take_lease(const struct scheduler *scheduler,
                       const struct scheduler_job *job,
                       struct lease_keep **lease, bool *taken, struct err *err)
{
    char name[80];
    *taken = true;
    if (job->is_shared)
        return true;
    snprintf(name, sizeof name, "job %s", job->name);
    if (lease_keep_take(scheduler->conductor.db, name, scheduler_now(scheduler),
                        lease, err))
        return true;
    *taken = false;
    return err->kind == ERR_TEMPORARY;
}

static bool is_due(const struct scheduler *scheduler,
                   const struct scheduler_job *job, bool *due, struct err *err)
{
    *due = false;
    return job->due(scheduler, scheduler_now(scheduler), due, err);
}

/* Does a job. Once it has the lease it looks again: another run may have been
 * at it. */
static bool do_job(const struct scheduler *scheduler,
                   const struct scheduler_job *job, bool *done, struct err *err)
{
    OWNED(lease_keep_release) struct lease_keep *lease = NULL;
    bool due, taken = false;
    *done = false;
    if (!is_due(scheduler, job, &due, err))
        return false;
    if (!due)
        return true;
    if (!take_lease(scheduler, job, &lease, &taken, err))
        return false;
    if (!taken || !is_due(scheduler, job, &due, err) || !due)
        return !due || !taken;
    *done = true;
    return job->work(scheduler, err);
}

/* Notes how a job went; a note that can't even be written is logged. */
static void note(const struct scheduler *scheduler,
                 const struct scheduler_job *job, bool good,
                 const struct err *why)
{
    struct err err = {0};
    int64_t now = scheduler_now(scheduler);
    if (good ? scheduler_note_good(scheduler, job, now, &err)
             : scheduler_note_bad(scheduler, job, now, why, &err))
        return;
    if (!good)
        log_error("%s: %s", job->label, why->text);
    log_error("%s: %s", job->label, err.text);
}

static void say_set_back(const struct scheduler *scheduler, int64_t from,
                         int64_t to)
{
    char was[TIME_TEXT_SIZE], is[TIME_TEXT_SIZE];
    scheduler_say(
        scheduler,
        "The clock was set back, from %s or later to %s; what was put off "
        "is due, and what was taken for missed is to come.",
        time_rfc3339(from, was), time_rfc3339(to, is));
}

bool scheduler_set_back(struct db *db, int64_t now, struct err *err)
{
    return scheduler_store_set_back(db, now, err) &&
           source_set_back(db, now, err) && notices_set_back(db, now, err) &&
           issue_set_back(db, now, err) && ledger_set_back(db, now, err) &&
           schedule_set_back(db, now, err);
}

/* Notes the run, but not at each turn: a write to the disk is most of what a
 * run with nothing to do would cost. */
static bool note_run(const struct scheduler *scheduler, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct db *db = scheduler->conductor.db;
    struct upkeep last;
    int64_t now = scheduler_now(scheduler);
    if (!upkeep_last(db, UPKEEP_RUN, &arena, &last, err))
        return false;
    if (last.at <= now && now - last.at < NOTE_EVERY_S)
        return true;
    bool back = last.at > now + SET_BACK_S;
    if (!tx_begin(&tx, db, TX_NORMAL, err) ||
        (back && !scheduler_set_back(db, now, err)) ||
        !upkeep_note(db, UPKEEP_RUN, now, "", err) || !tx_commit(&tx, err))
        return false;
    if (back)
        say_set_back(scheduler, last.at, now);
    return true;
}

/* Going on from a restored database is no job, but is said as one: at once, and
 * not each minute. */
static const struct scheduler_job going_on = {
    .name = "restored", .label = "going on from a restored database"};

static bool stop_for_person(const struct scheduler *scheduler,
                            enum err_kind *failed, struct err *err)
{
    struct err why = *err;
    *failed = why.kind;
    return why.kind == ERR_CONFLICT &&
           scheduler_note_bad(scheduler, &going_on, scheduler_now(scheduler),
                              &why, err);
}

bool scheduler_run(const struct scheduler *scheduler, enum err_kind *failed,
                   struct err *err)
{
    *failed = ERR_NONE;
    if (!counter_check(scheduler->conductor.db, err))
        return stop_for_person(scheduler, failed, err);
    /* A run says that it lives before it sends for hours. */
    if (!note_run(scheduler, err))
        return false;
    const volatile int *stop = NULL;
    for (size_t i = 0; i < scheduler_job_count && !(stop && *stop); i++) {
        struct err one = {0};
        bool done;
        if (scheduler_jobs[i].sends)
            stop = scheduler_watch(scheduler);
        bool good = do_job(scheduler, &scheduler_jobs[i], &done, &one);
        if (!good && !*failed)
            *failed = one.kind;
        if (done || !good)
            note(scheduler, &scheduler_jobs[i], good, &one);
    }
    if (stop && *stop && !*failed)
        *failed = ERR_TEMPORARY;
    return true;
}

/* ---- explaining ---------------------------------------------------- */

void scheduler_add_step(struct scheduler_steps *steps, int64_t at, int64_t now,
                        const char *zone, const char *format, ...)
{
    char line[600];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    struct scheduler_step step = {
        .at = at <= now ? 0 : at,
        .zone = arena_copy(&steps->arena, zone),
        .text = arena_copy(&steps->arena, line),
    };
    MEM_PUSH(steps->items, steps->count, steps->capacity, step);
}

static int by_time(const void *a, const void *b)
{
    const struct scheduler_step *left = a, *right = b;
    return (left->at > right->at) - (left->at < right->at);
}

bool scheduler_explain(const struct scheduler *scheduler,
                       struct scheduler_steps *out, struct err *err)
{
    int64_t now = scheduler_now(scheduler);
    if (!counter_check(scheduler->conductor.db, err))
        return false;
    for (size_t i = 0; i < scheduler_job_count; i++)
        if (scheduler_jobs[i].explain &&
            !scheduler_jobs[i].explain(scheduler, now, out, err))
            return false;
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_time);
    return true;
}

void scheduler_steps_free(struct scheduler_steps *steps)
{
    free(steps->items);
    arena_free(&steps->arena);
    *steps = (struct scheduler_steps){0};
}

/* ---- after a backup was put in place ------------------------------- */

bool scheduler_accept_restored(const struct scheduler *scheduler,
                               struct scheduler_restored *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct db *db = scheduler->conductor.db;
    struct counter_file file;
    struct err behind = {0};
    *out = (struct scheduler_restored){0};
    if (counter_check(db, &behind))
        return err_set(err, ERR_USAGE,
                       "%s: isn't an older copy: nothing has to be settled",
                       db_path(db));
    if (behind.kind != ERR_CONFLICT) {
        *err = behind;
        return false;
    }
    if (!counter_read(db, &arena, &file, err) ||
        !tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    for (size_t i = 0; i < file.count; i++) {
        const struct counter_start *s = &file.starts[i];
        bool unknown;
        if (!issue_record_start(db, s->newsletter, s->number, s->at, &unknown,
                                err))
            return false;
        out->lost += unknown;
    }
    int64_t now = scheduler_now(scheduler);
    return issue_hold_all(db, now, &out->paused, &out->missed, err) &&
           schedule_begin_from(db, now, err) &&
           counter_accept(db, &file, err) && tx_commit(&tx, err) &&
           counter_write(db, err) &&
           scheduler_note_good(scheduler, &going_on, now, err);
}
