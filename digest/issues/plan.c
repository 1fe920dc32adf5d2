#include "digest/issues/plan.h"

#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/issues/issue_lint.h"
#include "digest/issues/schedule.h"
#include "digest/issues/zone.h"

static bool fail_state(const struct issue *issue, const char *remedy,
                       struct err *err)
{
    return err_set(err, ERR_CONFLICT, "%s/%" PRId64 ": is %s; %s",
                   issue->newsletter, issue->number,
                   issue_state_words(issue->state), remedy);
}

bool plan_by_hand(const struct conductor *c, const struct issue *issue,
                  int64_t at, const char *zone, struct err *err)
{
    struct db *db = c->db;
    int64_t now = c->now ? c->now : clock_now();
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf when = STRBUF_INIT;
    struct schedule schedule;
    if (issue->state != ISSUE_DRAFT && issue->state != ISSUE_SCHEDULED)
        return fail_state(issue,
                          "only a draft or a scheduled one can be "
                          "scheduled",
                          err);
    zone_date_time(zone, at, &when);
    if (at <= now)
        return err_set(err, ERR_USAGE,
                       "--at: %s has passed; `digest issue send %s/%" PRId64
                       "` sends it now",
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
    return plan_put(db, &plan, at, err);
}

bool plan_approve(const struct conductor *c, const struct issue *issue,
                  int64_t *goes_at, struct err *err)
{
    struct db *db = c->db;
    int64_t now = c->now ? c->now : clock_now();
    struct plan plan;
    if (issue->state != ISSUE_SCHEDULED)
        return fail_state(issue, "only a scheduled one can be approved", err);
    if ((!c->anyway && !issue_lint_gate(c, issue, err)) ||
        !plan_get(db, issue->id, &plan, err))
        return false;
    plan.anyway |= c->anyway;
    plan.approved_at = plan.approved_at ? plan.approved_at : now;
    *goes_at = plan.due_at > now ? plan.due_at : now;
    return plan_put(db, &plan, *goes_at, err);
}
