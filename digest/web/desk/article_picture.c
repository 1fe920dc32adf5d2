/* An article's picture at the desk: looked at, uploaded, taken away. */
#include <inttypes.h>

#include "digest/articles/article_edit.h"
#include "digest/articles/article_picture.h"
#include "digest/base/mem.h"
#include "digest/web/desk/article_visit.h"
#include "digest/web/desk/pages.h"
#include "digest/web/page.h"

/* Finds a picture's address: our copy, in its small size, or its own. */
static bool way_to(struct visit *visit, const struct article *article,
                   const char *name, const char **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf small = STRBUF_INIT;
    struct picture_size size;
    *out = article->image_url;
    if (!name)
        return true;
    if (!picture_size(visit->db, name, &size, err))
        return false;
    picture_small_name(str_of(name), size.width, &small);
    *out = arena_format(visit->arena, "%si/%s", page_root(visit->request),
                        strbuf_text(&small));
    return true;
}

bool article_visit_set_picture(struct visit *visit,
                               const struct article *article,
                               struct value *data, struct err *err)
{
    struct article_picture kept;
    const char *src = "";
    struct str typed = form_get(visit->form, "alt");
    if (!article_picture_get(visit->db, article, visit->arena, &kept, err) ||
        !way_to(visit, article, kept.name, &src, err))
        return false;
    value_set_nonempty(data, "picture", src);
    value_set_nonempty(data, "picture_alt", article->image_alt);
    value_set_nonempty(data, "alt_typed",
                       typed.ptr ? visit_field(visit, "alt")
                                 : article->image_alt);
    value_set_nonempty(data, "picture_error", kept.error);
    value_set_bool(data, "picture_is_kept", kept.name != NULL);
    return true;
}

static bool is_typed(enum err_kind kind)
{
    return kind == ERR_USAGE || kind == ERR_INPUT || kind == ERR_IO;
}

/* Reads the form's edit, and the words that are said once it is done. */
static bool read_edit(const struct visit *visit, struct picture *made,
                      struct article_edit *edit, const char **said,
                      struct err *err)
{
    struct str file = form_get(visit->form, "picture");
    edit->image_alt = visit_field(visit, "alt");
    *said = "Saved what the picture shows.";
    if (*visit_field(visit, "remove")) {
        edit->image_url = edit->image_alt = "";
        *said = "Took the picture away.";
        return true;
    }
    if (!file.len)
        return true;
    edit->image_url = "";
    edit->picture = made;
    *said = "Kept the picture; fetching the source again leaves it be.";
    return picture_make(file, made, err);
}

static bool keep(struct visit *visit, const struct article *article,
                 const struct article_edit *edit, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    return tx_begin(&tx, visit->db, TX_DURABLE, err) &&
           article_edit(visit->db, article->id, edit, visit->now, err) &&
           visit_note(visit, "changed the picture of the article",
                      article->title, "", err) &&
           tx_commit(&tx, err);
}

bool article_picture_post(struct visit *visit, struct err *err)
{
    OWNED(picture_free) struct picture made = {0};
    struct article article = {0};
    struct article_edit edit = {0};
    struct err why = {0};
    const char *said;
    if (!article_visit_get(visit, &article, err) ||
        !article_visit_check(visit, &article, err))
        return false;
    if (read_edit(visit, &made, &edit, &said, &why) &&
        keep(visit, &article, &edit, &why))
        return visit_go(
            visit, arena_format(visit->arena, "articles/%" PRId64, article.id),
            said, err);
    struct article_refusal refusal = {.picture = &why};
    if (is_typed(why.kind))
        return article_visit_show_refused(visit, &article, &refusal, err);
    *err = why;
    return false;
}
