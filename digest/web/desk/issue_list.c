/* Serves the list of issues, and drafts new ones. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/issues/draft.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"

enum { SHOWN_EACH = 12, SHOWN_ALL = 300 };

/* The newest of one newsletter, with the button that drafts the next. */
static bool add_newsletter(struct visit *visit, const struct newsletter *n,
                           struct value *list, struct err *err)
{
    struct issue_list issues;
    struct value *items = value_list(visit->arena);
    struct value *group = value_object(visit->arena);
    bool has_draft = false;
    int64_t most =
        visit_query_number(visit, "all", 0) == n->id ? SHOWN_ALL : SHOWN_EACH;
    if (!issue_find(visit->db, n->id, visit->arena, &issues, err))
        return false;
    for (size_t i = 0; i < issues.count; i++) {
        has_draft |= issues.items[i].state == ISSUE_DRAFT &&
                     !issues.items[i].correction_id;
        if ((int64_t)i < most)
            value_append(
                items, issue_visit_value(visit, &issues.items[i], n->timezone));
    }
    value_set_number(group, "id", n->id);
    value_set_text(group, "slug", n->slug);
    value_set_text(group, "title", n->title);
    value_set(group, "issues", items);
    value_set_bool(group, "has_issues", issues.count > 0);
    value_set_bool(group, "has_draft", has_draft);
    if ((int64_t)issues.count > most)
        value_set_text(group, "more",
                       visit_number(visit, (int64_t)issues.count - most));
    value_append(list, group);
    return true;
}

bool issues_page(struct visit *visit, struct err *err)
{
    struct value *data, *list = value_list(visit->arena);
    struct newsletter_list newsletters;
    if (!visit_data(visit, "issues", &data, err) ||
        !newsletter_find(visit->db, visit->arena, &newsletters, err))
        return false;
    for (size_t i = 0; i < newsletters.count; i++)
        if (!add_newsletter(visit, &newsletters.items[i], list, err))
            return false;
    value_set(data, "newsletters", list);
    return visit_show(visit, "issues", data, 200, err);
}

/* Drafts the next issue, or the open draft again. */
bool issues_draft_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    struct draft draft;
    struct draft_options options = {.now = visit->now};
    const char *slug = visit_field(visit, "newsletter");
    if (!newsletter_get(visit->db, slug, visit->arena, &n, err) ||
        !draft_issue(visit->db, &n, &options, visit->arena, &draft, err))
        return false;
    const char *name = issue_visit_name(visit, &draft.issue);
    if (!visit_note(visit, draft.redrafted ? "drafted again" : "drafted", name,
                    "", err))
        return false;
    return visit_go_saying(visit, issue_visit_path(visit, &draft.issue), err,
                           "%s %s: %s of %s.",
                           draft.redrafted ? "Drafted again" : "Drafted", name,
                           visit_count(visit, (int64_t)draft.selection.selected,
                                       "article", "articles"),
                           visit_count(visit, (int64_t)draft.selection.count,
                                       "candidate", "candidates"));
}
