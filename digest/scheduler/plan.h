/* A plan: when a scheduled issue goes out, what holds it back, and until when
 * it may still go. */
#ifndef DIGEST_SCHEDULER_PLAN_H
#define DIGEST_SCHEDULER_PLAN_H

#include "digest/delivery/conductor.h"

struct plan {
    int64_t issue_id;
    int64_t due_at; /* as its schedule, or a person, has it */
    int64_t until;  /* later than that it is missed */
    bool needs_approval;
    bool anyway;         /* in spite of what lint found */
    int64_t approved_at; /* 0: not (yet) */
    int64_t asked_at;    /* editors were reminded; 0: not (yet) */
};

/* Schedules a draft, or moves a scheduled issue, by hand: whoever does that
 * approves of it; with the conductor's
 * `anyway`, in spite of what lint finds. `zone` stands in
 * messages. Fails: CONFLICT (its state), USAGE (in the past), INPUT (what lint
 * found), STORE. */
FALLIBLE bool plan_by_hand(const struct conductor *conductor,
                           const struct issue *issue, int64_t at,
                           const char *zone, struct err *err);

/* Lets an issue go out at its time, which is set in *goes_at; one that was due
 * has its schedule's grace from now on. Fails: CONFLICT when it isn't
 * scheduled, or was missed, INPUT (what lint found), STORE. */
FALLIBLE bool plan_approve(const struct conductor *conductor,
                           const struct issue *issue, int64_t *goes_at,
                           struct err *err);

/* Takes the time off a scheduled issue: it is a draft again with all that was
 * chosen for it, and what waits to be mailed about it to its editors is taken
 * back. The time of the schedule that it was made for stays decided: nothing
 * is drafted or scheduled for it, and no later time takes this draft. Fails:
 * CONFLICT (its state), STORE. */
FALLIBLE bool plan_unschedule(const struct conductor *conductor,
                              const struct issue *issue, struct err *err);

/* An issue that was deleted or missed, and never started, is such a draft.
 * Fails: CONFLICT (its state), STORE. */
FALLIBLE bool plan_restore(const struct conductor *conductor,
                           const struct issue *issue, struct err *err);

/* Ends an issue for good: who has not got it yet won't. *skipped counts
 * them. A run under way stops within a second. Fails: CONFLICT (its state).
 */
FALLIBLE bool plan_cancel(const struct conductor *conductor,
                          const struct issue *issue, int64_t *skipped,
                          struct err *err);

/* ---- in the database (plan_store.c) ---- */

/* Fails: NOT_FOUND, STORE. */
FALLIBLE bool plan_get(struct db *db, int64_t issue_id, struct plan *out,
                       struct err *err);
/* An issue that is in `from`, a draft or scheduled, is scheduled for
 * `goes_at`, with this plan. Fails: CONFLICT when it is no longer in `from`. */
FALLIBLE bool plan_put(struct db *db, const struct plan *plan,
                       enum issue_state from, int64_t goes_at, struct err *err);
FALLIBLE bool plan_remove(struct db *db, int64_t issue_id, struct err *err);

#endif
