/* The jobs that start issues and send them. */
#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/delivery/retry.h"
#include "digest/delivery/ways.h"
#include "digest/issues/acts.h"
#include "digest/issues/issue_due.h"
#include "digest/ledger/ledger.h"
#include "digest/scheduler/editor_mail_internal.h"
#include "digest/scheduler/plan.h"
#include "digest/scheduler/scheduler_internal.h"

/* A scheduled issue, with what decides over it. */
struct candidate {
    struct issue issue;
    struct newsletter newsletter;
    struct plan plan;
    const char *when; /* it is due, in words */
};

static bool load(const struct scheduler *scheduler, int64_t issue_id,
                 struct arena *arena, struct candidate *out, struct err *err)
{
    struct db *db = scheduler->conductor.db;
    OWNED(strbuf_free) struct strbuf when = STRBUF_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    out->plan = (struct plan){0};
    if (!tx_begin(&tx, db, TX_READ, err) ||
        !issue_get_by_id(db, issue_id, arena, &out->issue, err) ||
        !newsletter_get_by_id(db, out->issue.newsletter_id, arena,
                              &out->newsletter, err) ||
        (out->issue.state == ISSUE_SCHEDULED &&
         !plan_get(db, issue_id, &out->plan, err)))
        return false;
    zone_date_time(out->newsletter.timezone, out->plan.due_at, &when);
    out->when = arena_copy_str(arena, strbuf_str(&when));
    return true;
}

static bool waits_for_approval(const struct candidate *c)
{
    return c->plan.needs_approval && !c->plan.approved_at;
}

/* ---- starting ------------------------------------------------------ */

static bool tell(const struct scheduler *scheduler, const struct candidate *c,
                 const char *what, const char *headline, const char *line,
                 struct err *err)
{
    OWNED(mem_free)
    char *dedupe = mem_format("%s issue %" PRId64 " %" PRId64, what,
                              c->issue.id, c->plan.due_at);
    struct editor_report report = {headline, &line, 1, dedupe};
    return editor_mail_tell(&scheduler->conductor, &c->newsletter, &report,
                            err);
}

static bool miss(const struct scheduler *scheduler, const struct candidate *c,
                 int64_t now, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct db *db = scheduler->conductor.db;
    const char *headline = arena_format(
        &arena, "%s/%" PRId64 ", due %s, was missed and will not go out.",
        c->issue.newsletter, c->issue.number, c->when);
    const char *line =
        waits_for_approval(c)
            ? "Nobody approved it in time; what is in it is in the next issue."
            : "It could not be started in time; what is in it is in the next "
              "issue.";
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !issue_act(db, &c->issue, ACT_MISS, now, err) ||
        !tell(scheduler, c, "missed", headline, line, err) ||
        !tx_commit(&tx, err))
        return false;
    scheduler_say(scheduler, "%s: %s", c->issue.newsletter, headline);
    return true;
}

/* Reminds the editors once, when its time has come. */
static bool remind(const struct scheduler *scheduler, struct candidate *c,
                   int64_t now, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf until = STRBUF_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (c->plan.asked_at)
        return true;
    zone_date_time(c->newsletter.timezone, c->plan.until, &until);
    const char *headline =
        arena_format(&arena, "%s/%" PRId64 " is due, and waits for approval.",
                     c->issue.newsletter, c->issue.number);
    const char *line = arena_format(
        &arena,
        "It goes out once one of you says `digest issue approve %s/%" PRId64
        "`; not approved by %s, it does not go out at all.",
        c->issue.newsletter, c->issue.number, strbuf_text(&until));
    c->plan.asked_at = now;
    return tx_begin(&tx, scheduler->conductor.db, TX_DURABLE, err) &&
           plan_put(scheduler->conductor.db, &c->plan, ISSUE_SCHEDULED,
                    c->issue.scheduled_at, err) &&
           tell(scheduler, c, "remind", headline, line, err) &&
           tx_commit(&tx, err);
}

