/* Why each article was taken or left. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/issues/draft.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"

enum { SHOWN = 300 };

static struct value *verdict_value(struct visit *visit,
                                   const struct draft *draft,
                                   const struct selector_verdict *verdict)
{
    OWNED(strbuf_free) struct strbuf why = STRBUF_INIT;
    const struct article *article = verdict->candidate->article;
    struct value *item = value_object(visit->arena);
    selector_explain(&draft->rules, verdict, &why);
    value_set_number(item, "id", article->id);
    value_set_text(item, "title", article->title);
    value_set(item, "published",
              visit_time(visit, article->published_at, "UTC"));
    value_set_text(item, "section",
                   selector_has_section(verdict)
                       ? draft->rules.sections[verdict->section].title
                       : "");
    value_set_text(item, "why", strbuf_text(&why));
    value_set_bool(item, "is_taken", verdict->reason == SELECTED);
    return item;
}

bool issue_why(struct visit *visit, struct err *err)
{
    struct value *data, *list = value_list(visit->arena);
    struct issue issue;
    struct newsletter n;
    struct draft draft;
    bool may_edit;
    if (!issue_visit_get(visit, &issue, &n, err) ||
        !issue_visit_may_edit(visit, &issue, &may_edit, err) ||
        !draft_explain(visit->db, &n, &issue, visit->arena, &draft, err) ||
        !visit_data(visit, "issues", &data, err))
        return false;
    size_t count = draft.selection.count;
    for (size_t i = 0; i < count && i < SHOWN; i++)
        value_append(
            list, verdict_value(visit, &draft, &draft.selection.verdicts[i]));
    value_set(data, "issue", issue_visit_value(visit, &issue, n.timezone));
    value_set(data, "verdicts", list);
    value_set_number(data, "version", issue.version);
    value_set_bool(data, "may_edit", may_edit);
    value_set_text(
        data, "candidates",
        visit_count(visit, (int64_t)count, "candidate", "candidates"));
    if (count > SHOWN)
        value_set_text(data, "more",
                       visit_number(visit, (int64_t)(count - SHOWN)));
    value_set(data, "from", visit_time(visit, issue.window_from, n.timezone));
    value_set(data, "until", visit_time(visit, issue.window_until, n.timezone));
    value_set_bool(data, "by_published", issue.by_published);
    value_set_text(data, "older", visit_number(visit, draft.older));
    value_set_bool(data, "has_older", draft.older > 0);
    return visit_show(visit, "issue_why", data, 200, err);
}
