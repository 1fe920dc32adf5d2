#include "digest/articles/article_edit.h"
#include "tests/sources/importing.h"

static const struct article_category world[] = {{"World", "world"}};

static struct article sample(const char *guid, int64_t published)
{
    return (struct article){.source_id = 1,
                            .guid = guid,
                            .url = "",
                            .title = "T",
                            .author = "A",
                            .published_at = published,
                            .known_at = NOW,
                            .language = "en",
                            .summary_html = "<p>S</p>\n",
                            .body_html = "<p>B</p>\n",
                            .image_url = "",
                            .image_alt = "",
                            .categories = world,
                            .category_count = 1};
}

static int64_t put(struct importing *t, const struct article *a,
                   enum article_change expected)
{
    struct err err = {0};
    int64_t id = 0;
    enum article_change change;
    if (!article_put(t->db, a, &id, &change, &err))
        fail_msg("%s", err.text);
    assert_int_equal(change, expected);
    return id;
}

static size_t count(struct importing *t, const struct article_query *query)
{
    struct err err = {0};
    struct article_list list;
    assert_true(article_find(t->db, query, &t->arena, &list, &err));
    return list.count;
}

static void what_was_put_is_got(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    struct article a = sample("g", NOW - 5), b;
    a.views = 7;
    a.weight = -2;
    a.word_count = 99;
    int64_t id = put(t, &a, ARTICLE_ADDED);
    assert_true(article_get(t->db, id, &t->arena, &b, &err));
    assert_int_equal(b.id, id);
    assert_string_equal(b.guid, "g");
    assert_string_equal(b.body_html, a.body_html);
    assert_int_equal(b.published_at, NOW - 5);
    assert_int_equal(b.views + b.weight + b.word_count, 104);
    assert_int_equal(b.category_count, 1);
    assert_string_equal(b.categories[0].name, "World");
}

static void the_same_url_is_the_same_article(void **state)
{
    struct importing *t = *state;
    struct article a = sample("g1", NOW);
    a.url = "https://a.example/";
    int64_t id = put(t, &a, ARTICLE_ADDED);
    a.guid = "g2";
    a.known_at += 60;
    assert_int_equal(put(t, &a, ARTICLE_CHANGED), id);
    assert_int_equal(put(t, &a, ARTICLE_UNCHANGED), id);
}

static void what_has_a_guid_of_its_own_may_share_a_link(void **state)
{
    struct importing *t = *state;
    struct article a = sample("ep-1", NOW - 60), b = sample("ep-2", NOW - 60);
    a.url = b.url = "https://a.example/show";
    int64_t first = put(t, &a, ARTICLE_ADDED);
    /* All else may be the same, where they come in with one reading. */
    int64_t second = put(t, &b, ARTICLE_ADDED);
    assert_int_not_equal(first, second);
    a.known_at = b.known_at = NOW + 60;
    assert_int_equal(put(t, &a, ARTICLE_UNCHANGED), first);
    assert_int_equal(put(t, &b, ARTICLE_UNCHANGED), second);
    /* The feed may hold the newest alone. */
    struct article c = sample("ep-3", NOW);
    c.url = a.url;
    c.title = "The third";
    c.known_at = NOW + 60;
    int64_t third = put(t, &c, ARTICLE_ADDED);
    assert_int_not_equal(third, first);
    assert_int_not_equal(third, second);
}

static void a_guid_takes_the_place_of_none(void **state)
{
    struct importing *t = *state;
    struct article a = sample("https://a.example/1", NOW);
    a.url = "https://a.example/1";
    int64_t id = put(t, &a, ARTICLE_ADDED);
    a.guid = "of its own";
    a.title = "New";
    assert_int_equal(put(t, &a, ARTICLE_CHANGED), id);
}

static void each_part_that_differs_is_a_change(void **state)
{
    struct importing *t = *state;
    struct article a = sample("g", NOW);
    put(t, &a, ARTICLE_ADDED);
    a.body_html = "<p>C</p>\n";
    put(t, &a, ARTICLE_CHANGED);
    a.category_count = 0;
    put(t, &a, ARTICLE_CHANGED);
    a.views++;
    put(t, &a, ARTICLE_CHANGED);
    put(t, &a, ARTICLE_UNCHANGED);
}

static void known_at_stays_as_it_first_was(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    struct article a = sample("g", NOW), b;
    int64_t id = put(t, &a, ARTICLE_ADDED);
    a.known_at = NOW + 99;
    a.title = "New";
    put(t, &a, ARTICLE_CHANGED);
    assert_true(article_get(t->db, id, &t->arena, &b, &err));
    assert_int_equal(b.known_at, NOW);
}

static void a_withdrawn_article_stays_out(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    struct article a = sample("g", NOW);
    int64_t id = put(t, &a, ARTICLE_ADDED), left;
    assert_true(article_withdraw(t->db, id, NOW, &err));
    a.title = "New";
    put(t, &a, ARTICLE_CHANGED);
    assert_int_equal(count(t, &(struct article_query){0}), 0);
    assert_int_equal(count(t, &(struct article_query){.with_withdrawn = true}),
                     1);
    assert_true(article_count(t->db, &left, &err));
    assert_int_equal(left, 0);
}

