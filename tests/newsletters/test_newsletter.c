#include "digest/base/zone.h"
#include "digest/newsletters/newsletter.h"
#include "tests/support/house.h"

static void sections_are_read_with_their_limits(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const struct {
        const char *text, *categories;
        int64_t at_most;
    } cases[] = {
        {"World", "World", NEWSLETTER_DEFAULT_LIMIT},
        {"World:7", "World", 7},
        {" World , Europe : 3 ", "World\nEurope", 3},
        {"*", "*", NEWSLETTER_DEFAULT_MOST},
        {"*:2", "*", 2},
        {"\"Arts, Letters: a review\":4", "Arts, Letters: a review", 4},
        {"\"A:B\",C", "A:B\nC", NEWSLETTER_DEFAULT_LIMIT},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct newsletter_section section;
        struct err err = {0};
        if (!newsletter_parse_section(cases[i].text, &arena, &section, &err))
            fail_msg("%s: %s", cases[i].text, err.text);
        assert_string_equal(section.categories, cases[i].categories);
        assert_int_equal(section.at_most, cases[i].at_most);
    }
}

static void sections_that_are_none_are_refused(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    static const char *const cases[] = {
        "",        ":",          "World:",   "World:0", "World:-1",
        "World:x", "World:1001", "World,",   ",World",  "\"World",
        "\"\":3",  "World:3:4",  "\"A\"B:3", "\xff:3",
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct newsletter_section section;
        struct err err = {0};
        if (newsletter_parse_section(cases[i], &arena, &section, &err))
            fail_msg("accepted: %s", cases[i]);
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

static void a_sender_has_a_name_and_an_address(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const struct {
        const char *text, *name, *address; /* NULL: refused */
    } cases[] = {
        {"Review <a@example.org>", "Review", "a@example.org"},
        {"\"Review, The\" <a@example.org>", "Review, The", "a@example.org"},
        {"a@example.org", "", "a@example.org"},
        {"Zürich <a@example.org>", "Zürich", "a@example.org"},
        {"\"Anna \\\"Ann\\\" Lee\" <a@example.org>", "Anna \"Ann\" Lee",
         "a@example.org"},
        {"\"a\\\\b \\c <d>\" <a@example.org>", "a\\b c <d>", "a@example.org"},
        {"The \"Quay\", \"daily\"< a@example.org >", "The Quay, daily",
         "a@example.org"},
        {"O'Brien & Sons (daily) <a@example.org>", "O'Brien & Sons (daily)",
         "a@example.org"},
        {"\"\" <a@example.org>", "", "a@example.org"},
        {"\"Review <a@example.org>", NULL, NULL},
        {"\"Review\\\" <a@example.org>", NULL, NULL},
        {"\"Re\\\nview\" <a@example.org>", NULL, NULL},
        {"\"Review\"", NULL, NULL},
        {"Review <a@example.org", NULL, NULL},
        {"Review", NULL, NULL},
        {"Review <>", NULL, NULL},
        {"Re\nview <a@example.org>", NULL, NULL},
        {"Review <a@example.org\r\nBcc: b@example.org>", NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *name, *address;
        struct err err = {0};
        bool good =
            newsletter_parse_from(cases[i].text, &arena, &name, &address, &err);
        assert_int_equal(good, cases[i].name != NULL);
        if (!good)
            continue;
        assert_string_equal(name, cases[i].name);
        assert_string_equal(address, cases[i].address);
    }
}

static struct newsletter sample(void)
{
    static const struct newsletter_section section = {.categories = "*",
                                                      .at_most = 5};
    return (struct newsletter){
        .slug = "weekly",
        .title = "Weekly",
        .from_name = "",
        .from_address = "a@example.org",
        .reply_to = "",
        .language = "en",
        .timezone = "UTC",
        .template_name = "default",
        .theme = "",
        .max_age_s = 1,
        .min_articles = 1,
        .sections = &section,
        .section_count = 1,
    };
}

static void a_new_one_takes_a_dozen_of_all_articles(void **state)
{
    (void)state;
    struct newsletter n = newsletter_defaults(7);
    struct err err = {0};
    assert_false(newsletter_check(&n, &err));
    n.slug = "weekly";
    n.title = "Weekly";
    n.from_address = "a@example.org";
    assert_true(newsletter_check(&n, &err));
    assert_string_equal(n.sections[0].categories, "*");
    assert_int_equal(n.sections[0].at_most, 12);
    assert_int_equal(n.rules.most, 12);
    assert_false(n.omits_greeting);
}

static void names_turn_no_text_around(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct newsletter n = sample();
    n.title = "A\xe2\x80\xae \xe2\x81\xa7"
              "b\xe2\x81\xa9";
    n.from_name = "\xe2\x80\xaaZürich\xe2\x80\xac";
    newsletter_clean_names(&n, &arena);
    assert_string_equal(n.title, "A b");
    assert_string_equal(n.from_name, "Zürich");
}

static void what_can_not_stand_is_named(void **state)
{
    (void)state;
    struct err err = {0};
    struct newsletter n = sample();
    assert_true(newsletter_check(&n, &err));
    n = sample();
    n.slug = "Weekly Review";
    assert_false(newsletter_check(&n, &err));
    n = sample();
    n.title = "";
    assert_false(newsletter_check(&n, &err));
    n = sample();
    n.title = "a\r\nBcc: b@example.org";
    assert_false(newsletter_check(&n, &err));
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
    for (int i = 0; i < NEWSLETTER_NAME_MAX; i++)
        strbuf_add_text(&name, "e\xcc\x81");
    n = sample();
    n.title = n.from_name = strbuf_text(&name);
    assert_true(newsletter_check(&n, &err));
    strbuf_add_text(&name, "x");
    n.title = strbuf_text(&name);
    n.from_name = "";
    assert_false(newsletter_check(&n, &err));
    assert_string_equal(err.text,
                        "title: has 201 characters; 200 are the most");
    n = sample();
    n.from_name = strbuf_text(&name);
    assert_false(newsletter_check(&n, &err));
    n = sample();
    n.template_name = "../../etc";
    assert_false(newsletter_check(&n, &err));
    n = sample();
    n.section_count = 0;
    assert_false(newsletter_check(&n, &err));
    struct newsletter_section many[NEWSLETTER_MAX_SECTIONS + 1];
    for (size_t i = 0; i < ARRAY_SIZE(many); i++)
        many[i] = n.sections[0];
    n.sections = many;
    n.section_count = NEWSLETTER_MAX_SECTIONS;
    assert_true(newsletter_check(&n, &err));
    n.section_count++;
    assert_false(newsletter_check(&n, &err));
    n.section_count = 1;
    many[0].at_least = many[0].at_most + 1;
    assert_false(newsletter_check(&n, &err));
    many[0].at_least = many[0].at_most = 0;
    assert_false(newsletter_check(&n, &err));
    n = sample();
    n.rules.half_life_s = NEWSLETTER_LEAST_HALF_LIFE_S;
    assert_true(newsletter_check(&n, &err));
    n.rules.half_life_s--;
    assert_false(newsletter_check(&n, &err));
    n = sample();
    struct newsletter_boost boost = {1, -NEWSLETTER_MAX_BOOST, ""};
    n.rules.boosts = &boost;
    n.rules.boost_count = 1;
    assert_true(newsletter_check(&n, &err));
    boost.boost--;
    assert_false(newsletter_check(&n, &err));
    n = sample();
    n.reply_to = "nobody";
    assert_false(newsletter_check(&n, &err));
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(db_release) struct db *db = house_db();
    struct err err = {0};
    struct newsletter n = sample(), back;
    assert_true(newsletter_create(db, &n, &n.id, &err));
    assert_false(newsletter_create(db, &n, &n.id, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    n.title = "Changed";
    n.window_s = 7;
    n.ranking = RANK_VIEWS;
    assert_true(newsletter_update(db, &n, &err));
    assert_true(newsletter_get(db, "weekly", &arena, &back, &err));
    assert_string_equal(back.title, "Changed");
    assert_int_equal(back.window_s, 7);
    assert_int_equal(back.ranking, RANK_VIEWS);
    assert_int_equal(back.section_count, 1);
    assert_false(newsletter_get(db, "daily", &arena, &back, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "weekly"));
    assert_true(newsletter_delete(db, n.id, &err));
}

static void zones_show_their_own_time(void **state)
{
    (void)state;
    struct err err = {0};
    struct zone_time t;
    /* 2026-07-01T12:00:00Z and 2026-01-01T12:00:00Z */
    zone_local("Europe/Berlin", 1782907200, &t);
    assert_int_equal(t.hour, 14);
    zone_local("Europe/Berlin", 1767268800, &t);
    assert_int_equal(t.hour, 13);
    zone_local("Asia/Kolkata", 1767268800, &t);
    assert_int_equal(t.hour, 17);
    assert_int_equal(t.minute, 30);
    assert_int_equal(t.weekday, 4);
    assert_true(zone_check("America/New_York", &err));
    assert_false(zone_check("Mars/Olympus", &err));
    assert_int_equal(err.kind, ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_are_read_with_their_limits),
        cmocka_unit_test(sections_that_are_none_are_refused),
        cmocka_unit_test(a_sender_has_a_name_and_an_address),
        cmocka_unit_test(a_new_one_takes_a_dozen_of_all_articles),
        cmocka_unit_test(names_turn_no_text_around),
        cmocka_unit_test(what_can_not_stand_is_named),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(zones_show_their_own_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
