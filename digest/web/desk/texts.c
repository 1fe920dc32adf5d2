/* Serves a newsletter's texts in place of the built-in words, one language at a
 * time. */
#include <string.h>

#include "digest/base/mem.h"
#include "digest/newsletters/text.h"
#include "digest/web/desk/newsletter_visit.h"
#include "digest/web/desk/pages.h"

static const char *field_of(const struct visit *visit, const char *name)
{
    return arena_format(visit->arena, "text.%s", name);
}

/* The text kept for that very tag: a wider one's stands in grey. */
static const char *kept(const struct text_list *texts, const char *language,
                        const char *name)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i].language, language) == 0 &&
            strcmp(texts->items[i].name, name) == 0)
            return texts->items[i].text;
    return "";
}

static struct value *row_value(struct visit *visit,
                               const struct text_kind *kind,
                               const struct text_list *texts,
                               const struct language *language)
{
    struct value *item = value_object(visit->arena);
    const char *field = field_of(visit, kind->name);
    OWNED(strbuf_free) struct strbuf fills = STRBUF_INIT;
    struct str rest = str_of(kind->fills);
    while (rest.len) {
        struct str fill = str_cut(&rest, ' ');
        strbuf_add_format(&fills, "%s{%.*s}", fills.len ? ", " : "",
                          STR_ARG(fill));
    }
    value_set_nonempty(item, "name", kind->name);
    value_set_nonempty(item, "what", kind->what);
    value_set_nonempty(item, "built_in",
                       catalogue_get(language->words, kind->name));
    value_set_nonempty(item, "fills",
                       arena_copy_str(visit->arena, strbuf_str(&fills)));
    value_set_nonempty(item, "text",
                       form_get(visit->form, field).ptr
                           ? visit_field(visit, field)
                           : kept(texts, language->tag, kind->name));
    value_set_bool(item, "is_long", kind->is_markdown);
    return item;
}

static void add_languages(struct visit *visit, const char *chosen,
                          struct value *data)
{
    const struct languages *all = visit->web->languages;
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < all->count; i++)
        visit_add_choice(visit, list, all->items[i].tag, all->items[i].name,
                         strcmp(all->items[i].tag, chosen) == 0);
    value_set(data, "languages", list);
}

static bool show(struct visit *visit, const struct newsletter *n,
                 const struct language *language, const struct err *why,
                 struct err *err)
{
    struct value *data, *list = value_list(visit->arena);
    struct text_list texts;
    if (!visit_data(visit, "newsletters", &data, err) ||
        !text_find(visit->db, n->id, visit->arena, &texts, err))
        return false;
    for (size_t i = 0; i < text_kind_count; i++)
        value_append(list, row_value(visit, &text_kinds[i], &texts, language));
    value_set_nonempty(data, "slug", n->slug);
    value_set_nonempty(data, "title", n->title);
    value_set_nonempty(data, "language", language->tag);
    value_set_nonempty(data, "language_name", language->name);
    add_languages(visit, language->tag, data);
    value_set(data, "texts", list);
    if (why)
        value_set_nonempty(data, "wrong", why->text);
    return visit_show(visit, "texts", data, why ? 422 : 200, err);
}

/* The language that is asked for, else the newsletter's. */
static bool find(struct visit *visit, const char *asked, struct newsletter *n,
                 const struct language **language, struct err *err)
{
    const struct languages *all = visit->web->languages;
    if (!newsletter_get(visit->db, visit->captures[0], visit->arena, n, err))
        return false;
    *language = *asked ? languages_find(all, str_of(asked)) : NULL;
    if (*asked && !*language)
        return err_set(err, ERR_NOT_FOUND, "there are no words in \"%.40s\"",
                       asked);
    if (!*language)
        *language = languages_find(all, str_of(n->language));
    if (!*language)
        *language = languages_default(all);
    return true;
}

bool texts_page(struct visit *visit, struct err *err)
{
    struct newsletter n;
    const struct language *language;
    return find(visit, visit_query(visit, "language"), &n, &language, err) &&
           show(visit, &n, language, NULL, err);
}

static bool save(struct visit *visit, const struct newsletter *n,
                 const struct language *language, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, visit->db, TX_DURABLE, err))
        return false;
    for (size_t i = 0; i < text_kind_count; i++) {
        const struct text_kind *kind = &text_kinds[i];
        const char *field = field_of(visit, kind->name);
        if (form_get(visit->form, field).ptr &&
            !text_put(visit->db, n->id, language->tag, kind,
                      visit_field(visit, field), err))
            return false;
    }
    return tx_commit(&tx, err);
}

bool texts_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    const struct language *language;
    struct err why = {0};
    if (!find(visit, visit_field(visit, "language"), &n, &language, err))
        return false;
    if (save(visit, &n, language, &why))
        return visit_note(visit, "changed the texts of", n.slug, language->tag,
                          err) &&
               visit_go(visit,
                        arena_format(visit->arena,
                                     "newsletters/%s/texts?language=%s", n.slug,
                                     language->tag),
                        "Saved. An emptied text is the built-in one again.",
                        err);
    *err = why;
    return newsletter_visit_is_theirs(&why) &&
           show(visit, &n, language, &why, err);
}
