/* The texts of an issue: they are saved as they are typed, and each button of
 * the issue's page carries them along. */
#include <inttypes.h>

#include "digest/access/audit.h"
#include "digest/base/mem.h"
#include "digest/issues/choices.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"

/* One sitting is one line of the record. */
enum { SITTING_S = 15 * 60 };

static const char done[] = "changed the texts";

/* Sets each text that the form has a field for. */
static bool set_typed(struct visit *visit, struct choices *edit,
                      struct err *err)
{
    static const struct {
        const char *field;
        bool (*set)(struct choices *edit, const char *text, struct err *err);
    } texts[] = {
        {"subject", choices_set_subject},
        {"preheader", choices_set_preheader},
        {"intro", choices_set_intro},
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        if (form_get(visit->form, texts[i].field).ptr &&
            !texts[i].set(edit, visit_field(visit, texts[i].field), err))
            return false;
    return true;
}

static bool has_texts(const struct visit *visit)
{
    return form_get(visit->form, "subject").ptr ||
           form_get(visit->form, "preheader").ptr ||
           form_get(visit->form, "intro").ptr;
}

static const char *own_subject(const struct issue *issue)
{
    return issue->subject_is_edited ? issue->subject : "";
}

static bool is_same(const struct issue *a, const struct issue *b)
{
    return strcmp(own_subject(a), own_subject(b)) == 0 &&
           strcmp(a->preheader, b->preheader) == 0 &&
           strcmp(a->intro, b->intro) == 0;
}

void issue_visit_texts_state(const struct issue *issue, struct strbuf *state)
{
    visit_state_add(state, own_subject(issue));
    visit_state_add(state, issue->preheader);
    visit_state_add(state, issue->intro);
}

/* A story that was moved meanwhile is no reason against a text: either the
 * issue, or its texts, are those that the page showed. */
static bool check_seen(const struct visit *visit, const struct issue *issue,
                       struct err *err)
{
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    int64_t seen;
    struct err other = {0};
    issue_visit_texts_state(issue, &state);
    if (!visit_field_number(visit, "version", &seen, err))
        return false;
    return seen == issue->version ||
           visit_check_stamp(visit, strbuf_str(&state), &other) ||
           err_set(err, ERR_CONFLICT,
                   "somebody else has changed the subject, the preview text or "
                   "the introduction meanwhile; what you typed is kept here "
                   "and not saved: save again to put it in their place");
}

/* Notes a change of the texts, unless the record has it already in this
 * sitting. */
static bool note(struct visit *visit, const struct issue *issue,
                 struct err *err)
{
    struct audit_lines last;
    const char *name = issue_visit_name(visit, issue);
    if (!audit_find(visit->db, name, 1, visit->arena, &last, err))
        return false;
    bool goes_on =
        last.count && strcmp(last.items[0].action, done) == 0 &&
        strcmp(last.items[0].who, visit->session->editor.email) == 0 &&
        visit->now - last.items[0].at < SITTING_S;
    return goes_on || visit_note(visit, done, name, "", err);
}

static bool check_may_edit(struct visit *visit, const struct issue *issue,
                           struct err *err)
{
    bool may;
    if (!issue_visit_may_edit(visit, issue, &may, err))
        return false;
    return may || issue->state != ISSUE_SCHEDULED ||
           err_set(err, ERR_PERMISSION,
                   "%s is approved as it is: ask an editor to change it; "
                   "nothing was changed",
                   issue_visit_name(visit, issue));
}

/* The page that the form came from goes on from what is saved now. */
static bool save(struct visit *visit, const struct issue *issue,
                 struct err *err)
{
    OWNED(choices_end) struct choices edit = {0};
    if (!choices_begin(&edit, visit->db, issue->id, 0, visit->arena, err) ||
        !set_typed(visit, &edit, err))
        return false;
    if (is_same(&edit.issue, issue))
        return true;
    if (!check_may_edit(visit, issue, err) || !check_seen(visit, issue, err) ||
        !choices_commit(&edit, err) || !note(visit, issue, err))
        return false;
    visit->texts_from = issue->version;
    visit->texts_to = edit.issue.version;
    return true;
}

static bool is_quiet(const struct visit *visit)
{
    return *visit_field(visit, "quiet") != '\0';
}

static bool refuse(struct visit *visit, const struct err *why, struct err *err)
{
    unsigned status = why->kind == ERR_CONFLICT     ? 409
                      : why->kind == ERR_PERMISSION ? 403
                                                    : 422;
    const char *text = arena_copy(visit->arena, why->text);
    if (!is_quiet(visit))
        return issue_visit_show(visit, text, status, err);
    response_text(visit->response, status, text);
    return true;
}

bool issue_texts_save(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    struct err why = {0};
    if (!has_texts(visit))
        return true;
    if (!issue_visit_get(visit, &issue, &n, err))
        return false;
    if (save(visit, &issue, &why))
        return true;
    if (why.kind == ERR_CONFLICT || why.kind == ERR_PERMISSION ||
        why.kind == ERR_USAGE || why.kind == ERR_INPUT)
        return refuse(visit, &why, err);
    *err = why;
    return false;
}

bool issue_texts_answer(struct visit *visit, const struct issue *issue,
                        bool *answered, struct err *err)
{
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    int64_t seen;
    *answered = is_quiet(visit);
    if (!*answered)
        return true;
    if (!issue_visit_seen(visit, &seen, err))
        return false;
    issue_visit_texts_state(issue, &state);
    response_text(visit->response, 200,
                  arena_format(visit->arena, "%" PRId64 " %s", seen,
                               visit_stamp_of(visit, strbuf_str(&state))));
    return true;
}
