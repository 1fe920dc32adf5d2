#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/selector/selector.h"

enum { DAY = 86400, NOW = 1000 * DAY };

static const char *const world[] = {"world"};
static const char *const science[] = {"science"};
static const char *const both[] = {"world", "science"};

static struct selector_rules rules_for(const struct selector_section *sections,
                                       size_t count)
{
    return (struct selector_rules){
        .sections = sections,
        .section_count = count,
        .window_from = NOW - 7 * DAY,
        .window_until = NOW,
        .max_age_s = 30 * DAY,
    };
}

static const struct article_category world_category = {"World", "world"};
static const struct article_category science_category = {"Science", "science"};

static struct article article(int64_t id, int64_t published,
                              const struct article_category *category)
{
    return (struct article){
        .id = id,
        .url = "",
        .title = "",
        .published_at = published,
        .known_at = published,
        .categories = category,
        .category_count = category ? 1 : 0,
    };
}

/* Selects one article alone, and gives its verdict. */
static struct selector_verdict judge(const struct selector_rules *rules,
                                     struct selector_candidate candidate,
                                     struct arena *arena)
{
    struct selector_candidate *kept =
        ARENA_NEW(arena, struct selector_candidate);
    *kept = candidate;
    struct selection selection;
    selector_select(rules, kept, 1, arena, &selection);
    return selection.verdicts[0];
}

static const struct selector_section only_world = {
    .title = "World", .slugs = world, .slug_count = 1, .at_most = 2};

static void each_reason_is_given_where_it_applies(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct selector_rules rules = rules_for(&only_world, 1);
    struct article fresh = article(1, NOW - DAY, &world_category);
    struct article late = article(2, NOW - 20 * DAY, &world_category);
    struct article ancient = article(3, NOW - 400 * DAY, &world_category);
    struct article before = article(4, NOW - 8 * DAY, &world_category);
    struct article to_come = article(5, NOW + 1, &world_category);
    struct article other = article(6, NOW - DAY, &science_category);
    late.known_at = ancient.known_at = NOW - 1;
    const struct {
        struct selector_candidate candidate;
        enum selector_reason reason;
    } cases[] = {
        {{.article = &fresh}, SELECTED},
        {{.article = &late}, SELECTED},
        {{.article = &ancient}, NOT_YOUNG_ENOUGH},
        {{.article = &before}, NOT_IN_WINDOW},
        {{.article = &to_come}, NOT_PUBLISHED},
        {{.article = &other}, NOT_IN_SECTIONS},
        {{.article = &fresh, .sent_in = "weekly/1"}, NOT_SENT_TWICE},
        {{.article = &fresh, .dropped = true}, NOT_WANTED},
        {{.article = &before, .pinned = true}, SELECTED},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_int_equal(judge(&rules, cases[i].candidate, &arena).reason,
                         cases[i].reason);
}

static void the_window_holds_both_its_ends(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct selector_rules rules = rules_for(&only_world, 1);
    struct article first = article(1, rules.window_from, &world_category);
    struct article last = article(2, rules.window_until, &world_category);
    struct selector_candidate a = {.article = &first}, b = {.article = &last};
    assert_int_equal(judge(&rules, a, &arena).reason, SELECTED);
    assert_int_equal(judge(&rules, b, &arena).reason, SELECTED);
}

static void with_since_only_the_published_time_counts(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct selector_rules rules = rules_for(&only_world, 1);
    rules.by_published = true;
    rules.window_from = NOW - 100 * DAY;
    struct article old = article(1, NOW - 60 * DAY, &world_category);
    struct article older = article(2, NOW - 101 * DAY, &world_category);
    older.known_at = NOW;
    struct selector_candidate a = {.article = &old}, b = {.article = &older};
    assert_int_equal(judge(&rules, a, &arena).reason, SELECTED);
    assert_int_equal(judge(&rules, b, &arena).reason, NOT_IN_WINDOW);
}

static void a_full_section_leaves_the_rest_to_the_next(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const struct selector_section sections[] = {
        {.title = "World", .slugs = world, .slug_count = 1, .at_most = 1},
        {.title = "Both", .slugs = both, .slug_count = 2, .at_most = 1},
        {.title = "Science", .slugs = science, .slug_count = 1, .at_most = 1},
    };
    struct selector_rules rules = rules_for(sections, 3);
    struct article articles[3];
    struct selector_candidate candidates[3];
    for (int i = 0; i < 3; i++) {
        articles[i] = article(i + 1, NOW - i - 1, &world_category);
        candidates[i] = (struct selector_candidate){.article = &articles[i]};
    }
    struct selection s;
    selector_select(&rules, candidates, 3, &arena, &s);
    assert_int_equal(s.selected, 2);
    assert_int_equal(s.verdicts[0].candidate->article->id, 1);
    assert_int_equal(s.verdicts[0].section, 0);
    assert_int_equal(s.verdicts[1].candidate->article->id, 2);
    assert_int_equal(s.verdicts[1].section, 1);
    assert_int_equal(s.verdicts[2].reason, NOT_WITHIN_LIMIT);
    OWNED(strbuf_free) struct strbuf why = STRBUF_INIT;
    selector_explain(&rules, &s.verdicts[2], &why);
    assert_string_equal(strbuf_text(&why), "over the limit of World (1)");
}

static void the_most_read_come_first_by_views(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct selector_rules rules = rules_for(&only_world, 1);
    rules.ranking = RANK_VIEWS;
    struct article a = article(1, NOW - 1, &world_category);
    struct article b = article(2, NOW - DAY, &world_category);
    a.views = 3;
    b.views = 40;
    struct selector_candidate candidates[] = {{.article = &a}, {.article = &b}};
    struct selection s;
    selector_select(&rules, candidates, 2, &arena, &s);
    assert_int_equal(s.verdicts[0].candidate->article->id, 2);
}

static void a_score_halves_in_three_days_and_weight_adds(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct selector_rules rules = rules_for(&only_world, 1);
    rules.ranking = RANK_SCORE;
    struct article now = article(1, NOW, &world_category);
    struct article aged = article(2, NOW - 3 * DAY, &world_category);
    struct article heavy = aged;
    heavy.weight = 2;
    struct selector_candidate a = {.article = &now}, b = {.article = &aged},
                              c = {.article = &heavy};
    assert_true(judge(&rules, a, &arena).score == 1.0);
    assert_true(judge(&rules, b, &arena).score == 0.5);
    assert_true(judge(&rules, c, &arena).score == 2.5);
}

/* ---- properties, over many random inputs ---- */

enum { MANY = 60 };

static void make_random(struct article *articles,
                        struct selector_candidate *candidates)
{
    for (int i = 0; i < MANY; i++) {
        const struct article_category *category =
            random_below(2) ? &world_category : &science_category;
        articles[i] = article(i + 1, NOW - random_below(10 * DAY), category);
        articles[i].known_at += random_below(2 * DAY);
        articles[i].views = random_below(5);
        candidates[i] = (struct selector_candidate){
            .article = &articles[i],
            .sent_in = random_below(6) ? NULL : "weekly/1",
        };
    }
}

static void shuffle(struct selector_candidate *candidates, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = random_below((uint32_t)i);
        struct selector_candidate swap = candidates[i - 1];
        candidates[i - 1] = candidates[j];
        candidates[j] = swap;
    }
}

