/* Articles: looking through them, and pasting one in. */
#include <inttypes.h>

#include "digest/articles/article_search.h"
#include "digest/base/mem.h"
#include "digest/fetch/fetch.h"
#include "digest/sources/import.h"
#include "digest/sources/source_kind.h"
#include "digest/web/desk/article_visit.h"
#include "digest/web/desk/pages.h"

enum { PAGE = 50 };

static bool find(struct visit *visit, const char *words,
                 struct article_list *out, struct err *err)
{
    struct article_query query = {.limit = PAGE};
    struct article_search search = {
        .words = words, .limit = PAGE, .latest = VISIT_SEARCHED};
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
        value_append(list, article_visit_value(visit, &found.items[i]));
    value_set(data, "articles", list);
    value_set_bool(data, "has_articles", found.count > 0);
    value_set_text(data, "q", words);
    return visit_show(visit, "articles", data, 200, err);
}

/* ---- pasting one in ---- */

static void keep_line(void *context, enum import_word word, const char *line)
{
    (void)word;
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
        .kind = source_kind_find("page"),
        .category = *category ? category : NULL,
        .now = visit->now,
        .base_url = conf_site(visit->web->conf),
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
           visit_go(visit, "articles",
                    told.len ? strbuf_text(&told) : "Took it in.", err);
}
