/* When an issue goes out: scheduling, moving, approving, now; taking its time
 * off, and bringing it back. */
#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/issues/acts.h"
#include "digest/scheduler/occurrence.h"
#include "digest/scheduler/plan.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"

/* "195 subscribers": who would get it at that time. */
static bool count_recipients(struct visit *visit, const struct issue *issue,
                             int64_t at, int64_t *count, const char **counted,
                             struct err *err)
{
    if (!conductor_recipients(visit->db, issue, at, count, err))
        return false;
    *counted = visit_count(visit, *count, "subscriber", "subscribers");
    return true;
}

static bool done(struct visit *visit, const struct issue *issue,
                 const char *what, int64_t at, const char *zone,
                 struct err *err)
{
    OWNED(strbuf_free) struct strbuf exact = STRBUF_INIT;
    int64_t count;
    const char *counted, *name = issue_visit_name(visit, issue);
    zone_date_time(zone, at, &exact);
    return count_recipients(visit, issue, at, &count, &counted, err) &&
           visit_note(visit, what, name, strbuf_text(&exact), err) &&
           visit_go_saying(visit, issue_visit_path(visit, issue), err,
                           "%s goes out to %s %s, %s.", name, counted,
                           visit_relative(visit, at), strbuf_text(&exact));
}

/* Refuses an act on the issue's page, beside what is wrong. */
static bool refuse(struct visit *visit, const struct err *why, struct err *err)
{
    bool theirs = why->kind == ERR_INPUT || why->kind == ERR_USAGE ||
                  why->kind == ERR_CONFLICT;
    *err = *why;
    return theirs &&
           issue_visit_show(visit, arena_copy(visit->arena, why->text),
                            why->kind == ERR_CONFLICT ? 409 : 422, err);
}

/* Checks that the page an editor had open shows the issue as it is: nobody
 * sends what they have not seen. */
static bool check_seen(const struct visit *visit, const struct issue *issue,
                       struct err *err)
{
    int64_t seen;
    return issue_visit_seen(visit, &seen, err) &&
           (seen == issue->version ||
            err_set(err, ERR_CONFLICT,
                    "%s has been changed since you opened this page: look at "
                    "it as it is now; nothing was done",
                    issue_visit_name(visit, issue)));
}

bool issue_schedule_post(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    struct err why = {0};
    const char *zone = "UTC", *at_text = visit_field(visit, "at");
    int64_t at = visit->now + 1;
    bool is_now = strcmp(visit_field(visit, "act"), "now") == 0;
    struct conductor conductor = web_conductor(visit->web);
    conductor.anyway = *visit_field(visit, "anyway") != '\0';
    if (!issue_visit_get(visit, &issue, &n, err))
        return false;
    zone = n.timezone;
    if (!check_seen(visit, &issue, &why) ||
        (!is_now &&
         !zone_read(at_text, n.timezone, visit->arena, &zone, &at, &why)) ||
        !plan_by_hand(&conductor, &issue, at, zone, &why))
        return refuse(visit, &why, err);
    return done(visit, &issue, "scheduled", at, zone, err);
}

bool issue_approve_post(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    struct err why = {0};
    int64_t at = 0;
    struct conductor conductor = web_conductor(visit->web);
    conductor.anyway = *visit_field(visit, "anyway") != '\0';
    if (!issue_visit_get(visit, &issue, &n, err))
        return false;
    return check_seen(visit, &issue, &why) &&
                   plan_approve(&conductor, &issue, &at, &why)
               ? done(visit, &issue, "approved", at, n.timezone, err)
               : refuse(visit, &why, err);
}