static bool start(const struct scheduler *scheduler, const struct candidate *c,
                  struct err *err)
{
    OWNED(start_report_free) struct start_report report = {0};
    struct conductor conductor = scheduler->conductor;
    conductor.anyway = c->plan.anyway;
    if (!conductor_start(&conductor, &c->issue, false, &report, err))
        return false;
    scheduler_say(scheduler, "%s/%" PRId64 ": started, to %" PRId64 " %s.",
                  c->issue.newsletter, c->issue.number, report.recipients,
                  report.recipients == 1 ? "subscriber" : "subscribers");
    return true;
}

/* *out: whether somebody has taken its time off, moved, deleted or started it
 * since it was looked at. */
static bool has_changed(const struct scheduler *scheduler,
                        const struct issue *issue, bool *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue now;
    if (!issue_get_by_id(scheduler->conductor.db, issue->id, &arena, &now, err))
        return false;
    *out = now.state != issue->state || now.scheduled_at != issue->scheduled_at;
    return true;
}

static bool start_one(const struct scheduler *scheduler, int64_t issue_id,
                      int64_t now, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct candidate c;
    bool changed = false;
    if (!load(scheduler, issue_id, &arena, &c, err))
        return false;
    if (c.issue.state != ISSUE_SCHEDULED || c.issue.scheduled_at > now)
        return true;
    bool good = now > c.plan.until       ? miss(scheduler, &c, now, err)
                : waits_for_approval(&c) ? remind(scheduler, &c, now, err)
                                         : start(scheduler, &c, err);
    if (good || err->kind != ERR_CONFLICT)
        return good;
    /* An editor's act in this moment is no failure. */
    struct err why = *err;
    if (!has_changed(scheduler, &c.issue, &changed, err))
        return false;
    *err = changed ? (struct err){0} : why;
    return changed;
}

bool scheduler_start_due(const struct scheduler *scheduler, int64_t now,
                         bool *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue_ids due;
    if (!issue_find_due(scheduler->conductor.db, now, &arena, &due, err))
        return false;
    *out = due.count > 0;
    return true;
}

/* Starts the issues that are due; one that can't be started stops no other. */
bool scheduler_start(const struct scheduler *scheduler, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue_ids due;
    struct err first = {0};
    int64_t now = scheduler_now(scheduler);
    if (!issue_find_due(scheduler->conductor.db, now, &arena, &due, err))
        return false;
    for (size_t i = 0; i < due.count; i++) {
        struct err one = {0};
        if (!start_one(scheduler, due.items[i], now, &one) && !first.kind)
            first = one;
    }
    *err = first;
    return !first.kind;
}

