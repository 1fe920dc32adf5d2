/* Blocks: their places, days, languages, and the names in their texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/newsletters/block.h"

static struct block empty(void)
{
    return (struct block){.section = "",
                          .from_day = "",
                          .until_day = "",
                          .languages = "",
                          .text = "Words."};
}

static void places_are_read_as_they_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum block_place place;
        const char *section;
        int64_t story;
    } cases[] = {
        {"top", BLOCK_TOP, "", 0},
        {"bottom", BLOCK_BOTTOM, "", 0},
        {"after World", BLOCK_AFTER_SECTION, "World", 0},
        {"after World, Europe", BLOCK_AFTER_SECTION, "World, Europe", 0},
        {"after story 3", BLOCK_AFTER_STORY, "", 3},
        {"after story time", BLOCK_AFTER_SECTION, "story time", 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        OWNED(strbuf_free) struct strbuf written = STRBUF_INIT;
        struct block block = empty();
        struct err err = {0};
        assert_true(block_place_read(cases[i].text, &arena, &block, &err));
        assert_int_equal(block.place, cases[i].place);
        assert_string_equal(block.section, cases[i].section);
        assert_int_equal(block.story, cases[i].story);
        block_place_write(&block, &written);
        assert_string_equal(strbuf_text(&written), cases[i].text);
    }
}

static void what_is_no_place_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",    "middle",        "after",           "after ",
        "Top", "after story 0", "after story 1001"};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct block block = empty();
        struct err err = {0};
        assert_false(block_place_read(cases[i], &arena, &block, &err));
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

static void its_first_and_last_day_are_among_its_days(void **state)
{
    (void)state;
    struct block block = empty();
    assert_true(block_is_due(&block, "2026-12-24"));
    block.from_day = "2026-12-24";
    block.until_day = "2027-01-02";
    assert_false(block_is_due(&block, "2026-12-23"));
    assert_true(block_is_due(&block, "2026-12-24"));
    assert_true(block_is_due(&block, "2026-12-31"));
    assert_true(block_is_due(&block, "2027-01-02"));
    assert_false(block_is_due(&block, "2027-01-03"));
}

static void a_language_is_for_its_regions_too(void **state)
{
    (void)state;
    struct block block = empty();
    assert_true(block_speaks_to(&block, "en"));
    block.languages = "de\npt-BR";
    assert_true(block_speaks_to(&block, "de"));
    assert_true(block_speaks_to(&block, "de-AT"));
    assert_false(block_speaks_to(&block, "den"));
    assert_true(block_speaks_to(&block, "pt-br"));
    assert_false(block_speaks_to(&block, "pt"));
}

static void what_can_not_stand_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *from, *until, *text, *says;
    } cases[] = {
        {"", "", "", "has no text"},
        {"", "", " \n\t", "has no text"},
        {"2026-02-30", "", "A", "2026-02-30"},
        {"", "26-02-03", "A", "26-02-03"},
        {"2026-02-03", "2026-02-02", "A", "is before"},
        {"", "", "A {{issue.title}}", "{{issue.title}}"},
        {"", "", "A {{ issue.number", "never closed"},
        {"", "", "\xff", "UTF-8"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct block block = empty();
        struct err err = {0};
        block.from_day = cases[i].from;
        block.until_day = cases[i].until;
        block.text = cases[i].text;
        assert_false(block_check(&block, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        if (!strstr(err.text, cases[i].says))
            fail_msg("\"%s\" lacks %s", err.text, cases[i].says);
    }
}

static void names_are_filled_in_and_are_no_markdown(void **state)
{
    (void)state;
    static const struct block_name names[] = {
        {"newsletter.title", {"A *b* [c](d)", 12}},
        {"site.url", {"https://e.org/a_b", 17}},
    };
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    block_text_fill("{{newsletter.title}}: <{{ site.url }}> {{issue.date}}.",
                    names, ARRAY_SIZE(names), &out);
    assert_string_equal(strbuf_text(&out),
                        "A \\*b\\* \\[c\\]\\(d\\): <https://e.org/a_b> .");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_read_as_they_are_written),
        cmocka_unit_test(what_is_no_place_is_refused),
        cmocka_unit_test(its_first_and_last_day_are_among_its_days),
        cmocka_unit_test(a_language_is_for_its_regions_too),
        cmocka_unit_test(what_can_not_stand_is_named),
        cmocka_unit_test(names_are_filled_in_and_are_no_markdown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
