/* One article: where it went out, editing it, removing it and putting it
 * back. */
#include <inttypes.h>

#include "digest/articles/article_edit.h"
#include "digest/base/mem.h"
#include "digest/document/document.h"
#include "digest/issues/issue.h"
#include "digest/web/desk/article_visit.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"

enum { CATEGORIES_MAX = 50 };

struct value *article_visit_value(struct visit *visit,
                                  const struct article *article)
{
    struct value *item = value_object(visit->arena);
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; i < article->category_count; i++)
        strbuf_add_format(&names, "%s%s", i ? ", " : "",
                          article->categories[i].name);
    value_set_number(item, "id", article->id);
    value_set_nonempty(item, "title", article->title);
    value_set_nonempty(item, "url", article->url);
    value_set_nonempty(item, "author", article->author);
    value_set_nonempty(item, "language", article->language);
    value_set_nonempty(item, "categories", strbuf_text(&names));
    value_set(item, "published",
              visit_time(visit, article->published_at, "UTC"));
    value_set(item, "known", visit_time(visit, article->known_at, "UTC"));
    value_set_text(item, "words", visit_number(visit, article->word_count));
    if (article->views)
        value_set_text(item, "views", visit_number(visit, article->views));
    return item;
}

bool article_visit_get(struct visit *visit, struct article *out,
                       struct err *err)
{
    unsigned long long id;
    if (!str_to_u64(str_of(visit->captures[0]), &id) || id > INT64_MAX)
        return err_set(err, ERR_NOT_FOUND, "there is no such article");
    return article_get(visit->db, (int64_t)id, visit->arena, out, err);
}

static const char *path_of(const struct visit *visit,
                           const struct article *article)
{
    return arena_format(visit->arena, "articles/%" PRId64, article->id);
}

/* ---- what can be edited, as it stands in the form ---- */

struct article_fields {
    const char *title, *author, *language, *image, *weight;
    const char *summary;    /* Markdown */
    const char *categories; /* one a line */
};

static bool write_summary(struct visit *visit, const char *html,
                          const char **out, struct err *err)
{
    OWNED(document_release) struct document *document = NULL;
    OWNED(strbuf_free) struct strbuf markdown = STRBUF_INIT;
    if (!document_from_html(str_of(html), NULL, &document, err))
        return false;
    document_to_markdown(document, &markdown);
    *out = arena_copy_str(visit->arena, str_trim(strbuf_str(&markdown)));
    return true;
}

static bool write_fields(struct visit *visit, const struct article *a,
                         struct article_fields *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; i < a->category_count; i++)
        strbuf_add_format(&names, "%s%s", i ? "\n" : "", a->categories[i].name);
    *out = (struct article_fields){
        .title = a->title,
        .author = a->author,
        .language = a->language,
        .image = a->image_url,
        .weight = arena_format(visit->arena, "%" PRId64, a->weight),
        .categories = arena_copy_str(visit->arena, strbuf_str(&names)),
    };
    return write_summary(visit, a->summary_html, &out->summary, err);
}

/* Browsers end lines with CR LF. */
static const char *typed_lines(const struct visit *visit, const char *name)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    for (const char *c = visit_field(visit, name); *c; c++)
        if (*c != '\r')
            strbuf_add_char(&text, *c);
    return arena_copy_str(visit->arena, strbuf_str(&text));
}

static struct article_fields read_fields(const struct visit *visit)
{
    return (struct article_fields){
        .title = visit_field(visit, "title"),
        .author = visit_field(visit, "author"),
        .language = visit_field(visit, "language"),
        .image = visit_field(visit, "image"),
        .weight = visit_field(visit, "weight"),
        .summary = typed_lines(visit, "summary"),
        .categories = typed_lines(visit, "categories"),
    };
}

static void set_fields(struct value *data, const struct article_fields *fields)
{
    value_set_nonempty(data, "title_typed", fields->title);
    value_set_nonempty(data, "author_typed", fields->author);
    value_set_nonempty(data, "language_typed", fields->language);
    value_set_nonempty(data, "image_typed", fields->image);
    value_set_nonempty(data, "weight_typed", fields->weight);
    value_set_nonempty(data, "summary_typed", fields->summary);
    value_set_nonempty(data, "categories_typed", fields->categories);
}

static void write_state(const struct article_fields *fields,
                        struct strbuf *state)
{
    const char *const texts[] = {
        fields->title,  fields->author,  fields->language,  fields->image,
        fields->weight, fields->summary, fields->categories};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        visit_state_add(state, texts[i]);
}

