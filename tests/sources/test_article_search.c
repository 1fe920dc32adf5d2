#include "tests/sources/importing.h"

#include "digest/articles/article_search.h"

static void put(struct importing *t, const char *url, const char *title,
                const char *summary, int64_t at)
{
    struct err err = {0};
    struct article_category world = {"World", "world"};
    struct article a = {.source_id = 1,
                        .guid = url,
                        .url = url,
                        .title = title,
                        .author = "Jürgen Groß",
                        .published_at = at,
                        .known_at = NOW,
                        .language = "",
                        .summary_html = summary,
                        .body_html = "",
                        .image_url = "",
                        .image_alt = "",
                        .categories = &world,
                        .category_count = 1};
    int64_t id;
    enum article_change change;
    if (!article_put(t->db, &a, &id, &change, &err))
        fail_msg("%s", err.text);
}

static size_t found(struct importing *t, struct article_search search)
{
    struct err err = {0};
    struct article_list list = {0};
    if (!article_search_find(t->db, &search, &t->arena, &list, &err))
        fail_msg("%s", err.text);
    return list.count;
}

static void words_are_found_without_their_accents(void **state)
{
    struct importing *t = *state;
    put(t, "https://a.example/1", "Le café du port", "<p>A <em>storm</em></p>",
        NOW - 10);
    put(t, "https://a.example/2", "北京天气很好", "<p>x &lt;em&gt;</p>",
        NOW - 20);
    put(t, "https://a.example/3", "বাংলাদেশের খবর", "", NOW - 30);
    static const struct {
        const char *words;
        size_t count;
    } cases[] = {
        {"cafe", 1},       {"CAFÉ", 1},   {"port cafe", 1}, {"storm cafe", 1},
        {"jurgen", 3},     {"天气很", 1}, {"天气", 1},      {"天", 1},
        {"বাংলাদেশের", 1}, {"খবর", 1},    {"harbour", 0},   {"cafe 天气", 0},
        {"\"port", 1},     {"OR AND", 0}, {"em", 1},        {"du port", 1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        size_t count =
            found(t, (struct article_search){.words = cases[i].words});
        if (count != cases[i].count)
            fail_msg("%s: %zu", cases[i].words, count);
    }
}

static void a_search_is_narrowed(void **state)
{
    struct importing *t = *state;
    put(t, "https://a.example/1", "Storm one", "", NOW - 10);
    put(t, "https://a.example/2", "Storm two", "", NOW - 20);
    assert_int_equal(found(t, (struct article_search){.words = "storm"}), 2);
    assert_int_equal(found(t, (struct article_search){.words = "storm",
                                                      .category = "world"}),
                     2);
    assert_int_equal(
        found(t, (struct article_search){.words = "storm", .category = "city"}),
        0);
    assert_int_equal(
        found(t, (struct article_search){.words = "storm", .source_id = 2}), 0);
    assert_int_equal(
        found(t, (struct article_search){.words = "storm",
                                         .published_from = NOW - 15}),
        1);
    assert_int_equal(
        found(t, (struct article_search){.words = "storm",
                                         .published_until = NOW - 15}),
        1);
    assert_int_equal(
        found(t, (struct article_search){.words = "storm", .limit = 1}), 1);
}

static void a_changed_title_is_found_by_its_new_words_alone(void **state)
{
    struct importing *t = *state;
    put(t, "https://a.example/1", "Storm", "", NOW);
    put(t, "https://a.example/1", "Sunshine", "", NOW);
    assert_int_equal(found(t, (struct article_search){.words = "storm"}), 0);
    assert_int_equal(found(t, (struct article_search){.words = "sunshine"}), 1);
}

static void a_search_for_nothing_is_refused(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    struct article_list list;
    assert_false(article_search_find(t->db,
                                     &(struct article_search){.words = " - "},
                                     &t->arena, &list, &err));
    assert_int_equal(err.kind, ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_are_found_without_their_accents,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_search_is_narrowed, begin, end),
        cmocka_unit_test_setup_teardown(
            a_changed_title_is_found_by_its_new_words_alone, begin, end),
        cmocka_unit_test_setup_teardown(a_search_for_nothing_is_refused, begin,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
