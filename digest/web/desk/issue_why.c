/* Why each article was taken or left. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/issues/draft.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"

enum { SHOWN = 300 };

static void set_text(struct visit *visit, struct value *item, const char *key,
                     const char *text)
{
    value_set(item, key, value_text(visit->arena, text));
}

static struct value *verdict_value(struct visit *visit,
                                   const struct draft *draft,
                                   const struct selector_verdict *verdict)
{
    OWNED(strbuf_free) struct strbuf why = STRBUF_INIT;
    const struct article *article = verdict->candidate->article;
    struct value *item = value_object(visit->arena);
    selector_explain(&draft->rules, verdict, &why);
    value_set(item, "id", value_number(visit->arena, article->id));
    set_text(visit, item, "title", article->title);
    value_set(item, "published",
              visit_time(visit, article->published_at, "UTC"));
    set_text(visit, item, "section",
             selector_has_section(verdict)
                 ? draft->rules.sections[verdict->section].title
                 : "");
    set_text(visit, item, "why", strbuf_text(&why));
    value_set(item, "is_taken",
              value_bool(visit->arena, verdict->reason == SELECTED));
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
    value_set(data, "version", value_number(visit->arena, issue.version));
    value_set(data, "may_edit", value_bool(visit->arena, may_edit));
    set_text(visit, data, "candidates",
             visit_count(visit, (int64_t)count, "candidate", "candidates"));
    if (count > SHOWN)
        value_set(data, "more",
                  visit_number_value(visit, (int64_t)(count - SHOWN)));
    value_set(data, "from", visit_time(visit, issue.window_from, n.timezone));
    value_set(data, "until", visit_time(visit, issue.window_until, n.timezone));
    value_set(data, "by_published",
              value_bool(visit->arena, issue.by_published));
    value_set(data, "older", visit_number_value(visit, draft.older));
    value_set(data, "has_older", value_bool(visit->arena, draft.older > 0));
    return visit_show(visit, "issue_why", data, 200, err);
}
