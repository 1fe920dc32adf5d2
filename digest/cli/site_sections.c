/* Proposes sections from the categories of a site's articles. */
#include "digest/cli/site_sections.h"

#include "digest/base/mem.h"

enum {
    AT_MOST = 4,      /* articles of a section */
    REST_AT_MOST = 8, /* of the one for the rest, which fills an issue */
    LEAST = 2,        /* articles that make a category a section */
    NEARLY_ALL = 80,  /* percent */
};

struct tally {
    const char *slug, *name;
    size_t all, left; /* articles; those without a section so far */
};

struct tallies {
    struct tally *items;
    size_t count, capacity;
};

static struct tally *tally_of(struct tallies *t,
                              const struct article_category *category)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->items[i].slug, category->slug) == 0)
            return &t->items[i];
    struct tally fresh = {.slug = category->slug, .name = category->name};
    MEM_PUSH(t->items, t->count, t->capacity, fresh);
    return &t->items[t->count - 1];
}

static bool has(const struct article *article, const char *slug)
{
    for (size_t i = 0; i < article->category_count; i++)
        if (strcmp(article->categories[i].slug, slug) == 0)
            return true;
    return false;
}

static void count_all(struct tallies *t, const struct article_list *articles,
                      const bool *is_taken)
{
    for (size_t i = 0; i < t->count; i++)
        t->items[i].all = t->items[i].left = 0;
    for (size_t i = 0; i < articles->count; i++)
        for (size_t j = 0; j < articles->items[i].category_count; j++) {
            struct tally *tally =
                tally_of(t, &articles->items[i].categories[j]);
            tally->all++;
            tally->left += !is_taken[i];
        }
}

/* The one with the most; of two alike the first by name. */
static const struct tally *best_of(const struct tallies *t, size_t articles)
{
    const struct tally *best = NULL;
    for (size_t i = 0; i < t->count; i++) {
        const struct tally *one = &t->items[i];
        bool tells = one->all * 100 < articles * NEARLY_ALL;
        if (!tells || one->left < LEAST)
            continue;
        if (!best || one->left > best->left ||
            (one->left == best->left && strcmp(one->slug, best->slug) < 0))
            best = one;
    }
    return best;
}

void site_sections(const struct article_list *articles, struct arena *arena,
                   struct newsletter_section **out, size_t *count)
{
    struct tallies tallies = {0};
    bool *is_taken = ARENA_NEW_ARRAY(arena, bool, articles->count);
    *out = ARENA_NEW_ARRAY(arena, struct newsletter_section, SITE_SECTIONS);
    *count = 0;
    while (*count + 1 < SITE_SECTIONS) {
        count_all(&tallies, articles, is_taken);
        const struct tally *best = best_of(&tallies, articles->count);
        if (!best)
            break;
        (*out)[(*count)++] = (struct newsletter_section){
            .categories = arena_copy(arena, best->name), .at_most = AT_MOST};
        for (size_t i = 0; i < articles->count; i++)
            is_taken[i] = is_taken[i] || has(&articles->items[i], best->slug);
    }
    (*out)[*count] = (struct newsletter_section){
        .categories = "*",
        .at_most = *count ? REST_AT_MOST : NEWSLETTER_DEFAULT_MOST};
    ++*count;
    free(tallies.items);
}
