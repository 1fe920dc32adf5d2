#include "digest/base/mem.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"

enum { PAST_SHOWN = 5 };

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
    value_set(data, "next", board.next);
    value_set(data, "sending", board.sending);
    value_set(data, "past", board.past);
    value_set(data, "has_past", value_bool(visit->arena, board.past_count > 0));
    return visit_show(visit, "today", data, 200, err);
}
