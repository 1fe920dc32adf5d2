#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
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
        .author = "",
        .language = "",
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

static const struct selector_section three[] = {
    {.title = "World", .slugs = world, .slug_count = 1, .at_most = 4},
    {.title = "Science", .slugs = science, .slug_count = 1, .at_most = 3},
    {.title = "Rest", .rest = true, .at_most = 5},
};

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
    struct article undated = article(7, 0, &world_category);
    late.known_at = ancient.known_at = undated.known_at = NOW - 1;
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
        {{.article = &fresh, .excluded = "world"}, NOT_ALLOWED},
        {{.article = &fresh, .excluded = "world", .pinned = true}, SELECTED},
        {{.article = &before, .pinned = true}, SELECTED},
        {{.article = &undated}, NOT_DATED},
        {{.article = &undated, .pinned = true}, SELECTED},
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
    a.views = 40; /* of those read as often the newest */
    selector_select(&rules, candidates, 2, &arena, &s);
    assert_int_equal(s.verdicts[0].candidate->article->id, 1);
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
    assert_true(judge(&rules, a, &arena).score.total == 1.0);
    assert_true(judge(&rules, b, &arena).score.total == 0.5);
    assert_true(judge(&rules, c, &arena).score.total == 2.5);
}

static struct selection select_all(const struct selector_rules *rules,
                                   const struct selector_candidate *candidates,
                                   size_t count, struct arena *arena)
{
    struct selection s;
    selector_select(rules, candidates, count, arena, &s);
    return s;
}

static const struct selector_verdict *verdict_of(const struct selection *s,
                                                 const struct article *article)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->verdicts[i].candidate->article == article)
            return &s->verdicts[i];
    fail();
    return NULL;
}

static void assert_says(const struct selector_rules *rules,
                        const struct selection *s, const struct article *a,
                        const char *words)
{
    OWNED(strbuf_free) struct strbuf why = STRBUF_INIT;
    selector_explain(rules, verdict_of(s, a), &why);
    assert_string_equal(strbuf_text(&why), words);
}

static void
a_section_below_its_minimum_leaves_its_stories_to_the_rest(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const struct selector_section sections[] = {
        {.title = "World",
         .slugs = world,
         .slug_count = 1,
         .at_most = 3,
         .at_least = 2},
        {.title = "Science",
         .slugs = science,
         .slug_count = 1,
         .at_most = 3,
         .at_least = 2},
        {.title = "Rest", .rest = true, .at_most = 1},
    };
    struct selector_rules rules = rules_for(sections, 3);
    struct article w = article(1, NOW - 1, &world_category);
    struct article s1 = article(2, NOW - 2, &science_category);
    struct article s2 = article(3, NOW - 3, &science_category);
    struct selector_candidate c[] = {
        {.article = &w}, {.article = &s1}, {.article = &s2}};
    struct selection s = select_all(&rules, c, 3, &arena);
    assert_int_equal(s.selected, 3);
    assert_int_equal(verdict_of(&s, &w)->section, 2);
    assert_int_equal(verdict_of(&s, &s1)->section, 1);
    rules.section_count = 2; /* no rest to go to */
    s = select_all(&rules, c, 3, &arena);
    assert_int_equal(s.selected, 2);
    assert_says(&rules, &s, &w, "too few for World (at least 2)");
    c[0].pinned = true; /* what an editor wants keeps its section */
    s = select_all(&rules, c, 3, &arena);
    assert_int_equal(verdict_of(&s, &w)->section, 0);
}

static void the_limits_of_an_issue_take_the_best(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const struct selector_section rest = {
        .title = "All", .rest = true, .at_most = 9};
    struct selector_rules rules = rules_for(&rest, 1);
    struct article a[4];
    struct selector_candidate c[4];
    for (int i = 0; i < 4; i++) {
        a[i] = article(i + 1, NOW - i, &world_category);
        a[i].author = i < 2 ? "Ines" : "";
        a[i].source_id = i < 3 ? 2 : 3;
        c[i] = (struct selector_candidate){.article = &a[i]};
    }
    rules.at_most = 3;
    struct selection s = select_all(&rules, c, 4, &arena);
    assert_int_equal(s.selected, 3);
    assert_says(&rules, &s, &a[3], "over the limit of the issue (3)");
    rules.at_most = 0;
    rules.per_source = 2;
    s = select_all(&rules, c, 4, &arena);
    assert_says(&rules, &s, &a[2], "over the limit of one source (2)");
    assert_int_equal(s.selected, 3);
    rules.per_source = 0;
    rules.per_author = 1; /* those without an author are not counted */
    s = select_all(&rules, c, 4, &arena);
    assert_says(&rules, &s, &a[1], "over the limit of Ines (1)");
    assert_int_equal(s.selected, 3);
}

static void a_language_takes_its_regions_and_what_says_none(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    static const char *const wanted[] = {"pt", "en-GB"};
    struct selector_rules rules = rules_for(&only_world, 1);
    rules.languages = wanted;
    rules.language_count = 2;
    const struct {
        const char *language;
        bool taken;
    } cases[] = {{"pt-BR", true}, {"PT", true},  {"en-GB", true}, {"en", false},
                 {"ptx", false},  {"fr", false}, {"", true}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct article a = article(1, NOW - 1, &world_category);
        a.language = cases[i].language;
        struct selector_candidate c = {.article = &a};
        assert_int_equal(judge(&rules, c, &arena).reason,
                         cases[i].taken ? SELECTED : NOT_IN_LANGUAGE);
    }
}

static void an_editors_places_hold_whatever_the_rank(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct selector_rules rules = rules_for(three, 3);
    struct article a[5];
    struct selector_candidate c[5];
    for (int i = 0; i < 5; i++) {
        a[i] = article(i + 1, NOW - i, &world_category);
        c[i] = (struct selector_candidate){.article = &a[i]};
    }
    c[3].pinned = c[4].pinned = true;
    c[3].place = 2;
    c[4].place = 1;
    c[4].pinned_section = 2; /* Science */
    struct selection s = select_all(&rules, c, 5, &arena);
    static const int order[] = {1, 4, 2, 3, 5};
    assert_int_equal(s.selected, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(s.verdicts[i].candidate->article->id, order[i]);
        assert_int_equal(s.verdicts[i].section, i == 4);
    }
}

static void a_boost_lifts_what_a_source_says(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct selector_rules rules = rules_for(&only_world, 1);
    rules.ranking = RANK_SCORE;
    struct article plain = article(1, NOW, &world_category);
    struct article lifted = article(2, NOW - 6 * DAY, &world_category);
    struct selector_candidate c[] = {{.article = &plain},
                                     {.article = &lifted, .boost = 3}};
    struct selection s = select_all(&rules, c, 2, &arena);
    assert_ptr_equal(s.verdicts[0].candidate->article, &lifted);
    assert_says(&rules, &s, &lifted,
                "taken: 1 of at most 2, score 3.25 = views 1.00 * recency "
                "0.25 + boost 3");
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
        cmocka_unit_test(
            a_section_below_its_minimum_leaves_its_stories_to_the_rest),
        cmocka_unit_test(the_limits_of_an_issue_take_the_best),
        cmocka_unit_test(a_language_takes_its_regions_and_what_says_none),
        cmocka_unit_test(an_editors_places_hold_whatever_the_rank),
        cmocka_unit_test(a_boost_lifts_what_a_source_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
