/* The jobs of the scheduler, for the files of this room alone. */
#ifndef DIGEST_SCHEDULER_SCHEDULER_INTERNAL_H
#define DIGEST_SCHEDULER_SCHEDULER_INTERNAL_H

#include "digest/scheduler/job.h"
#include "digest/scheduler/scheduler.h"

struct scheduler_job {
    const char *name;
    const char *label; /* "fetching the sources" */
    bool sends;        /* what is on the wire is finished after a signal */
    bool is_shared;    /* without a lease: it has finer ones */
    int64_t every_s;   /* at most so often; 0: whenever something is due */
    bool (*due)(const struct scheduler *scheduler, int64_t now, bool *out,
                struct err *err);
    bool (*work)(const struct scheduler *scheduler, struct err *err);
    bool (*explain)(const struct scheduler *scheduler, int64_t now,
                    struct scheduler_steps *out, struct err *err);
};
extern const struct scheduler_job scheduler_jobs[];
extern const size_t scheduler_job_count;

int64_t scheduler_now(const struct scheduler *scheduler);
/* For what sends: what a signal sets; NULL: nothing does. */
const volatile int *scheduler_watch(const struct scheduler *scheduler);
void scheduler_say(const struct scheduler *scheduler, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds a step; at or before `now` it is one of now. */
void scheduler_add_step(struct scheduler_steps *steps, int64_t at, int64_t now,
                        const char *zone, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* ---- health (scheduler_health.c) ---- */

/* Notes how a job went, tells the operator where that is due. */
FALLIBLE bool scheduler_note_good(const struct scheduler *scheduler,
                                  const struct scheduler_job *job, int64_t now,
                                  struct err *err);
FALLIBLE bool scheduler_note_bad(const struct scheduler *scheduler,
                                 const struct scheduler_job *job, int64_t now,
                                 const struct err *why, struct err *err);

/* ---- issues (scheduler_issues.c) ---- */

bool scheduler_start_due(const struct scheduler *scheduler, int64_t now,
                         bool *out, struct err *err);
bool scheduler_start(const struct scheduler *scheduler, struct err *err);
bool scheduler_start_explain(const struct scheduler *scheduler, int64_t now,
                             struct scheduler_steps *out, struct err *err);
bool scheduler_send_due(const struct scheduler *scheduler, int64_t now,
                        bool *out, struct err *err);
bool scheduler_send(const struct scheduler *scheduler, struct err *err);
bool scheduler_send_explain(const struct scheduler *scheduler, int64_t now,
                            struct scheduler_steps *out, struct err *err);

/* After a clock was set back to `now`: makes due, in each room, what was put
 * off until a time that a wrong clock made up. Fails: STORE. */
FALLIBLE bool scheduler_set_back(struct db *db, int64_t now, struct err *err);

/* ---- in the database (scheduler_store.c) ---- */

/* After a clock was set back to `now`: jobs that were put off beyond it are
 * due, and what it took for missed is to come. */
FALLIBLE bool scheduler_store_set_back(struct db *db, int64_t now,
                                       struct err *err);

#endif