bool scheduler_start_explain(const struct scheduler *scheduler, int64_t now,
                             struct scheduler_steps *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue_ids all;
    if (!issue_find_due(scheduler->conductor.db, INT64_MAX, &arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        struct candidate c;
        if (!load(scheduler, all.items[i], &arena, &c, err))
            return false;
        if (c.issue.state != ISSUE_SCHEDULED)
            continue;
        const char *zone = c.newsletter.timezone;
        int64_t at = c.issue.scheduled_at;
        if (now > c.plan.until)
            scheduler_add_step(out, now, now, zone,
                               "%s/%" PRId64 " is marked as missed (due %s)",
                               c.issue.newsletter, c.issue.number, c.when);
        else if (waits_for_approval(&c) && at > now)
            scheduler_add_step(out, at, now, zone,
                               "%s/%" PRId64
                               " goes out, if it is approved by then",
                               c.issue.newsletter, c.issue.number);
        else if (waits_for_approval(&c))
            scheduler_add_step(out, c.plan.until, now, zone,
                               "%s/%" PRId64
                               " is marked as missed, unless it is "
                               "approved before",
                               c.issue.newsletter, c.issue.number);
        else
            scheduler_add_step(out, at, now, zone, "%s/%" PRId64 " goes out",
                               c.issue.newsletter, c.issue.number);
    }
    return true;
}

/* ---- sending ------------------------------------------------------- */

/* *at: when something is to be done; 0: now. */
static bool look(const struct scheduler *scheduler, const struct issue *issue,
                 int64_t now, bool *due, int64_t *at, struct err *err)
{
    *at = issue->retry_at;
    *due = false;
    if (issue->state != ISSUE_SENDING ||
        !clock_is_due(issue->retry_at, RETRY_SPAN_S, now))
        return true;
    return ledger_due(scheduler->conductor.db, issue->id, now, RETRY_SPAN_S,
                      due, at, err);
}

bool scheduler_send_due(const struct scheduler *scheduler, int64_t now,
                        bool *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue_ids all;
    *out = false;
    if (!issue_find_sending(scheduler->conductor.db, &arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count && !*out; i++) {
        struct issue issue;
        int64_t at;
        if (!issue_get_by_id(scheduler->conductor.db, all.items[i], &arena,
                             &issue, err) ||
            !look(scheduler, &issue, now, out, &at, err))
            return false;
    }
    return true;
}

/* Goes on with an issue. Another process at the same issue is no failure. */
static bool carry_on(const struct scheduler *scheduler,
                     const struct issue *issue, struct err *err)
{
    struct send_watch watch = {.stop = scheduler_watch(scheduler)};
    struct send_report r;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const char *words =
        ways_words(ways_of(scheduler->conductor.conf, &arena), &arena);
    bool good = conductor_send(&scheduler->conductor, issue, &watch, &r, err);
    if (r.sent || r.failed || r.skipped)
        scheduler_say(
            scheduler,
            "%s/%" PRId64 ": sent %" PRId64 "%s%s%s, failed %" PRId64
            ", skipped %" PRId64 "; %" PRId64 " of %" PRId64 " have it%s.",
            issue->newsletter, issue->number, r.sent, words ? " (" : "",
            words ? words : "", words ? ")" : "", r.failed, r.skipped,
            r.counts.states[DELIVERY_SENT], r.counts.recipients,
            r.finished ? ", and it is done" : "");
    return good || (err->kind == ERR_TEMPORARY && !r.counts.recipients);
}

static bool send_one(const struct scheduler *scheduler, int64_t issue_id,
                     struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue issue;
    bool due;
    int64_t at;
    return issue_get_by_id(scheduler->conductor.db, issue_id, &arena, &issue,
                           err) &&
           look(scheduler, &issue, scheduler_now(scheduler), &due, &at, err) &&
           (!due || carry_on(scheduler, &issue, err));
}

bool scheduler_send(const struct scheduler *scheduler, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue_ids all;
    struct err first = {0};
    const volatile int *stop = scheduler_watch(scheduler);
    if (!issue_find_sending(scheduler->conductor.db, &arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count && !(stop && *stop); i++) {
        struct err one = {0};
        if (!send_one(scheduler, all.items[i], &one) && !first.kind)
            first = one;
    }
    *err = first;
    return !first.kind;
}

bool scheduler_send_explain(const struct scheduler *scheduler, int64_t now,
                            struct scheduler_steps *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue_ids all;
    struct db *db = scheduler->conductor.db;
    if (!issue_find_sending(db, &arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        struct issue issue;
        struct newsletter n;
        bool due;
        int64_t at;
        if (!issue_get_by_id(db, all.items[i], &arena, &issue, err) ||
            !newsletter_get_by_id(db, issue.newsletter_id, &arena, &n, err) ||
            !look(scheduler, &issue, now, &due, &at, err))
            return false;
        scheduler_add_step(out, due ? now : at, now, n.timezone,
                           "%s/%" PRId64
                           " is sent on to those who have not got it",
                           issue.newsletter, issue.number);
    }
    return true;
}