static const struct selector_section three[] = {
    {.title = "World", .slugs = world, .slug_count = 1, .at_most = 4},
    {.title = "Science", .slugs = science, .slug_count = 1, .at_most = 3},
    {.title = "Rest", .rest = true, .at_most = 5},
};

static void no_limit_is_passed_and_nothing_comes_twice(void **state)
{
    (void)state;
    random_hold(11);
    for (int round = 0; round < 200; round++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct article articles[MANY];
        struct selector_candidate candidates[MANY];
        struct selector_rules rules = rules_for(three, 3);
        rules.ranking = (enum selector_ranking)(round % 3);
        make_random(articles, candidates);
        struct selection s;
        selector_select(&rules, candidates, MANY, &arena, &s);
        size_t taken[3] = {0};
        bool seen[MANY + 1] = {false};
        for (size_t i = 0; i < s.selected; i++) {
            const struct selector_verdict *v = &s.verdicts[i];
            assert_int_equal(v->reason, SELECTED);
            assert_null(v->candidate->sent_in);
            assert_false(seen[v->candidate->article->id]);
            seen[v->candidate->article->id] = true;
            taken[v->section]++;
        }
        for (size_t i = s.selected; i < s.count; i++)
            assert_int_not_equal(s.verdicts[i].reason, SELECTED);
        for (int i = 0; i < 3; i++)
            assert_true(taken[i] <= three[i].at_most);
    }
}

static void the_order_of_the_input_changes_nothing(void **state)
{
    (void)state;
    random_hold(12);
    for (int round = 0; round < 200; round++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct article articles[MANY];
        struct selector_candidate a[MANY], b[MANY];
        struct selector_rules rules = rules_for(three, 3);
        rules.ranking = (enum selector_ranking)(round % 3);
        make_random(articles, a);
        for (int i = 0; i < MANY; i++)
            b[i] = a[i];
        shuffle(b, MANY);
        struct selection x, y;
        selector_select(&rules, a, MANY, &arena, &x);
        selector_select(&rules, b, MANY, &arena, &y);
        assert_int_equal(x.selected, y.selected);
        for (size_t i = 0; i < x.count; i++)
            assert_ptr_equal(x.verdicts[i].candidate->article,
                             y.verdicts[i].candidate->article);
    }
}

static void an_older_article_never_drives_out_a_newer_one(void **state)
{
    (void)state;
    random_hold(13);
    for (int round = 0; round < 200; round++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct article articles[MANY];
        struct selector_candidate all[MANY];
        struct selector_rules rules = rules_for(three, 3);
        make_random(articles, all);
        /* The oldest of all comes last, and is left out first. */
        articles[MANY - 1].published_at = NOW - 7 * DAY;
        articles[MANY - 1].known_at = NOW - 7 * DAY;
        for (int i = 0; i < MANY - 1; i++)
            if (articles[i].published_at <= NOW - 7 * DAY)
                articles[i].published_at = NOW - 7 * DAY + 1;
        struct selection without, with;
        selector_select(&rules, all, MANY - 1, &arena, &without);
        selector_select(&rules, all, MANY, &arena, &with);
        for (size_t i = 0; i < without.selected; i++) {
            bool kept = false;
            for (size_t j = 0; j < with.selected; j++)
                kept |= with.verdicts[j].candidate->article ==
                        without.verdicts[i].candidate->article;
            assert_true(kept);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reason_is_given_where_it_applies),
        cmocka_unit_test(the_window_holds_both_its_ends),
        cmocka_unit_test(with_since_only_the_published_time_counts),
        cmocka_unit_test(a_full_section_leaves_the_rest_to_the_next),
        cmocka_unit_test(the_most_read_come_first_by_views),
        cmocka_unit_test(a_score_halves_in_three_days_and_weight_adds),
        cmocka_unit_test(no_limit_is_passed_and_nothing_comes_twice),
        cmocka_unit_test(the_order_of_the_input_changes_nothing),
        cmocka_unit_test(an_older_article_never_drives_out_a_newer_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
