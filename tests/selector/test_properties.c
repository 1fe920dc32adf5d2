/* Tests the properties of every selection, over many random inputs. A failure
 * prints the seed; SELECTOR_SEED=N in the environment runs that one alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/selector/selector.h"

enum { DAY = 86400, NOW = 1000 * DAY, MANY = 80, ROUNDS = 400, SECTIONS = 4 };

static const char *const names[] = {"world", "science", "sport", "culture"};
static const struct article_category categories[] = {
    {"World", "world"},
    {"Science", "science"},
    {"Sport", "sport"},
    {"Culture", "culture"},
};
static const char *const authors[] = {"", "Ines", "Omar", "Lu"};
static const char *const languages[] = {"", "en", "en-GB", "de"};
static const char *const only[] = {"en"};

struct world {
    struct article articles[MANY];
    struct article_category categories[MANY][2];
    uint32_t words[MANY][3];
    struct selector_candidate candidates[MANY];
    const char *slugs[SECTIONS][2];
    struct selector_section sections[SECTIONS];
    struct selector_rules rules;
};

/* Words are few, so that many stories are near to another. */
static void make_signature(struct world *w, int i)
{
    uint32_t first = random_below(12), step = 1 + random_below(2);
    for (uint32_t j = 0; j < 3; j++)
        w->words[i][j] = first + j * step;
    static const uint16_t lead[] = {1, 2, 3, 4, 5, 6, 7, 8};
    w->candidates[i].signature = (struct article_signature){
        .title = w->words[i],
        .title_count = 3,
        .lead = lead,
        .lead_count = random_below(4) ? ARRAY_SIZE(lead) : 0,
        .numbers = random_below(3),
    };
}

static void make_article(struct world *w, int i)
{
    size_t count = random_below(3);
    for (size_t j = 0; j < count; j++)
        w->categories[i][j] = categories[random_below(4)];
    w->articles[i] = (struct article){
        .id = i + 1,
        .source_id = 1 + random_below(4),
        .url = "",
        .title = "",
        .author = authors[random_below(4)],
        .language = languages[random_below(4)],
        .published_at = NOW - random_below(20) * (DAY / 2), /* many ties */
        .views = random_below(5),
        .weight = random_below(3),
        .categories = w->categories[i],
        .category_count = count,
    };
    w->articles[i].known_at =
        w->articles[i].published_at + random_below(3) * (DAY / 2);
    w->candidates[i] = (struct selector_candidate){
        .article = &w->articles[i],
        .sent_in = random_below(8) ? NULL : "weekly/1",
        .excluded = random_below(20) ? NULL : "word",
        .dropped = random_below(20) == 0,
        .boost = random_below(3),
    };
    make_signature(w, i);
}

static void make_rules(struct world *w)
{
    for (size_t i = 0; i < SECTIONS; i++) {
        w->slugs[i][0] = names[random_below(4)];
        w->slugs[i][1] = names[random_below(4)];
        w->sections[i] = (struct selector_section){
            .title = names[i],
            .slugs = w->slugs[i],
            .slug_count = 1 + random_below(2),
            .rest = random_below(5) == 0,
            .at_most = 1 + random_below(6),
        };
    }
    w->rules = (struct selector_rules){
        .sections = w->sections,
        .section_count = SECTIONS,
        .ranking = (enum selector_ranking)random_below(3),
        .window_from = NOW - 7 * DAY,
        .window_until = NOW,
        .max_age_s = 30 * DAY,
        .at_most = random_below(2) ? 3 + random_below(10) : 0,
        .per_source = random_below(2) ? 1 + random_below(4) : 0,
        .per_author = random_below(2) ? 1 + random_below(4) : 0,
        .languages = only,
        .language_count = random_below(2),
    };
}

static void make_world(struct world *w, uint64_t seed)
{
    random_hold(seed);
    make_rules(w);
    for (int i = 0; i < MANY; i++)
        make_article(w, i);
}

static uint64_t seed;

#define HOLDS(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            fail_msg("seed %llu: not so: %s", (unsigned long long)seed,        \
                     #condition);                                              \
    } while (0)

static void each_seed(void (*check)(struct world *, struct arena *))
{
    const char *one = getenv("SELECTOR_SEED");
    for (uint64_t i = 0; i < (one ? 1 : ROUNDS); i++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        OWNED(mem_free) struct world *world = MEM_NEW(struct world);
        seed = one ? strtoull(one, NULL, 10) : 1000 + i;
        make_world(world, seed);
        check(world, &arena);
    }
}

static bool is_selected(const struct selection *s, const struct article *a)
{
    for (size_t i = 0; i < s->selected; i++)
        if (s->verdicts[i].candidate->article == a)
            return true;
    return false;
}

/* ---- no limit is passed ---- */

static void add_minimums_and_pins(struct world *w)
{
    for (size_t i = 0; i < SECTIONS; i++)
        w->sections[i].at_least = random_below(4);
    for (int i = 0; i < MANY; i++)
        w->candidates[i].pinned =
            !w->candidates[i].dropped && random_below(30) == 0;
}

