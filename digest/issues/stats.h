/* Figures: how each issue went, and how the list grows.
 *
 * They are read, never counted over the list: the same in a moment with a
 * million subscribers. They add up: an issue's recipients are the sum of its
 * six states, and all who joined a list, less all who left it, are those who
 * are on it.
 */
#ifndef DIGEST_ISSUES_STATS_H
#define DIGEST_ISSUES_STATS_H

#include "digest/base/arena.h"
#include "digest/issues/issue.h"
#include "digest/ledger/ledger.h"

/* One issue that was started, missed or cancelled. Bounced, complained and
 * unsubscribed are people that this issue lost, each counted once a column:
 * the bounced are among the failed when a server refused them at once, among
 * the sent when the mail came back later. */
struct stats_issue {
    struct issue issue;
    struct ledger_counts counts;
    int64_t bounced, complained, unsubscribed;
};
struct stats_issues {
    struct stats_issue *items; /* in the arena, oldest first */
    size_t count;
};
/* newsletter_id 0: of all. Those from `since` on. */
FALLIBLE bool stats_issues(struct db *db, int64_t newsletter_id, int64_t since,
                           struct arena *arena, struct stats_issues *out,
                           struct err *err);

/* The three losses of one issue; the rest of `out` stays. */
FALLIBLE bool stats_losses(struct db *db, int64_t issue_id,
                           struct stats_issue *out, struct err *err);

/* How many are on a list now; with newsletter_id 0 on all, each counted. */
FALLIBLE bool stats_active(struct db *db, int64_t newsletter_id, int64_t *out,
                           struct err *err);

/* One week of a list, from its Monday (UTC) on. */
struct stats_week {
    int64_t begins_at;
    int64_t joined;
    int64_t unsubscribed, bounced, complained; /* who left, and how */
    int64_t active;                            /* at its end */
};
struct stats_weeks {
    struct stats_week *items; /* in the arena, oldest first, none left out */
    size_t count;
};
/* Counts the weeks from that of `since`, or the list's first, to that of `now`.
 * With newsletter_id 0 the subscriptions of all lists, each counted. */
FALLIBLE bool stats_weeks(struct db *db, int64_t newsletter_id, int64_t since,
                          int64_t now, struct arena *arena,
                          struct stats_weeks *out, struct err *err);

#endif
