#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/ledger/ledger.h"
#include "digest/web/desk/pages.h"

enum { PAST_SHOWN = 5 };

static struct value *issue_value(struct visit *visit, const struct issue *issue)
{
    struct arena *arena = visit->arena;
    struct value *item = value_object(arena);
    value_set(
        item, "name",
        value_text(arena, arena_format(arena, "%s/%" PRId64, issue->newsletter,
                                       issue->number)));
    value_set(item, "subject", value_text(arena, issue->subject));
    value_set(item, "state", value_text(arena, issue_state_name(issue->state)));
    return item;
}

static bool add_counts(struct visit *visit, const struct issue *issue,
                       struct value *item, struct err *err)
{
    struct ledger_counts counts;
    if (!ledger_count(visit->db, issue->id, &counts, err))
        return false;
    int64_t waiting = counts.states[DELIVERY_QUEUED] +
                      counts.states[DELIVERY_SENDING] +
                      counts.states[DELIVERY_DEFERRED];
    value_set(item, "recipients_plain",
              value_number(visit->arena, counts.recipients));
    value_set(item, "done_plain",
              value_number(visit->arena, counts.recipients - waiting));
    value_set(item, "recipients", visit_number_value(visit, counts.recipients));
    value_set(item, "sent",
              visit_number_value(visit, counts.states[DELIVERY_SENT]));
    value_set(item, "failed",
              visit_number_value(visit, counts.states[DELIVERY_FAILED]));
    value_set(item, "has_failed",
              value_bool(visit->arena, counts.states[DELIVERY_FAILED] > 0));
    value_set(item, "waiting", visit_number_value(visit, waiting));
    return true;
}

bool today_page(struct visit *visit, struct err *err)
{
    struct value *data, *next = value_list(visit->arena),
                        *sending = value_list(visit->arena),
                        *past = value_list(visit->arena);
    struct issue_list list;
    size_t shown = 0;
    if (!visit_data(visit, "today", &data, err) ||
        !issue_find(visit->db, 0, visit->arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        const struct issue *issue = &list.items[i];
        struct value *item = issue_value(visit, issue);
        bool is_open =
            issue->state == ISSUE_SENDING || issue->state == ISSUE_PAUSED;
        bool is_past = issue->state == ISSUE_SENT && shown < PAST_SHOWN;
        if ((is_open || is_past) && !add_counts(visit, issue, item, err))
            return false;
        shown += is_past;
        value_set(item, "at",
                  visit_time(visit,
                             is_past ? issue->finished_at : issue->scheduled_at,
                             "UTC"));
        if (is_open)
            value_append(sending, item);
        else if (is_past)
            value_append(past, item);
        else if (issue->state == ISSUE_DRAFT || issue->state == ISSUE_SCHEDULED)
            value_append(next, item);
    }
    value_set(data, "next", next);
    value_set(data, "sending", sending);
    value_set(data, "past", past);
    value_set(data, "has_past", value_bool(visit->arena, shown > 0));
    return visit_show(visit, "today", data, 200, err);
}
