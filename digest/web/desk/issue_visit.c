/* Finds the issue that a path names, for all its pages. */
#include "digest/web/desk/issue_visit.h"

#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/delivery/ways.h"
#include "digest/web/desk/tally.h"

bool issue_visit_get(struct visit *visit, struct issue *issue,
                     struct newsletter *newsletter, struct err *err)
{
    const char *name = arena_format(visit->arena, "%s/%s", visit->captures[0],
                                    visit->captures[1]);
    struct err why = {0};
    if (!issue_get(visit->db, name, false, visit->arena, issue, &why)) {
        *err = why;
        if (why.kind == ERR_USAGE)
            err->kind = ERR_NOT_FOUND;
        return false;
    }
    return newsletter_get_by_id(visit->db, issue->newsletter_id, visit->arena,
                                newsletter, err);
}

/* 0 would be whatever it is now. */
bool issue_visit_seen(const struct visit *visit, int64_t *out, struct err *err)
{
    if (!visit_field_number(visit, "version", out, err))
        return false;
    if (*out == visit->texts_from && visit->texts_to)
        *out = visit->texts_to;
    return *out > 0 || err_set(err, ERR_INPUT,
                               "this form says nothing of what it was made "
                               "from; open the page again");
}

const char *issue_visit_name(const struct visit *visit,
                             const struct issue *issue)
{
    return arena_format(visit->arena, "%s/%" PRId64, issue->newsletter,
                        issue->number);
}

const char *issue_visit_path(const struct visit *visit,
                             const struct issue *issue)
{
    return arena_format(visit->arena, "issues/%s",
                        issue_visit_name(visit, issue));
}

struct value *issue_visit_value(struct visit *visit, const struct issue *issue,
                                const char *timezone)
{
    struct arena *arena = visit->arena;
    struct value *item = value_object(arena);
    const char *state = issue_state_name(issue->state);
    value_set_text(item, "name", issue_visit_name(visit, issue));
    value_set_text(item, "subject", issue->subject);
    value_set_number(item, "version", issue->version);
    value_set_text(item, "state", state);
    value_set_bool(item, arena_format(arena, "is_%s", state), true);
    value_set(item, "scheduled",
              visit_time(visit, issue->scheduled_at, timezone));
    value_set(item, "started", visit_time(visit, issue->started_at, timezone));
    value_set(item, "finished",
              visit_time(visit, issue->finished_at, timezone));
    value_set(item, "drafted", visit_time(visit, issue->drafted_at, timezone));
    value_set_text(item, "written", ways_words(issue->ways, arena));
    return item;
}

static void set_number(struct visit *visit, struct value *item,
                       const char *name, int64_t number)
{
    struct arena *arena = visit->arena;
    value_set_text(item, name, visit_number(visit, number));
    value_set_number(item, arena_format(arena, "%s_plain", name), number);
    value_set_bool(item, arena_format(arena, "has_%s", name), number > 0);
}

bool issue_visit_counts(struct visit *visit, const struct issue *issue,
                        struct value *item, struct err *err)
{
    static const char *const names[] = {
        [DELIVERY_SENT] = "sent",
        [DELIVERY_FAILED] = "failed",
        [DELIVERY_DEFERRED] = "deferred",
        [DELIVERY_SKIPPED] = "skipped",
    };
    struct ledger_counts counts;
    if (!tally_count(visit->web->tallies, visit->db, issue->id, &counts, err))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i])
            set_number(visit, item, names[i], counts.states[i]);
    int64_t waiting = counts.states[DELIVERY_QUEUED] +
                      counts.states[DELIVERY_SENDING] +
                      counts.states[DELIVERY_DEFERRED];
    set_number(visit, item, "recipients", counts.recipients);
    set_number(visit, item, "waiting", waiting);
    value_set_bool(item, "has_missed",
                   counts.states[DELIVERY_FAILED] +
                           counts.states[DELIVERY_SKIPPED] +
                           counts.states[DELIVERY_DEFERRED] >
                       0);
    set_number(visit, item, "done", counts.recipients - waiting);
    return true;
}
