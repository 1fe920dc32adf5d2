/* The jobs of the crank, for the files of this room alone. */
#ifndef DIGEST_SCHEDULER_CRANK_INTERNAL_H
#define DIGEST_SCHEDULER_CRANK_INTERNAL_H

#include "digest/scheduler/crank.h"
#include "digest/scheduler/job.h"

struct crank_job {
    const char *name;
    const char *label; /* "fetching the sources" */
    bool sends;        /* what is on the wire is finished after a signal */
    bool is_shared;    /* without a lease: it has finer ones */
    int64_t every_s;   /* at most so often; 0: whenever something is due */
    bool (*due)(const struct crank *crank, int64_t now, bool *out,
                struct err *err);
    bool (*work)(const struct crank *crank, struct err *err);
    bool (*explain)(const struct crank *crank, int64_t now,
                    struct crank_steps *out, struct err *err);
};
extern const struct crank_job crank_jobs[];
extern const size_t crank_job_count;

int64_t crank_now(const struct crank *crank);
/* For what sends: what a signal sets; NULL: nothing does. */
const volatile int *crank_watch(const struct crank *crank);
void crank_say(const struct crank *crank, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds a step; at or before `now` it is one of now. */
void crank_add_step(struct crank_steps *steps, int64_t at, int64_t now,
                    const char *zone, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* ---- health (crank_health.c) ---- */

/* Notes how a job went, tells the operator where that is due. */
FALLIBLE bool crank_note_good(const struct crank *crank,
                              const struct crank_job *job, int64_t now,
                              struct err *err);
FALLIBLE bool crank_note_bad(const struct crank *crank,
                             const struct crank_job *job, int64_t now,
                             const struct err *why, struct err *err);

/* ---- issues (crank_issues.c) ---- */

bool crank_start_due(const struct crank *crank, int64_t now, bool *out,
                     struct err *err);
bool crank_start(const struct crank *crank, struct err *err);
bool crank_start_explain(const struct crank *crank, int64_t now,
                         struct crank_steps *out, struct err *err);
bool crank_send_due(const struct crank *crank, int64_t now, bool *out,
                    struct err *err);
bool crank_send(const struct crank *crank, struct err *err);
bool crank_send_explain(const struct crank *crank, int64_t now,
                        struct crank_steps *out, struct err *err);

/* After a clock was set back to `now`: makes due, in each room, what was put
 * off until a time that a wrong clock made up. Fails: STORE. */
FALLIBLE bool crank_set_back(struct db *db, int64_t now, struct err *err);

/* ---- in the database (crank_store.c) ---- */

/* After a clock was set back to `now`: jobs that were put off beyond it are
 * due, and what it took for missed is to come. */
FALLIBLE bool crank_store_set_back(struct db *db, int64_t now, struct err *err);

#endif