/* ---- the page ---- */

static bool add_issues(struct visit *visit, const struct article *article,
                       bool is_corrected, struct value *data, struct err *err)
{
    struct issue_list issues;
    struct value *list = value_list(visit->arena);
    if (!issue_find_with(visit->db, article->id, visit->arena, &issues, err))
        return false;
    bool is_sent = is_corrected;
    for (size_t i = 0; i < issues.count; i++) {
        value_append(list, issue_visit_value(visit, &issues.items[i], "UTC"));
        is_sent |= issue_is_public(&issues.items[i]);
    }
    value_set(data, "issues", list);
    value_set_bool(data, "may_correct", is_sent);
    value_set_bool(data, "has_issues", issues.count > 0);
    return true;
}

static unsigned status_of(const struct err *why)
{
    return !why ? 200 : why->kind == ERR_CONFLICT ? 409 : 422;
}

bool article_visit_show_refused(struct visit *visit,
                                const struct article *article,
                                const struct article_refusal *refusal,
                                struct err *err)
{
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    struct value *data;
    struct article_fields fields;
    struct article_standing standing;
    const struct err *why = refusal->edit;
    const struct err *other =
        refusal->picture ? refusal->picture : refusal->correction;
    if (!visit_data(visit, "articles", &data, err) ||
        !article_standing(visit->db, article->id, visit->arena, &standing,
                          err) ||
        !write_fields(visit, article, &fields, err))
        return false;
    write_state(&fields, &state);
    value_set(data, "stamp", visit_stamp(visit, strbuf_str(&state)));
    if (why) {
        fields = read_fields(visit);
        value_set_nonempty(data, "wrong", why->text);
        value_set_bool(data, "is_conflict", why->kind == ERR_CONFLICT);
    }
    set_fields(data, &fields);
    if (refusal->picture)
        value_set_nonempty(data, "picture_wrong", refusal->picture->text);
    if (refusal->correction)
        value_set_nonempty(data, "correction_wrong", refusal->correction->text);
    value_set(data, "article", article_visit_value(visit, article));
    value_set(data, "withdrawn",
              visit_time(visit, standing.withdrawn_at, "UTC"));
    value_set(data, "unpublished",
              visit_time(visit, standing.unpublished_at, "UTC"));
    value_set_nonempty(data, "unpublished_note", standing.unpublished_note);
    value_set_bool(data, "by_source", standing.by_source);
    value_set_bool(data, "is_edited", standing.is_edited);
    /* Both are HTML that cmark wrote of a tree: nothing in it runs. */
    value_set_nonempty(data, "summary_html", article->summary_html);
    value_set_nonempty(data, "body_html", article->body_html);
    return article_visit_set_picture(visit, article, data, err) &&
           article_visit_set_corrections(visit, article, data, err) &&
           add_issues(visit, article, refusal->correction != NULL, data, err) &&
           visit_show(visit, "article", data, status_of(why ? why : other),
                      err);
}

static bool show(struct visit *visit, const struct article *article,
                 const struct err *why, struct err *err)
{
    struct article_refusal refusal = {.edit = why};
    return article_visit_show_refused(visit, article, &refusal, err);
}

bool article_page(struct visit *visit, struct err *err)
{
    struct article article = {0};
    return article_visit_get(visit, &article, err) &&
           show(visit, &article, NULL, err);
}

/* ---- editing ---- */

static const char *changed(const char *typed, const char *stored)
{
    return strcmp(typed, stored) == 0 ? NULL : typed;
}

static bool read_categories(struct visit *visit, const char *text,
                            struct article_edit *edit, struct err *err)
{
    const char **names =
        ARENA_NEW_ARRAY(visit->arena, const char *, CATEGORIES_MAX);
    struct str rest = str_of(text), line;
    while (str_next_line(&rest, &line)) {
        line = str_trim(line);
        if (!line.len)
            continue;
        if (edit->category_count == CATEGORIES_MAX)
            return err_set(err, ERR_INPUT, "at most %d categories",
                           CATEGORIES_MAX);
        names[edit->category_count++] = arena_copy_str(visit->arena, line);
    }
    edit->categories = names;
    return true;
}

/* Reads an edit. Changed fields are the editor's from here on; the others still
 * follow the source. */
