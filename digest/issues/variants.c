#include "digest/issues/variants.h"

#include <inttypes.h>
#include <stdlib.h>

#include "digest/articles/category.h"
#include "digest/base/mem.h"
#include "digest/ledger/ledger.h"

void variants_free(struct variants *variants)
{
    for (size_t i = 0; i < variants->count; i++) {
        free(variants->items[i].key);
        strbuf_free(&variants->items[i].html);
        strbuf_free(&variants->items[i].text);
    }
    free(variants->items);
    arena_free(&variants->arena);
    *variants = (struct variants){0};
}

static bool is_chosen(const struct article *article, const char *categories)
{
    struct str rest = str_of(categories), name;
    if (!rest.len)
        return true;
    while (str_next_line(&rest, &name)) {
        OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
        category_slug(name, &slug);
        for (size_t i = 0; i < article->category_count; i++)
            if (str_equal(strbuf_str(&slug),
                          str_of(article->categories[i].slug)))
                return true;
    }
    return false;
}

static void pick(struct variants *variants,
                 const struct issue_articles *articles, const char *categories,
                 struct issue_articles *out)
{
    *out = (struct issue_articles){
        .items = ARENA_NEW_ARRAY(&variants->arena, struct issue_article,
                                 articles->count)};
    for (size_t i = 0; i < articles->count; i++)
        if (is_chosen(&articles->items[i].article, categories))
            out->items[out->count++] = articles->items[i];
}

static char *make_key(const struct build *build,
                      const struct issue_articles *articles)
{
    struct strbuf key = STRBUF_INIT;
    strbuf_add_text(&key, build->newsletter->language);
    for (size_t i = 0; i < articles->count; i++)
        strbuf_add_format(&key, "%c%" PRId64, i ? ',' : ':',
                          articles->items[i].article.id);
    return strbuf_take(&key);
}

bool variants_for(struct variants *variants, const struct build *build,
                  const struct issue_articles *articles, const char *categories,
                  size_t *index, struct err *err)
{
    struct variant variant = {0};
    *index = SIZE_MAX;
    pick(variants, articles, categories, &variant.articles);
    if (!variant.articles.count)
        return true;
    variant.key = make_key(build, &variant.articles);
    for (size_t i = 0; i < variants->count; i++) {
        if (strcmp(variants->items[i].key, variant.key) == 0) {
            free(variant.key);
            *index = i;
            return true;
        }
    }
    *index = variants->count;
    MEM_PUSH(variants->items, variants->count, variants->capacity, variant);
    struct variant *added = &variants->items[*index];
    return build_render(build, &added->articles, false, &added->html,
                        &added->text, &added->notes, err);
}

static bool store_one(struct variant *variant, const struct build *build,
                      struct db *db, struct err *err)
{
    OWNED(message_release) struct message *message = NULL;
    OWNED(strbuf_free)
    struct strbuf saved = STRBUF_INIT, html = STRBUF_INIT, text = STRBUF_INIT;
    struct render_notes notes;
    if (!build_check(build, strbuf_str(&variant->html),
                     strbuf_str(&variant->text), err) ||
        !build_compose(build, strbuf_text(&variant->html),
                       strbuf_text(&variant->text), &message, err) ||
        !build_render(build, &variant->articles, true, &html, &text, &notes,
                      err))
        return false;
    message_save(message, &saved);
    int64_t *ids = MEM_NEW_ARRAY(int64_t, variant->articles.count);
    for (size_t i = 0; i < variant->articles.count; i++)
        ids[i] = variant->articles.items[i].article.id;
    struct ledger_variant row = {
        .issue_id = build->issue->id,
        .key = variant->key,
        .html = strbuf_str(&variant->html),
        .text = strbuf_str(&variant->text),
        .message = strbuf_str(&saved),
        .public_html = strbuf_str(&html),
        .article_ids = ids,
        .article_count = variant->articles.count,
    };
    bool good = ledger_add_variant(db, &row, &variant->id, err);
    strbuf_free(&variant->html); /* it is in the ledger now */
    strbuf_free(&variant->text);
    free(ids);
    return good;
}

bool variants_store(struct variants *variants, const struct build *build,
                    struct db *db, struct err *err)
{
    for (size_t i = 0; i < variants->count; i++)
        if (!variants->items[i].id &&
            !store_one(&variants->items[i], build, db, err))
            return false;
    return true;
}
