/* Finds or renders the variant of an issue for each group of readers. */
#include "digest/delivery/variants_internal.h"

#include <assert.h>
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
        render_notes_free(&variants->items[i].notes);
    }
    free(variants->items);
    free(variants->slots);
    free(variants->picked);
    *variants = (struct variants){0};
}

/* ---- what a choice leaves of an issue ---- */

static bool is_any_of(const struct article *article, struct str slugs)
{
    struct str slug;
    while (str_next_line(&slugs, &slug))
        for (size_t i = 0; i < article->category_count; i++)
            if (str_equal(slug, str_of(article->categories[i].slug)))
                return true;
    return false;
}

static struct issue_articles pick(struct variants *variants,
                                  const struct issue_articles *articles,
                                  const char *categories)
{
    OWNED(strbuf_free) struct strbuf slugs = STRBUF_INIT;
    struct str rest = str_of(categories), name;
    bool all = rest.len == 0;
    while (str_next_line(&rest, &name)) {
        category_slug(name, &slugs);
        strbuf_add_char(&slugs, '\n');
    }
    if (!variants->picked)
        variants->picked =
            MEM_NEW_ARRAY(struct issue_article, articles->count + 1);
    struct issue_articles out = {.items = variants->picked};
    for (size_t i = 0; i < articles->count; i++)
        if (all || is_any_of(&articles->items[i].article, strbuf_str(&slugs)))
            out.items[out.count++] = articles->items[i];
    return out;
}

static struct correction_list corrections(const struct build *build)
{
    return build->corrections ? *build->corrections
                              : (struct correction_list){0};
}

static char *make_key(const struct build *build,
                      const struct issue_articles *articles)
{
    struct strbuf key = STRBUF_INIT;
    strbuf_add_text(&key, build->voice->language);
    for (size_t i = 0; i < articles->count; i++)
        strbuf_add_format(&key, "%c%" PRId64, i ? ',' : ':',
                          articles->items[i].article.id);
    if (!articles->count)
        strbuf_add_char(&key, ':');
    for (size_t i = 0; i < corrections(build).count; i++)
        strbuf_add_format(&key, "+%" PRId64, corrections(build).items[i].id);
    return strbuf_take(&key);
}

/* ---- one rendering for each list ---- */

/* FNV-1a. */
static size_t hash(const char *text)
{
    uint64_t hash = 14695981039346656037u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return (size_t)hash;
}

/* The slot where the key's index stands, or is to stand. */
static size_t *slot_of(const struct variants *variants, const char *key)
{
    assert(variants->slot_count);
    size_t at = hash(key) % variants->slot_count;
    while (variants->slots[at] != SIZE_MAX &&
           strcmp(variants->items[variants->slots[at]].key, key) != 0)
        at = (at + 1) % variants->slot_count;
    return &variants->slots[at];
}

/* Never more than half full. */
static void make_room(struct variants *variants)
{
    if (variants->count * 2 < variants->slot_count)
        return;
    variants->slot_count = variants->slot_count ? variants->slot_count * 4 : 64;
    free(variants->slots);
    variants->slots = MEM_NEW_ARRAY(size_t, variants->slot_count);
    for (size_t i = 0; i < variants->slot_count; i++)
        variants->slots[i] = SIZE_MAX;
    for (size_t i = 0; i < variants->count; i++)
        *slot_of(variants, variants->items[i].key) = i;
}

static bool find_or_render(struct variants *variants, const struct build *build,
                           const struct issue_articles *picked, size_t *index,
                           struct err *err)
{
    struct variant variant = {0};
    *index = SIZE_MAX;
    if (!picked->count && !build->issue->correction_id)
        return true;
    make_room(variants);
    OWNED(mem_free) char *key = make_key(build, picked);
    size_t *slot = slot_of(variants, key);
    *index = *slot;
    if (*slot != SIZE_MAX)
        return true;
    *slot = *index = variants->count;
    variant.key = TAKE(key);
    MEM_PUSH(variants->items, variants->count, variants->capacity, variant);
    struct variant *added = &variants->items[*index];
    return build_render(build, picked, false, &added->html, &added->text,
                        &added->notes, err);
}

bool variants_for(struct variants *variants, const struct build *build,
                  const struct issue_articles *articles, const char *categories,
                  size_t *index, struct err *err)
{
    struct issue_articles picked = pick(variants, articles, categories);
    return find_or_render(variants, build, &picked, index, err);
}

static bool add(struct variant *variant, const struct build *build,
                const struct issue_articles *articles, struct str message,
                struct str public_html, struct work *work, struct err *err)
{
    int64_t *ids = MEM_NEW_ARRAY(int64_t, articles->count);
    for (size_t i = 0; i < articles->count; i++)
        ids[i] = articles->items[i].article.id;
    struct correction_list brought = corrections(build);
    int64_t *corrected = MEM_NEW_ARRAY(int64_t, brought.count);
    for (size_t i = 0; i < brought.count; i++)
        corrected[i] = brought.items[i].id;
    struct ledger_variant row = {
        .issue_id = build->issue->id,
        .key = variant->key,
        .html = strbuf_str(&variant->html),
        .text = strbuf_str(&variant->text),
        .message = message,
        .public_html = public_html,
        .article_ids = ids,
        .article_count = articles->count,
        .correction_ids = corrected,
        .correction_count = brought.count,
    };
    bool good = work_keep(work, err) && work_begin(work, err) &&
                ledger_add_variant(work->db, &row, &variant->id, err) &&
                work_commit(work, err);
    free(ids);
    free(corrected);
    return good;
}

static bool store_one(struct variants *variants, struct variant *variant,
                      const struct build *build,
                      const struct issue_articles *articles, struct work *work,
                      struct err *err)
{
    OWNED(message_release) struct message *message = NULL;
    OWNED(strbuf_free)
    struct strbuf saved = STRBUF_INIT, html = STRBUF_INIT, text = STRBUF_INIT;
    OWNED(render_notes_free) struct render_notes notes = {0};
    if (!build_check(build, strbuf_str(&variant->html),
                     strbuf_str(&variant->text), err) ||
        !build_compose(build, strbuf_text(&variant->html),
                       strbuf_text(&variant->text), &message, err) ||
        !build_render(build, articles, true, &html, &text, &notes, err))
        return false;
    message_save(message, &saved);
    variant->id = (int64_t)variants->count;
    bool good = !work || add(variant, build, articles, strbuf_str(&saved),
                             strbuf_str(&html), work, err);
    strbuf_free(&variant->html); /* it is in the ledger now */
    strbuf_free(&variant->text);
    return good;
}

bool variants_store(struct variants *variants, const struct build *build,
                    const struct issue_articles *articles,
                    const char *categories, struct work *work, size_t *index,
                    struct err *err)
{
    struct issue_articles picked = pick(variants, articles, categories);
    if (!find_or_render(variants, build, &picked, index, err))
        return false;
    return *index == SIZE_MAX || variants->items[*index].id ||
           store_one(variants, &variants->items[*index], build, &picked, work,
                     err);
}
