/* Occurrences: what becomes of each time of a newsletter's schedule.
 *
 * Ahead of its time an issue is drafted, scheduled, and shown to the editors;
 * with too few articles it isn't made, with the machine off for too long it
 * is missed, and either is said. While an earlier issue of the schedule still
 * waits, the next one isn't drafted: it would hold the same articles.
 */
#ifndef DIGEST_SCHEDULER_OCCURRENCE_H
#define DIGEST_SCHEDULER_OCCURRENCE_H

#include "digest/delivery/conductor.h"
#include "digest/newsletters/schedule.h"

enum occurrence_state {
    OCCURRENCE_SHORT,  /* too few articles so far */
    OCCURRENCE_MADE,   /* an issue was made for it */
    OCCURRENCE_NONE,   /* too few articles: none was made */
    OCCURRENCE_MISSED, /* its time had passed for too long */
};

/* Hears the lines that `run` has to say; each once. */
struct occurrence_say {
    void (*line)(void *context, const char *line);
    void *context;
};

/* Does what is due for one schedule, in one transaction. Fails: what
 * drafting and rendering fail with, STORE; then nothing was done. */
FALLIBLE bool occurrence_tend(const struct conductor *conductor,
                              const struct schedule *schedule,
                              const struct occurrence_say *say,
                              struct err *err);

/* The next step for a schedule, and its time. */
enum occurrence_step {
    STEP_NOTHING, /* the rule has ended */
    STEP_MAKE,    /* draft it */
    STEP_RETRY,   /* too few articles: look again */
    STEP_MISS,
    STEP_WAIT, /* for an earlier one to be decided */
};
struct occurrence_next {
    enum occurrence_step step;
    int64_t at;     /* when the step is to be done */
    int64_t due_at; /* of the issue */
};
FALLIBLE bool occurrence_look(struct db *db, const struct schedule *schedule,
                              int64_t now, struct occurrence_next *out,
                              struct err *err);

/* The first times later than `after` at which an issue of the schedule is to
 * go out, as schedule_times gives them, without those that were decided and
 * whose issue doesn't wait for its time (any more): unscheduled, deleted, sent
 * before. */
FALLIBLE bool occurrence_times(struct db *db, const struct schedule *schedule,
                               int64_t after, size_t most, int64_t *out,
                               size_t *count, struct err *err);

/* ---- in the database (occurrence_store.c) ---- */

/* The last one that was decided, or 0; and the one that is short. */
struct occurrence_place {
    int64_t decided;        /* due_at */
    int64_t short_at;       /* due_at; 0: none */
    int64_t short_next_at;  /* when it is tried again */
    int64_t waiting;        /* issues of this schedule that still wait */
    int64_t waiting_latest; /* when the last of them goes out */
};
FALLIBLE bool occurrence_place(struct db *db, int64_t newsletter_id,
                               int64_t since, struct occurrence_place *out,
                               struct err *err);

/* Whether an issue that was made for this time still waits to go out. */
FALLIBLE bool occurrence_waits(struct db *db, int64_t newsletter_id,
                               int64_t due_at, bool *out, struct err *err);

/* Fails: CONFLICT when another process decided it. */
FALLIBLE bool occurrence_put(struct db *db, int64_t newsletter_id,
                             int64_t due_at, enum occurrence_state state,
                             int64_t issue_id, int64_t next_at,
                             struct err *err);

#endif
