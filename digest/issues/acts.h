/* The acts on an issue as a whole: which state permits which, and what state
 * comes of it. Whoever offers an act asks here whether it may be done; whoever
 * does it goes through issue_act.
 */
#ifndef DIGEST_ISSUES_ACTS_H
#define DIGEST_ISSUES_ACTS_H

#include "digest/issues/issue.h"

enum issue_act {
    ACT_EDIT,     /* texts, stories, settings */
    ACT_SCHEDULE, /* a time is set or changed */
    ACT_APPROVE,
    ACT_UNSCHEDULE, /* the time is taken off */
    ACT_START,      /* all is frozen, and mail goes out */
    ACT_PAUSE,
    ACT_RESUME,
    ACT_FINISH, /* nobody waits any more */
    ACT_RETRY,  /* those that failed wait again */
    ACT_CANCEL, /* deleted where it never started, else stopped for good */
    ACT_MISS,   /* its time passed without it */
    ACT_RESTORE,
    ISSUE_ACT_COUNT
};

/* Whether an act may be done to an issue as it is. */
bool issue_may(const struct issue *issue, enum issue_act act);

/* The same. Fails: CONFLICT, saying what the issue is and what could be. */
FALLIBLE bool issue_check(const struct issue *issue, enum issue_act act,
                          struct err *err);

/* Checks, and moves the issue into the state that comes of it, where that is
 * another. Fails: CONFLICT (as issue_check; its state changed meanwhile),
 * STORE. */
FALLIBLE bool issue_act(struct db *db, const struct issue *issue,
                        enum issue_act act, int64_t now, struct err *err);

#endif