static void check_section(const struct world *w, const struct selection *s,
                          size_t section)
{
    size_t taken = 0, pinned = 0;
    for (size_t i = 0; i < s->selected; i++) {
        const struct selector_verdict *v = &s->verdicts[i];
        if (v->section != section)
            continue;
        taken++;
        pinned += v->candidate->pinned;
        HOLDS(v->rank == taken);
    }
    size_t most = w->sections[section].at_most;
    HOLDS(taken <= (pinned > most ? pinned : most));
    HOLDS(taken == 0 || pinned || taken >= w->sections[section].at_least);
}

static void check_groups(const struct world *w, const struct selection *s)
{
    const struct selector_rules *rules = &w->rules;
    size_t of_source[8] = {0}, of_author[4] = {0}, pinned = 0;
    for (size_t i = 0; i < s->selected; i++) {
        const struct selector_candidate *c = s->verdicts[i].candidate;
        pinned += c->pinned;
        if (c->pinned)
            continue;
        of_source[c->article->source_id]++;
        for (int a = 0; a < 4; a++)
            of_author[a] += c->article->author == authors[a];
    }
    HOLDS(!rules->at_most ||
          s->selected <= (pinned > rules->at_most ? pinned : rules->at_most));
    for (int i = 0; i < 8; i++)
        HOLDS(!rules->per_source || of_source[i] <= rules->per_source);
    for (int i = 1; i < 4; i++)
        HOLDS(!rules->per_author || of_author[i] <= rules->per_author);
}

static void check_limits(struct world *w, struct arena *arena)
{
    struct selection s;
    add_minimums_and_pins(w);
    selector_select(&w->rules, w->candidates, MANY, arena, &s);
    HOLDS(s.count == MANY);
    for (size_t i = 0; i < SECTIONS; i++)
        check_section(w, &s, i);
    check_groups(w, &s);
}

static void no_limit_is_ever_passed(void **state)
{
    (void)state;
    each_seed(check_limits);
}

/* ---- nothing comes twice ---- */

static void check_once(struct world *w, struct arena *arena)
{
    struct selection s;
    bool seen[MANY + 1] = {false};
    add_minimums_and_pins(w);
    selector_select(&w->rules, w->candidates, MANY, arena, &s);
    for (size_t i = 0; i < s.count; i++) {
        const struct selector_verdict *v = &s.verdicts[i];
        HOLDS(!seen[v->candidate->article->id]);
        seen[v->candidate->article->id] = true;
        HOLDS((v->reason == SELECTED) == (i < s.selected));
        if (v->reason != SELECTED || v->candidate->pinned)
            continue;
        HOLDS(!v->candidate->sent_in && !v->candidate->dropped &&
              !v->candidate->excluded);
    }
    for (size_t i = s.selected; i < s.count; i++)
        HOLDS(s.verdicts[i].reason != NOT_A_NEW_STORY ||
              s.verdicts[i].near_to != s.verdicts[i].candidate);
}

static void nothing_is_repeated(void **state)
{
    (void)state;
    each_seed(check_once);
}

/* ---- the order of the input ---- */

static void shuffle(struct selector_candidate *candidates, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = random_below((uint32_t)i);
        struct selector_candidate swap = candidates[i - 1];
        candidates[i - 1] = candidates[j];
        candidates[j] = swap;
    }
}

static void check_order(struct world *w, struct arena *arena)
{
    struct selection x, y;
    struct selector_candidate other[MANY];
    add_minimums_and_pins(w);
    memcpy(other, w->candidates, sizeof other);
    shuffle(other, MANY);
    selector_select(&w->rules, w->candidates, MANY, arena, &x);
    selector_select(&w->rules, other, MANY, arena, &y);
    HOLDS(x.selected == y.selected);
    for (size_t i = 0; i < x.count; i++) {
        const struct selector_verdict *a = &x.verdicts[i];
        const struct selector_verdict *b = &y.verdicts[i];
        HOLDS(a->candidate->article == b->candidate->article);
        HOLDS(a->reason == b->reason && a->section == b->section &&
              a->rank == b->rank);
        HOLDS(!a->near_to == !b->near_to &&
              (!a->near_to || a->near_to->article == b->near_to->article));
    }
}

static void the_order_of_the_input_changes_nothing(void **state)
{
    (void)state;
    each_seed(check_order);
}

/* ---- an older article ---- */

/* Of near-duplicates the preferred one is taken, not the newer: here no two
 * are near. What was there before stays if it is newer than what comes. */
static void check_older(struct world *w, struct arena *arena)
{
    struct selection without, with;
    w->rules.ranking = RANK_RECENT;
    for (int i = 0; i < MANY; i++)
        w->candidates[i].signature = (struct article_signature){0};
    selector_select(&w->rules, w->candidates, MANY - 1, arena, &without);
    selector_select(&w->rules, w->candidates, MANY, arena, &with);
    const struct article *added = &w->articles[MANY - 1];
    for (size_t i = 0; i < without.selected; i++) {
        const struct article *a = without.verdicts[i].candidate->article;
        HOLDS(a->published_at <= added->published_at || is_selected(&with, a));
    }
}

static void an_older_article_never_removes_a_newer_one(void **state)
{
    (void)state;
    each_seed(check_older);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_limit_is_ever_passed),
        cmocka_unit_test(nothing_is_repeated),
        cmocka_unit_test(the_order_of_the_input_changes_nothing),
        cmocka_unit_test(an_older_article_never_removes_a_newer_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
