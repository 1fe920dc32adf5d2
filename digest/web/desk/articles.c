/* Articles: looking through them, one whole, and pasting one in. */
#include <inttypes.h>

#include "digest/articles/article_search.h"
#include "digest/articles/fetch.h"
#include "digest/articles/import.h"
#include "digest/base/mem.h"
#include "digest/issues/issue.h"
#include "digest/web/desk/pages.h"

enum { PAGE = 50 };

static void set_text(struct visit *visit, struct value *item, const char *key,
                     const char *text)
{
    value_set(item, key, value_text(visit->arena, text && *text ? text : NULL));
}

static struct value *article_value(struct visit *visit,
                                   const struct article *article)
{
    struct value *item = value_object(visit->arena);
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; i < article->category_count; i++)
        strbuf_add_format(&names, "%s%s", i ? ", " : "",
                          article->categories[i].name);
    value_set(item, "id", value_number(visit->arena, article->id));
    set_text(visit, item, "title", article->title);
    set_text(visit, item, "url", article->url);
    set_text(visit, item, "author", article->author);
    set_text(visit, item, "language", article->language);
    set_text(visit, item, "categories", strbuf_text(&names));
    value_set(item, "published",
              visit_time(visit, article->published_at, "UTC"));
    value_set(item, "known", visit_time(visit, article->known_at, "UTC"));
    value_set(item, "words", visit_number_value(visit, article->word_count));
    if (article->views)
        value_set(item, "views", visit_number_value(visit, article->views));
    return item;
}

static bool find(struct visit *visit, const char *words,
                 struct article_list *out, struct err *err)
{
    struct article_query query = {.limit = PAGE};
    struct article_search search = {.words = words, .limit = PAGE};
    return *words
               ? article_search_find(visit->db, &search, visit->arena, out, err)
               : article_find(visit->db, &query, visit->arena, out, err);
}

bool articles_page(struct visit *visit, struct err *err)
{
    struct value *data, *list = value_list(visit->arena);
    struct article_list found;
    const char *words = visit_query(visit, "q");
    if (!visit_data(visit, "articles", &data, err) ||
        !find(visit, words, &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++)
        value_append(list, article_value(visit, &found.items[i]));
    value_set(data, "articles", list);
    value_set(data, "has_articles", value_bool(visit->arena, found.count > 0));
    value_set(data, "q", value_text(visit->arena, words));
    return visit_show(visit, "articles", data, 200, err);
}

/* ---- one ---- */

static bool get(struct visit *visit, struct article *out, struct err *err)
{
    unsigned long long id;
    if (!str_to_u64(str_of(visit->captures[0]), &id) || id > INT64_MAX)
        return err_set(err, ERR_NOT_FOUND, "there is no such article");
    return article_get(visit->db, (int64_t)id, visit->arena, out, err);
}

bool article_page(struct visit *visit, struct err *err)
{
    struct value *data;
    struct article article = {0};
    if (!get(visit, &article, err) ||
        !visit_data(visit, "articles", &data, err))
        return false;
    value_set(data, "article", article_value(visit, &article));
    /* Both are HTML that cmark wrote of a tree: nothing in it runs. */
    set_text(visit, data, "summary_html", article.summary_html);
    set_text(visit, data, "body_html", article.body_html);
    return visit_show(visit, "article", data, 200, err);
}

bool article_remove_post(struct visit *visit, struct err *err)
{
    struct article article = {0};
    const char *drafts = "";
    if (!get(visit, &article, err) ||
        !issue_drafts_with(visit->db, article.id, visit->arena, &drafts, err) ||
        !article_withdraw(visit->db, article.id, visit->now, err) ||
        !visit_note(visit, "removed the article", article.title, "", err))
        return false;
    return visit_go_saying(visit, "articles", err,
                           *drafts ? "Removed it; it is left out of %s."
                                   : "Removed it; no issue will take it.%s",
                           drafts);
}

/* ---- pasting one in ---- */

static void keep_line(void *context, bool failure, const char *line)
{
    (void)failure;
    strbuf_cut(context, 0);
    strbuf_add_text(context, line);
}

bool articles_paste_post(struct visit *visit, struct err *err)
{
    OWNED(strbuf_free) struct strbuf told = STRBUF_INIT;
    OWNED(import_report_free)
    struct import_report report = {.tell = keep_line, .context = &told};
    const char *category = visit_field(visit, "category");
    struct import_options options = {
        .format = IMPORT_PAGE,
        .category = *category ? category : NULL,
        .now = visit->now,
        .base_url = visit->web->conf->site_url,
    };
    static char none[] = "";
    struct fetch_reply reply = {.url = none,
                                .content_type = none,
                                .charset = none,
                                .etag = none,
                                .last_modified = none};
    strbuf_add_text(&reply.body, visit_field(visit, "text"));
    bool good = import_reply(visit->db, "what was pasted", &reply, &options,
                             &report, err);
    strbuf_free(&reply.body);
    if (!good)
        return false;
    if (!report.added && !report.changed)
        return err_set(err, ERR_INPUT, "%s",
                       told.len ? strbuf_text(&told)
                                : "this article is there already");
    return visit_note(visit, "pasted an article in", "", "", err) &&
           visit_go(visit, "articles", "Took it in.", err);
}
