/* Carries out an editor's act on an issue's stories. */
#include <inttypes.h>

#include "digest/base/escape.h"
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

/* All stories stand in one form: "title-12". */
static const char *story_name(const struct change *c, const char *name)
{
    return arena_format(c->visit->arena, "%s-%" PRId64, name, c->id);
}

static const char *story_field(const struct change *c, const char *name)
{
    return visit_field(c->visit, story_name(c, name));
}

static bool has_story_field(const struct change *c, const char *name)
{
    return form_get(c->visit->form, story_name(c, name)).ptr != NULL;
}

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

/* Moves a story to where it was dragged, or to the place chosen for it. */
static bool move(const struct change *c, struct err *err)
{
    int64_t place;
    const char *section = visit_query(c->visit, "section");
    if (!*section)
        section = story_field(c, "section");
    return visit_said_number(c->visit, "place", &place, err) &&
           choices_move(c->edit, c->id, *section ? section : NULL, place, err);
}

static bool move_by(const struct change *c, int64_t by, struct err *err)
{
    int64_t place;
    if (!visit_said_number(c->visit, "place", &place, err))
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
    return choices_set_title(c->edit, c->id, story_field(c, "title"), err) &&
           choices_set_summary(c->edit, c->id, story_field(c, "summary"),
                               err) &&
           (!has_story_field(c, "show") ||
            choices_set_show(c->edit, c->id, story_field(c, "show"), err));
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

static const struct act {
    const char *name;
    bool (*carry_out)(const struct change *change, struct err *err);
    bool is_of_article;
    const char *done; /* for the activity log */
} acts[] = {
    {"pin", pin, true, "pinned"},
    {"drop", drop, true, "dropped"},
    {"reset", take_back, true, "took back the choice about"},
    {"move", move, true, "moved"},
    {"up", move_up, true, "moved"},
    {"down", move_down, true, "moved"},
    {"rewrite", rewrite, true, "rewrote"},
    {"link", add_link, false, "added a link"},
};

static const struct act *find_act(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
        if (strcmp(acts[i].name, name) == 0)
            return &acts[i];
    return NULL;
}

static bool carry_out(struct visit *visit, const struct act *act,
                      const struct issue *issue, struct err *err)
{
    OWNED(choices_end) struct choices edit = {0};
    struct change change = {.edit = &edit, .visit = visit};
    int64_t version = 0;
    if ((act->is_of_article &&
         !visit_said_number(visit, "id", &change.id, err)) ||
        !issue_visit_seen(visit, &version, err) ||
        !choices_begin(&edit, visit->db, issue->id, version, visit->arena, err))
        return false;
    return act->carry_out(&change, err) && choices_commit(&edit, err);
}

static const char *name_article(struct visit *visit, const struct act *act)
{
    return act->is_of_article ? arena_format(visit->arena, "article %s",
                                             visit_said(visit, "id"))
                              : "";
}

/* Back to the story it was about, so that a long list stays where it was; and
 * what was searched for is still found. */
static const char *back_to(struct visit *visit, const struct act *act,
                           const struct issue *issue)
{
    OWNED(strbuf_free) struct strbuf path = STRBUF_INIT;
    const char *words = visit_field(visit, "q");
    int64_t id;
    struct err ignored = {0};
    strbuf_add_text(&path, issue_visit_path(visit, issue));
    if (*words) {
        strbuf_add_text(&path, "?q=");
        url_encode(&path, str_of(words));
    }
    if (act && act->is_of_article &&
        visit_said_number(visit, "id", &id, &ignored)) {
        if (act->carry_out == drop)
            strbuf_add_text(&path, "#stories");
        else
            strbuf_add_format(&path, "#story-%" PRId64, id);
    } else if (*words) {
        strbuf_add_text(&path, "#add");
    }
    return arena_copy_str(visit->arena, strbuf_str(&path));
}

static bool is_kind_of_editor(enum err_kind kind)
{
    return kind == ERR_CONFLICT || kind == ERR_USAGE || kind == ERR_INPUT ||
           kind == ERR_NOT_FOUND;
}

/* Carries out an act on a story; the issue's texts are saved by now. An editor
 * who was too late keeps what they typed, and is told. */
bool issue_edit_post(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    struct err why = {0};
    const char *name = visit_field(visit, "act");
    const struct act *act = find_act(name);
    bool may, answered, for_texts = strcmp(name, "texts") == 0;
    bool searches = strcmp(name, "search") == 0;
    if (!issue_visit_get(visit, &issue, &n, err) ||
        !issue_visit_may_edit(visit, &issue, &may, err) ||
        !issue_texts_answer(visit, &issue, &answered, err))
        return false;
    if (answered)
        return true;
    if (searches || for_texts)
        return visit_go(visit, back_to(visit, NULL, &issue),
                        for_texts ? "Saved." : NULL, err);
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
        *err = why;
        return is_kind_of_editor(why.kind) &&
               issue_visit_show(visit, arena_copy(visit->arena, why.text),
                                why.kind == ERR_CONFLICT ? 409 : 422, err);
    }
    return visit_note(visit, act->done, issue_visit_name(visit, &issue),
                      name_article(visit, act), err) &&
           visit_go(visit, back_to(visit, act, &issue), "Saved.", err);
}
