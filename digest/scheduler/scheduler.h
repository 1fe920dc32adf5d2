/* The scheduler: all that is due, done once; for cron, as often as each minute.
 *
 * Each job first asks whether anything is due, and only then takes its lease,
 * so that a run with nothing to do reads a few rows. Jobs are independent:
 * one that fails is no other's failure. Sending comes last and has a lease
 * for each issue, so that the next run does the other jobs meanwhile.
 */
#ifndef DIGEST_SCHEDULER_SCHEDULER_H
#define DIGEST_SCHEDULER_SCHEDULER_H

#include "digest/delivery/conductor.h"

struct scheduler {
    struct conductor conductor;
    /* Called before something is sent: from there on a signal is noted, in
     * what it returns (as struct send_watch has it), and what is on the wire
     * is finished; what comes before simply ends with a signal. NULL: not. */
    const volatile int *(*watch)(void);
    /* A result in words, for standard output. */
    void (*say)(void *context, const char *line);
    void *context;
};

/* Does what is due. *failed is the kind of the first job's failure, or
 * ERR_NONE; failures are logged here, and a job that keeps failing is told to
 * the operator, once. With a database that is an older copy nothing is done
 * (*failed is CONFLICT). Fails: STORE. */
FALLIBLE bool scheduler_run(const struct scheduler *scheduler,
                            enum err_kind *failed, struct err *err);

/* A step that would be done, now or later. */
struct scheduler_step {
    int64_t at; /* 0: now */
    const char *zone;
    const char *text; /* "weekly/12 goes out to 12 readers" */
};
struct scheduler_steps {
    struct scheduler_step *items; /* the earliest first */
    size_t count, capacity;
    struct arena arena; /* of the texts */
};
FALLIBLE bool scheduler_explain(const struct scheduler *scheduler,
                                struct scheduler_steps *out, struct err *err);
void scheduler_steps_free(struct scheduler_steps *steps);

/* After a backup was put in the database's place, and a person has looked:
 * what was due since is taken for done. */
struct scheduler_restored {
    int64_t lost;   /* issues that were sent, and are on record as such now */
    int64_t paused; /* issues in the middle of being sent */
    int64_t missed; /* issues whose time had come */
};
FALLIBLE bool scheduler_accept_restored(const struct scheduler *scheduler,
                                        struct scheduler_restored *out,
                                        struct err *err);

#endif