/* " The schedule goes on with a new issue in 3 days, …"; "": by hand alone. */
static bool next_by_schedule(struct visit *visit, const struct issue *issue,
                             const char **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf exact = STRBUF_INIT;
    struct schedule s;
    struct occurrence_next next;
    *out = "";
    if (!schedule_get(visit->db, issue->newsletter_id, visit->arena, &s, err))
        return false;
    if (!*s.every)
        return true;
    if (!occurrence_look(visit->db, &s, visit->now, &next, err))
        return false;
    if (next.step == STEP_NOTHING)
        return true;
    zone_date_time(s.zone, next.due_at, &exact);
    *out = arena_format(
        visit->arena, " The schedule goes on with a new issue %s, %s.",
        visit_relative(visit, next.due_at), strbuf_text(&exact));
    return true;
}

bool issue_unschedule_post(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    struct err why = {0};
    const char *next;
    struct conductor conductor = web_conductor(visit->web);
    if (!issue_visit_get(visit, &issue, &n, err))
        return false;
    if (!plan_unschedule(&conductor, &issue, &why))
        return refuse(visit, &why, err);
    const char *name = issue_visit_name(visit, &issue);
    return next_by_schedule(visit, &issue, &next, err) &&
           visit_note(visit, "unscheduled", name, "", err) &&
           visit_go_saying(visit, issue_visit_path(visit, &issue), err,
                           "Unscheduled %s; it is a draft without a time.%s",
                           name, next);
}

bool issue_restore_post(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    struct err why = {0};
    struct conductor conductor = web_conductor(visit->web);
    if (!issue_visit_get(visit, &issue, &n, err))
        return false;
    if (!plan_restore(&conductor, &issue, &why))
        return refuse(visit, &why, err);
    const char *name = issue_visit_name(visit, &issue);
    return visit_note(visit, "restored", name, "", err) &&
           visit_go_saying(visit, issue_visit_path(visit, &issue), err,
                           "Restored %s as a draft without a time.", name);
}

static const char *field_time(struct visit *visit, const char *zone, int64_t at)
{
    struct zone_time t;
    zone_local(zone, at, &t);
    return arena_format(visit->arena, "%04d-%02u-%02uT%02u:%02u", t.year,
                        t.month, t.day, t.hour, t.minute);
}

static bool get_plan(const struct visit *visit, const struct issue *issue,
                     struct plan *out, struct err *err)
{
    struct err why = {0};
    *out = (struct plan){0};
    if (plan_get(visit->db, issue->id, out, &why) || why.kind == ERR_NOT_FOUND)
        return true;
    *err = why;
    return false;
}

bool issue_visit_may_edit(const struct visit *visit, const struct issue *issue,
                          bool *may, struct err *err)
{
    struct plan plan;
    if (!get_plan(visit, issue, &plan, err))
        return false;
    *may = issue->state == ISSUE_DRAFT ||
           (issue->state == ISSUE_SCHEDULED &&
            (!plan.approved_at || visit_may(visit, ROLE_EDITOR)));
    return true;
}

bool issue_visit_plan(struct visit *visit, const struct issue *issue,
                      const struct newsletter *n, struct value *data,
                      struct err *err)
{
    enum { SOON_S = 24 * 3600 };
    struct plan plan;
    int64_t at =
        issue->scheduled_at ? issue->scheduled_at : visit->now + SOON_S;
    value_set_text(data, "at_typed",
                   form_get(visit->form, "at").ptr
                       ? visit_field(visit, "at")
                       : field_time(visit, n->timezone, at));
    value_set_text(data, "at_first",
                   field_time(visit, n->timezone, visit->now));
    bool is_open = issue_may(issue, ACT_START);
    int64_t count = 0;
    const char *counted = "";
    if (!get_plan(visit, issue, &plan, err) ||
        (is_open &&
         !count_recipients(visit, issue, visit->now, &count, &counted, err)))
        return false;
    value_set_text(data, "recipients", visit_number(visit, count));
    value_set_text(data, "recipients_counted", counted);
    value_set_bool(data, "waits_for_approval",
                   issue->state == ISSUE_SCHEDULED && plan.needs_approval &&
                       !plan.approved_at);
    return true;
}
