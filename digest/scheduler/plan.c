/* Plans when an issue goes out, approves it, or takes the plan back. */
#include "digest/scheduler/plan.h"

#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/delivery/issue_lint.h"
#include "digest/issues/acts.h"
#include "digest/newsletters/schedule.h"
#include "digest/notices/notices.h"

bool plan_by_hand(const struct conductor *c, const struct issue *issue,
                  int64_t at, const char *zone, struct err *err)
{
    struct db *db = c->db;
    int64_t now = c->now ? c->now : clock_now();
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf when = STRBUF_INIT;
    struct schedule schedule;
    if (!issue_check(issue, ACT_SCHEDULE, err))
        return false;
    zone_date_time(zone, at, &when);
    if (at <= now)
        return err_set(err, ERR_USAGE,
                       "%s has passed; choose a later time, or send "
                       "%s/%" PRId64 " now",
                       strbuf_text(&when), issue->newsletter, issue->number);
    if ((!c->anyway && !issue_lint_gate(c, issue, err)) ||
        !schedule_get(db, issue->newsletter_id, &arena, &schedule, err))
        return false;
    struct plan plan = {
        .issue_id = issue->id,
        .due_at = at,
        .until = at + schedule.grace_s,
        .approved_at = now,
        .anyway = c->anyway,
    };
    return plan_put(db, &plan, issue->state, at, err);
}

/* An approval that comes in the last minute leaves as much time to start as
 * any other; behind it, it would be a promise that nobody keeps. */
static bool is_in_time(const struct issue *issue, const struct plan *plan,
                       const struct schedule *schedule, int64_t now,
                       struct err *err)
{
    OWNED(strbuf_free) struct strbuf until = STRBUF_INIT;
    if (now <= plan->until)
        return true;
    zone_date_time(schedule->zone, plan->until, &until);
    return err_set(err, ERR_CONFLICT,
                   "%s/%" PRId64 ": could go out until %s, and is missed; "
                   "schedule it for another time",
                   issue->newsletter, issue->number, strbuf_text(&until));
}

bool plan_approve(const struct conductor *c, const struct issue *issue,
                  int64_t *goes_at, struct err *err)
{
    struct db *db = c->db;
    int64_t now = c->now ? c->now : clock_now();
    struct plan plan;
    struct schedule schedule;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!issue_check(issue, ACT_APPROVE, err))
        return false;
    if ((!c->anyway && !issue_lint_gate(c, issue, err)) ||
        !tx_begin(&tx, db, TX_DURABLE, err) ||
        !plan_get(db, issue->id, &plan, err) ||
        !schedule_get(db, issue->newsletter_id, &arena, &schedule, err) ||
        !is_in_time(issue, &plan, &schedule, now, err))
        return false;
    plan.anyway |= c->anyway;
    plan.approved_at = plan.approved_at ? plan.approved_at : now;
    *goes_at = plan.due_at > now ? plan.due_at : now;
    if (plan.until < *goes_at + schedule.grace_s)
        plan.until = *goes_at + schedule.grace_s;
    return plan_put(db, &plan, ISSUE_SCHEDULED, *goes_at, err) &&
           tx_commit(&tx, err);
}

/* ---- taking the time off ------------------------------------------------ */

/* Editors get no preview of, and aren't asked for, what goes nowhere. */
static bool drop_plan(struct db *db, const struct issue *issue, struct err *err)
{
    OWNED(mem_free)
    char *preview =
        mem_format("preview %s/%" PRId64, issue->newsletter, issue->number);
    OWNED(mem_free)
    char *remind = mem_format("remind issue %" PRId64, issue->id);
    return plan_remove(db, issue->id, err) &&
           notices_withdraw(db, preview, err) &&
           notices_withdraw(db, remind, err);
}

static bool hold(const struct conductor *c, const struct issue *issue,
                 struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    return tx_begin(&tx, c->db, TX_DURABLE, err) &&
           issue_hold(c->db, issue->id, issue->state, err) &&
           drop_plan(c->db, issue, err) && tx_commit(&tx, err);
}

bool plan_unschedule(const struct conductor *c, const struct issue *issue,
                     struct err *err)
{
    return issue_check(issue, ACT_UNSCHEDULE, err) && hold(c, issue, err);
}

bool plan_restore(const struct conductor *c, const struct issue *issue,
                  struct err *err)
{
    return issue_check(issue, ACT_RESTORE, err) && hold(c, issue, err);
}

bool plan_cancel(const struct conductor *c, const struct issue *issue,
                 int64_t *skipped, struct err *err)
{
    int64_t now = c->now ? c->now : clock_now();
    OWNED(tx_end) struct tx tx = TX_INIT;
    return tx_begin(&tx, c->db, TX_DURABLE, err) &&
           issue_act(c->db, issue, ACT_CANCEL, now, err) &&
           (issue->started_at || drop_plan(c->db, issue, err)) &&
           conductor_recover(c, issue->id, err) &&
           ledger_skip_waiting(c->db, issue->id, "the issue was cancelled", now,
                               skipped, err) &&
           tx_commit(&tx, err);
}
