#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/issues/choices.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"

/* One change: the article that the form names, and the form itself. */
struct change {
    struct choices *edit;
    struct visit *visit;
    int64_t id;
};

static bool pin(const struct change *c, struct err *err)
{
    return choices_pin(c->edit, c->id, err);
}

static bool drop(const struct change *c, struct err *err)
{
    return choices_drop(c->edit, c->id, err);
}

static bool take_back(const struct change *c, struct err *err)
{
    return choices_reset(c->edit, c->id, err);
}

static bool move(const struct change *c, struct err *err)
{
    int64_t place;
    const char *section = visit_field(c->visit, "section");
    return visit_field_number(c->visit, "place", &place, err) &&
           choices_move(c->edit, c->id, *section ? section : NULL, place, err);
}

static bool move_by(const struct change *c, int64_t by, struct err *err)
{
    int64_t place;
    if (!visit_field_number(c->visit, "place", &place, err))
        return false;
    return choices_move(c->edit, c->id, NULL, place + by < 1 ? 1 : place + by,
                        err);
}

static bool move_up(const struct change *c, struct err *err)
{
    return move_by(c, -1, err);
}

static bool move_down(const struct change *c, struct err *err)
{
    return move_by(c, 1, err);
}

static bool rewrite(const struct change *c, struct err *err)
{
    return choices_set_title(c->edit, c->id, visit_field(c->visit, "title"),
                             err) &&
           choices_set_summary(c->edit, c->id, visit_field(c->visit, "summary"),
                               err) &&
           (!form_get(c->visit->form, "show").ptr ||
            choices_set_show(c->edit, c->id, visit_field(c->visit, "show"),
                             err));
}

static bool add_link(const struct change *c, struct err *err)
{
    int64_t id;
    const char *section = visit_field(c->visit, "section");
    struct choices_link link = {
        .url = visit_field(c->visit, "url"),
        .title = visit_field(c->visit, "title"),
        .note = visit_field(c->visit, "note"),
        .section = *section ? section : NULL,
    };
    return choices_add_link(c->edit, &link, &id, err);
}

static bool set_texts(const struct change *c, struct err *err)
{
    return choices_set_subject(c->edit, visit_field(c->visit, "subject"),
                               err) &&
           choices_set_preheader(c->edit, visit_field(c->visit, "preheader"),
                                 err) &&
           choices_set_intro(c->edit, visit_field(c->visit, "intro"), err);
}

static const struct act {
    const char *name;
    bool (*carry_out)(const struct change *change, struct err *err);
    bool is_of_article;
    const char *done; /* for the audit trail */
} acts[] = {
    {"pin", pin, true, "pinned"},
    {"drop", drop, true, "dropped"},
    {"reset", take_back, true, "took back the choice about"},
    {"move", move, true, "moved"},
    {"up", move_up, true, "moved"},
    {"down", move_down, true, "moved"},
    {"rewrite", rewrite, true, "rewrote"},
    {"link", add_link, false, "added a link"},
    {"texts", set_texts, false, "changed the texts"},
};

static const struct act *find_act(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
        if (strcmp(acts[i].name, name) == 0)
            return &acts[i];
    return NULL;
}

/* 0 would be whatever it is now. */
static bool check_version(int64_t version, struct err *err)
{
    return version > 0 || err_set(err, ERR_INPUT,
                                  "this form says nothing of what it was made "
                                  "from; open the page again");
}

static bool carry_out(struct visit *visit, const struct act *act,
                      const struct issue *issue, struct err *err)
{
    OWNED(choices_end) struct choices edit = {0};
    struct change change = {.edit = &edit, .visit = visit};
    int64_t version = 0;
    if ((act->is_of_article &&
         !visit_field_number(visit, "id", &change.id, err)) ||
        !visit_field_number(visit, "version", &version, err) ||
        !check_version(version, err) ||
        !choices_begin(&edit, visit->db, issue->id, version, visit->arena, err))
        return false;
    return act->carry_out(&change, err) && choices_commit(&edit, err);
}

static const char *name_article(struct visit *visit, const struct act *act)
{
    return act->is_of_article ? arena_format(visit->arena, "article %s",
                                             visit_field(visit, "id"))
                              : "";
}

/* Back to the story it was about, so that a long list stays where it was. */
static const char *back_to(struct visit *visit, const struct act *act,
                           const struct issue *issue)
{
    const char *path = issue_visit_path(visit, issue);
    int64_t id;
    struct err ignored = {0};
    if (!act->is_of_article || !visit_field_number(visit, "id", &id, &ignored))
        return path;
    return act->carry_out == drop
               ? arena_format(visit->arena, "%s#stories", path)
               : arena_format(visit->arena, "%s#story-%" PRId64, path, id);
}

/* Somebody who was too late keeps what they typed, and is told. */
bool issue_edit_post(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    struct err why = {0};
    const struct act *act = find_act(visit_field(visit, "act"));
    bool may;
    if (!issue_visit_get(visit, &issue, &n, err) ||
        !issue_visit_may_edit(visit, &issue, &may, err))
        return false;
    if (!act)
        return err_set(err, ERR_USAGE, "this form says nothing to be done");
    if (issue.state == ISSUE_SCHEDULED && !may)
        return issue_visit_show(
            visit,
            arena_format(visit->arena,
                         "%s is approved as it is: ask an editor to change "
                         "it; nothing was changed",
                         issue_visit_name(visit, &issue)),
            403, err);
    if (!carry_out(visit, act, &issue, &why)) {
        if (why.kind == ERR_CONFLICT)
            return issue_visit_show(visit, why.text, 409, err);
        if (why.kind == ERR_USAGE || why.kind == ERR_INPUT ||
            why.kind == ERR_NOT_FOUND)
            return issue_visit_show(visit, why.text, 422, err);
        *err = why;
        return false;
    }
    return visit_note(visit, act->done, issue_visit_name(visit, &issue),
                      name_article(visit, act), err) &&
           visit_go(visit, back_to(visit, act, &issue), "Saved.", err);
}
