#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/articles/category.h"
#include "digest/base/mem.h"

static void assert_slug(const char *name, const char *slug)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    category_slug(str_of(name), &out);
    assert_string_equal(strbuf_text(&out), slug);
}

static void words_are_lower_case_and_joined_by_one_hyphen(void **state)
{
    (void)state;
    assert_slug("World News", "world-news");
    assert_slug("world-news", "world-news");
    assert_slug("  Arts & Culture! ", "arts-culture");
    assert_slug("Q3 2026", "q3-2026");
    assert_slug("AZ-az", "az-az");
}

static void latin_accents_are_folded(void **state)
{
    (void)state;
    assert_slug("Économie", "economie");
    assert_slug("Straße", "strasse");
    assert_slug("Łódź", "lodz");
    assert_slug("Ærø × Øre", "aero-ore");
    assert_slug("Thời sự", "thoi-su");
    assert_slug("Cafe\xCC\x81", "cafe");
    assert_slug("İstanbul", "istanbul");
}

static void other_scripts_stay_and_their_capitals_are_folded(void **state)
{
    (void)state;
    assert_slug("Новости Мира", "новости-мира");
    assert_slug("Κόσμος", "κόσμος");
    assert_slug("世界 新闻", "世界-新闻");
    assert_slug("আন্তর্জাতিক", "আন্তর্জাতিক");
    assert_slug("ＮＥＷＳ", "news");
}

static void a_name_without_letters_or_digits_has_no_slug(void **state)
{
    (void)state;
    assert_slug("", "");
    assert_slug("—!?…", "");
    assert_slug("🎉", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_lower_case_and_joined_by_one_hyphen),
        cmocka_unit_test(latin_accents_are_folded),
        cmocka_unit_test(other_scripts_stay_and_their_capitals_are_folded),
        cmocka_unit_test(a_name_without_letters_or_digits_has_no_slug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
