/* The schedule of a newsletter: when its issues go out, again and again, and
 * what has to be done before they do.
 *
 * A rule is a recurrence of RFC 5545 on the clocks of the newsletter's time
 * zone. A local time that a clock set forward passes over is as much later as
 * the clock was set ("02:30" is then 03:30); of a local time that comes twice
 * it is the first.
 */
#ifndef DIGEST_NEWSLETTERS_SCHEDULE_H
#define DIGEST_NEWSLETTERS_SCHEDULE_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/base/strbuf.h"
#include "digest/store/db.h"

enum schedule_policy {
    POLICY_AUTO,    /* goes out unattended */
    POLICY_APPROVE, /* only when an editor approved it */
    POLICY_OBJECT,  /* after a while in which editors can cancel it */
};

/* Texts are never NULL. */
struct schedule {
    int64_t newsletter_id;
    const char *newsletter; /* slug */
    const char *zone;       /* the newsletter's */
    const char *every;      /* as it was written; "": no schedule */
    const char *rule;       /* "FREQ=WEEKLY;BYDAY=FR;BYHOUR=7;…" */
    const char *begins;     /* a local time, from which it is counted */
    const char *except;     /* local dates such as 2026-12-25, one a line */
    enum schedule_policy policy;
    int64_t object_s; /* POLICY_OBJECT: how long from the preview on */
    int64_t lead_s;   /* drafted so long before */
    int64_t grace_s;  /* how late it may still go out */
    int64_t since;    /* what was due before isn't looked at */
};

enum {
    SCHEDULE_LEAD_S = 24 * 3600,
    SCHEDULE_GRACE_S = 6 * 3600,
    SCHEDULE_SPAN_MAX_S = 31 * 86400,
};

/* ---- what every schedule keeps (schedule.c) ---- */

/* Reads how long a schedule's lead, grace or time to object is: "24h", at most
 * 31 days; *out stays where it fails. Fails: USAGE. */
FALLIBLE bool schedule_read_span(const char *text, int64_t *out,
                                 struct err *err);

/* Whether editors have a say in its issues. */
bool schedule_asks_editors(const struct schedule *schedule);

/* Whether a schedule may be kept: its exceptions are dates, there is time to
 * object, and somebody who can, since silence can't mean yes where nobody is
 * asked. `editors` are as schedule_editors gives them. Fails: USAGE. */
FALLIBLE bool schedule_check(const struct schedule *schedule,
                             const char *editors, struct err *err);

/* Checks a schedule and writes it, and the editors from "a@b, c@d" before;
 * NULL keeps them. In the caller's transaction, which it ends without a commit
 * where this fails. Fails: USAGE, STORE. */
FALLIBLE bool schedule_change(struct db *db, const struct schedule *schedule,
                              const char *addresses, struct arena *arena,
                              struct err *err);

/* ---- rules (schedule_words.c, schedule_rule.c) ---- */

/* Reads "friday 07:00", "first monday 09:00", "month 1 08:00", "2 weeks
 * tuesday 12:00" and the like, or a rule of RFC 5545, into every, rule and
 * begins; in the arena. `zone` has to be set. Fails: USAGE, with what could
 * have been meant. */
FALLIBLE bool schedule_read(const char *text, int64_t now, struct arena *arena,
                            struct schedule *out, struct err *err);

/* The wording as a rule. Fails: as schedule_read. For its tests. */
FALLIBLE bool schedule_words(const char *text, struct strbuf *rule,
                             struct err *err);

/* The first times later than `after`, without the exceptions, `most` of them
 * unless the rule ends before. */
FALLIBLE bool schedule_times(const struct schedule *schedule, int64_t after,
                             size_t most, int64_t *out, size_t *count,
                             struct err *err);

/* Appends the times as a calendar (RFC 5545), one event each. */
void schedule_ics(const char *title, const char *slug, const int64_t *times,
                  size_t count, int64_t now, struct strbuf *out);

/* "auto", "approve", "object:4h". Fails: USAGE. */
FALLIBLE bool schedule_parse_policy(const char *text, struct schedule *out,
                                    struct err *err);
/* Appends it as it is given: "object:4h". */
void schedule_policy_text(const struct schedule *schedule, struct strbuf *out);

/* ---- in the database (schedule_store.c) ---- */

/* A newsletter without one gets the defaults, with every "". */
FALLIBLE bool schedule_get(struct db *db, int64_t newsletter_id,
                           struct arena *arena, struct schedule *out,
                           struct err *err);
/* Writes all of it, unchecked; every "" ends it. */
FALLIBLE bool schedule_set(struct db *db, const struct schedule *schedule,
                           struct err *err);

/* Schedules that something has to be done for at `now`, or with now INT64_MAX
 * all that are on. */
struct schedule_list {
    struct schedule *items; /* in the arena */
    size_t count;
};
FALLIBLE bool schedule_due(struct db *db, int64_t now, struct arena *arena,
                           struct schedule_list *out, struct err *err);
/* Lets a schedule rest: until then there is nothing to do for it. */
FALLIBLE bool schedule_rest(struct db *db, const struct schedule *schedule,
                            int64_t until, struct err *err);

/* The editors' addresses, one a line; "" is none. */
FALLIBLE bool schedule_editors(struct db *db, int64_t newsletter_id,
                               struct arena *arena, const char **out,
                               struct err *err);
/* Sets the editors from "a@b, c@d" or ""; checked. Fails: USAGE, STORE. */
FALLIBLE bool schedule_set_editors(struct db *db, int64_t newsletter_id,
                                   const char *addresses, struct err *err);

/* All schedules are looked at again: after a clock was set back to `now`, and
 * (begin_from) for no time before `now`. Fails: STORE. */
FALLIBLE bool schedule_set_back(struct db *db, int64_t now, struct err *err);
FALLIBLE bool schedule_begin_from(struct db *db, int64_t now, struct err *err);

#endif
