/* Serves the list of who did not get an issue, and why; tries again with those
 * that failed. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/delivery/conductor.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"

enum { PAGE = 100 };

static const enum delivery_state states[] = {DELIVERY_FAILED, DELIVERY_DEFERRED,
                                             DELIVERY_SKIPPED};

static enum delivery_state read_state(const struct visit *visit)
{
    const char *name = visit_query(visit, "state");
    for (size_t i = 0; i < ARRAY_SIZE(states); i++)
        if (strcmp(delivery_state_name(states[i]), name) == 0)
            return states[i];
    return DELIVERY_FAILED;
}

static struct value *row_value(struct visit *visit,
                               const struct ledger_row *row, const char *zone)
{
    struct arena *arena = visit->arena;
    struct value *item = value_object(arena);
    const char *reply =
        row->code ? arena_format(arena, "%d %s%s%s", row->code, row->status,
                                 *row->status ? " " : "", row->reply)
                  : row->reply;
    value_set_number(item, "id", row->subscriber_id);
    value_set_text(item, "email", row->email);
    value_set_text(item, "reply", reply);
    value_set_text(item, "attempts", visit_number(visit, row->attempts));
    value_set(item, "at", visit_time(visit, row->changed_at, zone));
    if (row->state == DELIVERY_DEFERRED)
        value_set(item, "next", visit_time(visit, row->next_at, zone));
    return item;
}

static void add_states(struct visit *visit, enum delivery_state chosen,
                       struct value *data)
{
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
        struct value *item = value_object(visit->arena);
        value_set_text(item, "name", delivery_state_name(states[i]));
        value_set_bool(item, "is_chosen", states[i] == chosen);
        value_append(list, item);
    }
    value_set(data, "states", list);
    value_set_text(data, "state", delivery_state_name(chosen));
}

bool issue_missed(struct visit *visit, struct err *err)
{
    struct value *data, *list = value_list(visit->arena);
    struct issue issue;
    struct newsletter n;
    struct ledger_rows rows;
    enum delivery_state state = read_state(visit);
    int64_t after = visit_query_number(visit, "after", 0);
    if (!issue_visit_get(visit, &issue, &n, err) ||
        !ledger_failures_page(visit->db, issue.id, state, after, PAGE + 1,
                              visit->arena, &rows, err) ||
        !visit_data(visit, "issues", &data, err))
        return false;
    for (size_t i = 0; i < rows.count && i < PAGE; i++)
        value_append(list, row_value(visit, &rows.items[i], n.timezone));
    struct value *item = issue_visit_value(visit, &issue, n.timezone);
    if (!issue_visit_counts(visit, &issue, item, err))
        return false;
    add_states(visit, state, data);
    value_set(data, "issue", item);
    value_set(data, "rows", list);
    value_set_bool(data, "has_rows", rows.count > 0);
    if (rows.count > PAGE)
        value_set_number(data, "after", rows.items[PAGE - 1].subscriber_id);
    return visit_show(visit, "issue_missed", data, 200, err);
}

bool issue_retry_post(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    int64_t count = 0;
    struct conductor conductor = web_conductor(visit->web);
    if (!issue_visit_get(visit, &issue, &n, err) ||
        !conductor_retry(&conductor, &issue, &count, err))
        return false;
    const char *name = issue_visit_name(visit, &issue);
    const char *people = visit_count(visit, count, "person", "people");
    return visit_note(visit, "tried again", name, people, err) &&
           visit_go_saying(visit, issue_visit_path(visit, &issue), err,
                           "%s goes to %s again, within a minute.", name,
                           people);
}