static bool read_edit(struct visit *visit, const struct article *article,
                      struct article_edit *edit, struct err *err)
{
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    struct article_fields now, typed = read_fields(visit);
    if (!write_fields(visit, article, &now, err))
        return false;
    write_state(&now, &state);
    if (!visit_check_stamp(visit, strbuf_str(&state), err))
        return false;
    *edit = (struct article_edit){
        .title = changed(typed.title, now.title),
        .author = changed(typed.author, now.author),
        .language = changed(typed.language, now.language),
        .image_url = changed(typed.image, now.image),
        .weight = changed(*typed.weight ? typed.weight : "0", now.weight),
        .summary = changed(typed.summary, now.summary),
        .as_imported = *visit_field(visit, "as_imported") != '\0',
    };
    return !changed(typed.categories, now.categories) ||
           read_categories(visit, typed.categories, edit, err);
}

static bool say_done(struct visit *visit, const struct article *article,
                     bool as_imported, struct err *err)
{
    const char *drafts = "";
    if (!issue_drafts_with(visit->db, article->id, visit->arena, &drafts, err))
        return false;
    return visit_go_saying(
        visit, path_of(visit, article), err, "%s%s%s%s",
        as_imported ? "Saved. The next fetch brings the source’s own text."
                    : "Saved. Fetching the source again leaves it be.",
        *drafts ? " " : "", drafts, *drafts ? " will carry it." : "");
}

/* An issue that was approved goes out as it is, unless an editor changes it:
 * its articles too. */
bool article_visit_check(struct visit *visit, const struct article *article,
                         struct err *err)
{
    struct issue_list issues;
    if (!issue_find_with(visit->db, article->id, visit->arena, &issues, err))
        return false;
    for (size_t i = 0; i < issues.count; i++) {
        bool may;
        if (issues.items[i].state != ISSUE_SCHEDULED)
            continue;
        if (!issue_visit_may_edit(visit, &issues.items[i], &may, err))
            return false;
        if (!may)
            return err_set(err, ERR_PERMISSION,
                           "it stands in %s, which is approved: ask an editor "
                           "to change it; nothing was changed",
                           issue_visit_name(visit, &issues.items[i]));
    }
    return true;
}

bool article_edit_post(struct visit *visit, struct err *err)
{
    struct article article = {0};
    struct article_edit edit;
    struct err why = {0};
    if (!article_visit_get(visit, &article, err) ||
        !article_visit_check(visit, &article, err))
        return false;
    if (read_edit(visit, &article, &edit, &why) &&
        article_edit(visit->db, article.id, &edit, visit->now, &why))
        return visit_note(visit, "edited the article", article.title, "",
                          err) &&
               say_done(visit, &article, edit.as_imported, err);
    *err = why;
    return (why.kind == ERR_USAGE || why.kind == ERR_INPUT ||
            why.kind == ERR_CONFLICT) &&
           show(visit, &article, &why, err);
}

/* ---- removing, and putting back ---- */

bool article_remove_post(struct visit *visit, struct err *err)
{
    struct article article = {0};
    const char *drafts = "";
    if (!article_visit_get(visit, &article, err) ||
        !article_visit_check(visit, &article, err) ||
        !issue_drafts_with(visit->db, article.id, visit->arena, &drafts, err) ||
        !article_withdraw(visit->db, article.id, visit->now, err) ||
        !visit_note(visit, "removed the article", article.title, "", err))
        return false;
    return visit_go_saying(visit, path_of(visit, &article), err,
                           *drafts ? "Removed it; it is left out of %s."
                                   : "Removed it; no issue will take it.%s",
                           drafts);
}

bool article_withdraw_post(struct visit *visit, struct err *err)
{
    struct article article = {0};
    const char *note = visit_field(visit, "note");
    return article_visit_get(visit, &article, err) &&
           article_visit_check(visit, &article, err) &&
           article_unpublish(visit->db, article.id, note, visit->now, err) &&
           visit_note(visit, "withdrew the article from publication",
                      article.title, note, err) &&
           visit_go(visit, path_of(visit, &article),
                    "Withdrawn: its pages say so, and no issue will take it.",
                    err);
}

bool article_restore_post(struct visit *visit, struct err *err)
{
    struct article article = {0};
    return article_visit_get(visit, &article, err) &&
           article_put_back(visit->db, article.id, err) &&
           visit_note(visit, "put the article back", article.title, "", err) &&
           visit_go(visit, path_of(visit, &article),
                    "Put it back; issues may take it again.", err);
}
