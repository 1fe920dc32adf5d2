#include "digest/base/mem.h"
#include "digest/issues/crank.h"
#include "digest/issues/job.h"
#include "digest/issues/stats.h"
#include "digest/store/upkeep.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"

enum { PAST_SHOWN = 5, COMING_SHOWN = 8, CRON_LATE_S = 3600 };

/* What the page has: what is on its way, what comes, what was. */
struct board {
    struct value *sending, *next, *past;
    size_t past_count;
};

static bool put(struct visit *visit, const struct issue *issue,
                struct board *board, struct err *err)
{
    struct newsletter n;
    bool is_open =
        issue->state == ISSUE_SENDING || issue->state == ISSUE_PAUSED;
    bool is_next =
        issue->state == ISSUE_DRAFT || issue->state == ISSUE_SCHEDULED;
    bool is_past = issue->state == ISSUE_SENT && board->past_count < PAST_SHOWN;
    if (!is_open && !is_next && !is_past)
        return true;
    if (!newsletter_get_by_id(visit->db, issue->newsletter_id, visit->arena, &n,
                              err))
        return false;
    struct value *item = issue_visit_value(visit, issue, n.timezone);
    if (!is_next && !issue_visit_counts(visit, issue, item, err))
        return false;
    board->past_count += is_past;
    value_append(is_open   ? board->sending
                 : is_next ? board->next
                           : board->past,
                 item);
    return true;
}

/* What `digest run` will do, in words. */
static bool add_coming(struct visit *visit, struct value *data, struct err *err)
{
    OWNED(crank_steps_free) struct crank_steps steps = {0};
    struct value *list = value_list(visit->arena);
    struct crank crank = {.conductor = web_conductor(visit->web)};
    struct err why = {0};
    if (!crank_explain(&crank, &steps, &why)) {
        value_set(data, "halted", value_text(visit->arena, why.text));
        return why.kind == ERR_CONFLICT || (*err = why, false);
    }
    for (size_t i = 0; i < steps.count && i < COMING_SHOWN; i++) {
        const struct crank_step *step = &steps.items[i];
        struct value *item = value_object(visit->arena);
        value_set(item, "text", value_text(visit->arena, step->text));
        value_set(item, "at",
                  visit_time(visit, step->at, step->zone ? step->zone : "UTC"));
        value_append(list, item);
    }
    value_set(data, "coming", list);
    value_set(data, "has_coming", value_bool(visit->arena, steps.count > 0));
    return true;
}

/* What keeps failing, and its remedy. */
static bool add_troubles(struct visit *visit, struct value *data,
                         struct err *err)
{
    struct value *list = value_list(visit->arena);
    struct job_list jobs;
    struct upkeep last;
    bool any = false;
    if (!job_find(visit->db, visit->arena, &jobs, err) ||
        !upkeep_last(visit->db, UPKEEP_RUN, visit->arena, &last, err))
        return false;
    for (size_t i = 0; i < jobs.count; i++) {
        const struct job *job = &jobs.items[i];
        struct value *item = value_object(visit->arena);
        if (!job->failing_since)
            continue;
        value_set(item, "name", value_text(visit->arena, job->name));
        value_set(item, "error", value_text(visit->arena, job->error));
        value_set(item, "since", visit_time(visit, job->failing_since, "UTC"));
        value_append(list, item);
        any = true;
    }
    value_set(data, "troubles", list);
    value_set(data, "has_troubles", value_bool(visit->arena, any));
    bool is_late = visit->now - last.at > CRON_LATE_S;
    value_set(data, "cron_is_late", value_bool(visit->arena, is_late));
    value_set(data, "cron", visit_time(visit, last.at, "UTC"));
    return true;
}

static bool add_growth(struct visit *visit, struct value *data, struct err *err)
{
    struct stats_weeks weeks;
    if (!stats_weeks(visit->db, 0, visit->now, visit->now, visit->arena, &weeks,
                     err))
        return false;
    if (!weeks.count)
        return true;
    const struct stats_week *week = &weeks.items[weeks.count - 1];
    value_set(data, "active", visit_number_value(visit, week->active));
    value_set(data, "joined", visit_number_value(visit, week->joined));
    value_set(data, "left",
              visit_number_value(visit, week->unsubscribed + week->bounced +
                                            week->complained));
    return true;
}

bool today_page(struct visit *visit, struct err *err)
{
    struct value *data;
    struct issue_list list;
    struct board board = {value_list(visit->arena), value_list(visit->arena),
                          value_list(visit->arena), 0};
    if (!visit_data(visit, "today", &data, err) ||
        !issue_find(visit->db, 0, visit->arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (!put(visit, &list.items[i], &board, err))
            return false;
    if (!add_coming(visit, data, err) || !add_troubles(visit, data, err) ||
        !add_growth(visit, data, err))
        return false;
    value_set(data, "next", board.next);
    value_set(data, "sending", board.sending);
    value_set(data, "past", board.past);
    value_set(data, "has_past", value_bool(visit->arena, board.past_count > 0));
    return visit_show(visit, "today", data, 200, err);
}
