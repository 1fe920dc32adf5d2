/* The first page: what goes out next, what is being sent, what was. */
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/issues/acts.h"
#include "digest/issues/stats.h"
#include "digest/scheduler/occurrence.h"
#include "digest/scheduler/scheduler.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/today_visit.h"

enum { PAST_SHOWN = 5, COMING_SHOWN = 8 };

/* The board: issues on their way, next and past. */
struct board {
    struct value *sending, *next, *past;
    size_t past_count, next_count;
};

static bool figures(struct visit *visit, const struct issue *issue,
                    struct value *item, struct err *err)
{
    struct stats_issue losses;
    if (!issue_visit_counts(visit, issue, item, err) ||
        !stats_losses(visit->db, issue->id, &losses, err))
        return false;
    value_set_text(item, "unsubscribed",
                   visit_number(visit, losses.unsubscribed));
    return true;
}

static bool put(struct visit *visit, const struct issue *issue,
                struct board *board, struct err *err)
{
    struct newsletter n;
    bool is_open =
        issue->state == ISSUE_SENDING || issue->state == ISSUE_PAUSED;
    bool is_next = issue_may(issue, ACT_START);
    bool is_past = issue->state == ISSUE_SENT && board->past_count < PAST_SHOWN;
    if (!is_open && !is_next && !is_past)
        return true;
    if (!newsletter_get_by_id(visit->db, issue->newsletter_id, visit->arena, &n,
                              err))
        return false;
    struct value *item = issue_visit_value(visit, issue, n.timezone);
    value_set_text(item, "newsletter", n.title);
    if (is_next ? !issue_visit_plan(visit, issue, &n, item, err)
                : !figures(visit, issue, item, err))
        return false;
    if (issue->state == ISSUE_SENDING)
        value_set(item, "rests",
                  visit_time(visit, issue->retry_at, n.timezone));
    board->past_count += is_past;
    board->next_count += is_next;
    value_append(is_open   ? board->sending
                 : is_next ? board->next
                           : board->past,
                 item);
    return true;
}

/* The earliest first; what has no time comes last. */
static int by_time(const void *a, const void *b)
{
    const struct issue *x = a, *y = b;
    int64_t at = x->state == ISSUE_SCHEDULED ? x->scheduled_at : INT64_MAX;
    int64_t bt = y->state == ISSUE_SCHEDULED ? y->scheduled_at : INT64_MAX;
    return (at > bt) - (at < bt);
}

/* Puts all issues on the board: first those sent or on their way as they came,
 * then the next ones by their time. */
static bool put_all(struct visit *visit, struct board *board, struct err *err)
{
    struct issue_list list;
    if (!issue_find(visit->db, 0, visit->arena, &list, err))
        return false;
    struct issue *next =
        ARENA_NEW_ARRAY(visit->arena, struct issue, list.count);
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        const struct issue *issue = &list.items[i];
        if (issue_may(issue, ACT_START))
            next[count++] = *issue;
        else if (!put(visit, issue, board, err))
            return false;
    }
    qsort(next, count, sizeof *next, by_time);
    for (size_t i = 0; i < count; i++)
        if (!put(visit, &next[i], board, err))
            return false;
    return true;
}

/* Issues that a schedule will make. */
static bool add_planned(struct visit *visit, struct value *data,
                        struct err *err)
{
    struct schedule_list all;
    struct value *list = value_list(visit->arena);
    size_t count = 0;
    if (!schedule_due(visit->db, INT64_MAX, visit->arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        const struct schedule *s = &all.items[i];
        struct occurrence_next next;
        struct newsletter n;
        if (!occurrence_look(visit->db, s, visit->now, &next, err) ||
            !newsletter_get_by_id(visit->db, s->newsletter_id, visit->arena, &n,
                                  err))
            return false;
        if (next.step != STEP_MAKE && next.step != STEP_RETRY)
            continue;
        struct value *item = value_object(visit->arena);
        value_set_text(item, "newsletter", n.title);
        value_set(item, "due", visit_time(visit, next.due_at, s->zone));
        value_set(item, "drafted", visit_time(visit, next.at, s->zone));
        value_set_bool(item, "is_short", next.step == STEP_RETRY);
        value_append(list, item);
        count++;
    }
    value_set(data, "planned", list);
    value_set_bool(data, "has_planned", count > 0);
    return true;
}

/* Adds what `digest run` will do, in words. */
static bool add_coming(struct visit *visit, struct value *data, struct err *err)
{
    OWNED(scheduler_steps_free) struct scheduler_steps steps = {0};
    struct value *list = value_list(visit->arena);
    struct scheduler scheduler = {.conductor = web_conductor(visit->web)};
    struct err why = {0};
    if (!scheduler_explain(&scheduler, &steps, &why)) {
        value_set_text(data, "halted", why.text);
        return why.kind == ERR_CONFLICT || (*err = why, false);
    }
    for (size_t i = 0; i < steps.count && i < COMING_SHOWN; i++) {
        const struct scheduler_step *step = &steps.items[i];
        struct value *item = value_object(visit->arena);
        value_set_text(item, "text", step->text);
        value_set(item, "at",
                  visit_time(visit, step->at, step->zone ? step->zone : "UTC"));
        value_append(list, item);
    }
    value_set(data, "coming", list);
    value_set_bool(data, "has_coming", steps.count > 0);
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
    value_set_text(data, "active", visit_number(visit, week->active));
    value_set_text(data, "joined", visit_number(visit, week->joined));
    value_set_text(data, "left",
                   visit_number(visit, week->unsubscribed + week->bounced +
                                           week->complained));
    return true;
}

bool today_page(struct visit *visit, struct err *err)
{
    struct value *data;
    struct board board = {.sending = value_list(visit->arena),
                          .next = value_list(visit->arena),
                          .past = value_list(visit->arena)};
    if (!visit_data(visit, "today", &data, err) ||
        !put_all(visit, &board, err) || !add_planned(visit, data, err) ||
        !add_coming(visit, data, err) ||
        !today_visit_troubles(visit, data, err) ||
        !today_visit_begin(visit, data, err) || !add_growth(visit, data, err))
        return false;
    value_set(data, "next", board.next);
    value_set_bool(data, "has_next", board.next_count > 0);
    value_set(data, "sending", board.sending);
    value_set(data, "past", board.past);
    value_set_bool(data, "has_past", board.past_count > 0);
    return visit_show(visit, "today", data, 200, err);
}
