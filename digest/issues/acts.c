/* Holds the table of an issue's states and what leads from one to another. */
#include "digest/issues/acts.h"

#include <inttypes.h>

#include "digest/base/mem.h"

#define IN(state) (1U << ISSUE_##state)
#define OPEN (IN(DRAFT) | IN(SCHEDULED))

/* `to` ISSUE_STATE_SAME: the act leaves the state as it is. */
enum { STATE_SAME = -1 };

static const struct {
    unsigned from;
    int to;
    bool unstarted;        /* only where nobody can have got it yet */
    const char *otherwise; /* how the sentence that refuses it ends */
} acts[] = {
    [ACT_EDIT] = {OPEN, STATE_SAME, false, " and can't be changed any more"},
    [ACT_SCHEDULE] = {OPEN, ISSUE_SCHEDULED, false,
                      "; only a draft or a scheduled one can be scheduled"},
    [ACT_APPROVE] = {IN(SCHEDULED), STATE_SAME, false,
                     "; only a scheduled one can be approved"},
    [ACT_UNSCHEDULE] = {IN(SCHEDULED), ISSUE_DRAFT, false,
                        "; only a scheduled one can be unscheduled"},
    [ACT_START] = {OPEN, ISSUE_SENDING, false, "; only a draft can be started"},
    [ACT_PAUSE] = {IN(SENDING), ISSUE_PAUSED, false,
                   "; only one that is being sent can be paused"},
    [ACT_RESUME] = {IN(PAUSED), ISSUE_SENDING, false,
                    "; only one that is paused can be resumed"},
    [ACT_FINISH] = {IN(SENDING), ISSUE_SENT, false, ""},
    [ACT_RETRY] = {IN(SENT) | IN(SENDING), ISSUE_SENDING, false, ""},
    [ACT_CANCEL] = {OPEN | IN(SENDING) | IN(PAUSED), ISSUE_CANCELLED, false,
                    ""},
    [ACT_MISS] = {IN(SCHEDULED), ISSUE_MISSED, false, ""},
    [ACT_RESTORE] = {IN(CANCELLED) | IN(MISSED), ISSUE_DRAFT, true,
                     "; only one that was deleted or missed can be restored"},
};
_Static_assert(ARRAY_SIZE(acts) == ISSUE_ACT_COUNT, "a row for each act");

bool issue_may(const struct issue *issue, enum issue_act act)
{
    return acts[act].from & 1U << issue->state &&
           !(acts[act].unstarted && issue->started_at);
}

bool issue_check(const struct issue *issue, enum issue_act act, struct err *err)
{
    if (issue_may(issue, act))
        return true;
    bool is_late = acts[act].unstarted && issue->started_at;
    return err_set(err, ERR_CONFLICT, "%s/%" PRId64 ": is %s%s",
                   issue->newsletter, issue->number,
                   issue_state_words(issue->state),
                   is_late ? "; it was started, and some may have got it: only "
                             "one that never started can be restored"
                           : acts[act].otherwise);
}

bool issue_act(struct db *db, const struct issue *issue, enum issue_act act,
               int64_t now, struct err *err)
{
    int to = acts[act].to;
    return issue_check(issue, act, err) &&
           (to == STATE_SAME || to == (int)issue->state ||
            issue_move(db, issue->id, issue->state, (enum issue_state)to, now,
                       err));
}
