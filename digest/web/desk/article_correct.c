/* An article's corrections at the desk: those there are, making one, and
 * taking one back. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/issues/correct.h"
#include "digest/web/desk/article_visit.h"
#include "digest/web/desk/pages.h"

static bool add_one(struct visit *visit, const struct correction *c,
                    struct value *list, struct err *err)
{
    struct arena *arena = visit->arena;
    struct correction_reach reach;
    if (!correction_reach(visit->db, c->id, arena, &reach, err))
        return false;
    struct value *item = value_object(arena);
    bool is_out = *c->sent_in != '\0';
    value_set_number(item, "id", c->id);
    value_set_text(item, "note", c->note);
    value_set(item, "made", visit_time(visit, c->made_at, "UTC"));
    value_set_text(item, "reach", correction_reach_words(&reach, arena));
    value_set_text(item, "sent_in", is_out ? c->sent_in : NULL);
    value_set_nonempty(item, "waits_in", c->waits_in);
    value_set_bool(item, "may_remove", !is_out && !*c->waits_in);
    value_append(list, item);
    return true;
}

bool article_visit_set_corrections(struct visit *visit,
                                   const struct article *article,
                                   struct value *data, struct err *err)
{
    struct correction_list corrections;
    struct value *list = value_list(visit->arena);
    if (!correction_find(visit->db, article->id, visit->arena, &corrections,
                         err))
        return false;
    for (size_t i = 0; i < corrections.count; i++)
        if (!add_one(visit, &corrections.items[i], list, err))
            return false;
    value_set(data, "corrections", list);
    value_set_bool(data, "has_corrections", corrections.count > 0);
    value_set_text(data, "correction_typed", visit_field(visit, "correction"));
    value_set_bool(data, "correction_send",
                   *visit_field(visit, "send") != '\0');
    return true;
}

static const char *path_of(const struct visit *visit,
                           const struct article *article)
{
    return arena_format(visit->arena, "articles/%" PRId64, article->id);
}

static bool say_done(struct visit *visit, const struct article *article,
                     const struct correct_report *report, struct err *err)
{
    OWNED(strbuf_free) struct strbuf issues = STRBUF_INIT;
    for (size_t i = 0; i < report->issues.count; i++)
        strbuf_add_format(
            &issues, "%s%s/%" PRId64,
            i ? ", " : " For them alone: ", report->issues.items[i].newsletter,
            report->issues.items[i].number);
    return visit_go_saying(
        visit, path_of(visit, article), err, "%s Had by %s.%s",
        report->is_new ? "Corrected: its pages say so, and the next issue "
                         "tells those who had it."
                       : "It has this correction already.",
        correction_reach_words(&report->reach, visit->arena),
        strbuf_text(&issues));
}

static bool refuse(struct visit *visit, const struct article *article,
                   const struct err *why, struct err *err)
{
    struct article_refusal refusal = {.correction = why};
    *err = *why;
    return (why->kind == ERR_USAGE || why->kind == ERR_INPUT ||
            why->kind == ERR_CONFLICT) &&
           article_visit_show_refused(visit, article, &refusal, err);
}

bool article_correct_post(struct visit *visit, struct err *err)
{
    struct article article = {0};
    struct correct_report report;
    struct err why = {0};
    const char *note = visit_field(visit, "correction");
    bool send = *visit_field(visit, "send") != '\0';
    if (!article_visit_get(visit, &article, err))
        return false;
    if (!correct_article(visit->db, visit->web->templates, article.id, note,
                         send, visit->now, visit->arena, &report, &why))
        return refuse(visit, &article, &why, err);
    return ((!report.is_new && !report.made) ||
            visit_note(visit, "corrected the article", article.title, note,
                       err)) &&
           say_done(visit, &article, &report, err);
}

bool article_uncorrect_post(struct visit *visit, struct err *err)
{
    struct article article = {0};
    struct err why = {0};
    unsigned long long id = 0;
    if (!article_visit_get(visit, &article, err))
        return false;
    if (!str_to_u64(str_of(visit_field(visit, "id")), &id) || id > INT64_MAX)
        return err_set(err, ERR_NOT_FOUND, "there is no such correction");
    if (!correction_remove(visit->db, article.id, (int64_t)id, visit->now,
                           &why))
        return refuse(visit, &article, &why, err);
    return visit_note(visit, "took a correction back", article.title, "",
                      err) &&
           visit_go(visit, path_of(visit, &article),
                    "Taken back: nobody was sent it.", err);
}