static void a_removed_article_can_be_put_back(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    struct article_standing standing;
    struct article a = sample("g", NOW);
    int64_t id = put(t, &a, ARTICLE_ADDED);
    assert_false(article_put_back(t->db, id, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_true(article_withdraw(t->db, id, NOW, &err));
    assert_true(article_standing(t->db, id, &t->arena, &standing, &err));
    assert_int_equal(standing.withdrawn_at, NOW);
    assert_false(standing.by_source);
    assert_true(article_put_back(t->db, id, &err));
    assert_true(article_standing(t->db, id, &t->arena, &standing, &err));
    assert_int_equal(standing.withdrawn_at, 0);
    assert_int_equal(count(t, &(struct article_query){0}), 1);
    assert_false(article_standing(t->db, id + 1, &t->arena, &standing, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void lists_are_newest_first_and_keep_to_their_bounds(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    struct article_list list;
    struct article late = sample("late", NOW - 1000);
    struct article old = sample("old", NOW - 500);
    struct article new = sample("new", NOW - 100);
    old.known_at = NOW - 400;
    new.known_at = NOW - 90;
    new.category_count = 0;
    put(t, &late, ARTICLE_ADDED);
    put(t, &old, ARTICLE_ADDED);
    put(t, &new, ARTICLE_ADDED);
    assert_true(article_find(t->db, &(struct article_query){0}, &t->arena,
                             &list, &err));
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].guid, "new");
    assert_string_equal(list.items[2].guid, "late");
    assert_string_equal(list.items[0].body_html, "");
    assert_int_equal(count(t, &(struct article_query){.fresh_from = NOW - 400}),
                     3);
    assert_int_equal(count(t, &(struct article_query){.fresh_from = NOW - 399}),
                     2);
    assert_int_equal(count(t, &(struct article_query){.fresh_until = NOW - 90}),
                     1);
    assert_int_equal(
        count(t, &(struct article_query){.published_from = NOW - 500}), 2);
    assert_int_equal(
        count(t, &(struct article_query){.published_from = NOW - 500,
                                         .published_until = NOW - 100}),
        1);
    assert_int_equal(count(t, &(struct article_query){.category = "world"}), 2);
    assert_int_equal(
        count(t, &(struct article_query){.category = "world", .limit = 1}), 1);
}

static void an_unknown_article_is_not_found(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    struct article a;
    assert_false(article_get(t->db, 77, &t->arena, &a, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_false(article_withdraw(t->db, 77, NOW, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void assert_size(struct importing *t, int64_t id, unsigned width,
                        unsigned height)
{
    struct err err = {0};
    struct article a;
    assert_true(article_get(t->db, id, &t->arena, &a, &err));
    assert_string_equal(a.body_html, "<p>B</p>\n");
    assert_int_equal(a.image_width, width);
    assert_int_equal(a.image_height, height);
}

static int64_t changed_at(struct importing *t)
{
    struct err err = {0};
    int64_t at;
    assert_true(stmt_one_int(
        db_stmt(t->db, "SELECT max(changed_at) FROM article"), &at, &err));
    return at;
}

static void an_image_gains_its_size_without_a_change(void **state)
{
    struct importing *t = *state;
    struct article a = sample("g", NOW);
    a.image_url = "https://a.example/i.png";
    int64_t id = put(t, &a, ARTICLE_ADDED);
    assert_size(t, id, 0, 0);
    a.image_width = 1600;
    a.image_height = 900;
    a.known_at = NOW + 99;
    assert_int_equal(put(t, &a, ARTICLE_UNCHANGED), id);
    assert_size(t, id, 1600, 900);
    assert_int_equal(changed_at(t), NOW);
    a.image_width = a.image_height = 0;
    put(t, &a, ARTICLE_UNCHANGED);
    a.title = "New";
    put(t, &a, ARTICLE_CHANGED);
    assert_size(t, id, 1600, 900); /* it is the same image */
    a.image_url = "https://a.example/j.png";
    put(t, &a, ARTICLE_CHANGED);
    assert_size(t, id, 0, 0);
}

static void an_editors_image_has_no_size_of_another(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    struct article_edit edit = {.image_url = "https://a.example/own.png"};
    struct article a = sample("g", NOW);
    a.image_url = "https://a.example/i.png";
    a.image_width = a.image_height = 800;
    int64_t id = put(t, &a, ARTICLE_ADDED);
    assert_size(t, id, 800, 800);
    assert_true(article_edit(t->db, id, &edit, NOW, &err));
    assert_size(t, id, 0, 0);
    put(t, &a, ARTICLE_UNCHANGED);
    assert_size(t, id, 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_image_gains_its_size_without_a_change),
        TEST(an_editors_image_has_no_size_of_another),
        TEST(what_was_put_is_got),
        TEST(the_same_url_is_the_same_article),
        TEST(what_has_a_guid_of_its_own_may_share_a_link),
        TEST(a_guid_takes_the_place_of_none),
        TEST(each_part_that_differs_is_a_change),
        TEST(known_at_stays_as_it_first_was),
        TEST(a_withdrawn_article_stays_out),
        TEST(a_removed_article_can_be_put_back),
        TEST(lists_are_newest_first_and_keep_to_their_bounds),
        TEST(an_unknown_article_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
