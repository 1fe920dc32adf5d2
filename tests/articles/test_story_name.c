#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest/articles/story_name.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"

static void assert_name(const char *headline, const char *name)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    story_name(str_of(headline), &out);
    assert_string_equal(strbuf_text(&out), name);
}

static void a_name_is_made_of_the_headline(void **state)
{
    (void)state;
    assert_name("Breakwater: \"400 metres\", at last!",
                "breakwater-400-metres-at-last");
    assert_name("Où est l'été?", "ou-est-l-ete");
    assert_name("বাঁধ নির্মাণ শুরু", "বাঁধ-নির্মাণ-শুরু");
}

static void a_name_breaks_out_of_no_path(void **state)
{
    (void)state;
    assert_name("../../etc/passwd", "etc-passwd");
    assert_name("a?b#c%2e\\d\r\nX: y", "a-b-c-2e-d-x-y");
    assert_name("index.html", "index-html");
}

static void a_headline_without_words_is_a_story(void **state)
{
    (void)state;
    assert_name("", "story");
    assert_name("?!…", "story");
}

static void a_long_name_ends_with_a_word_and_a_whole_character(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf headline = STRBUF_INIT, out = STRBUF_INIT;
    for (int i = 0; i < 40; i++)
        strbuf_add_text(&headline, "harbour ");
    story_name(strbuf_str(&headline), &out);
    assert_true(out.len <= STORY_NAME_MAX);
    assert_true(str_ends(strbuf_str(&out), STR("-harbour")));
    strbuf_cut(&headline, 0);
    strbuf_cut(&out, 0);
    for (int i = 0; i < 200; i++)
        strbuf_add_text(&headline, "界");
    story_name(strbuf_str(&headline), &out);
    assert_true(out.len > STORY_NAME_MAX / 2 && out.len <= STORY_NAME_MAX);
    assert_int_equal(utf8_invalid_at(strbuf_str(&out)), out.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_made_of_the_headline),
        cmocka_unit_test(a_name_breaks_out_of_no_path),
        cmocka_unit_test(a_headline_without_words_is_a_story),
        cmocka_unit_test(a_long_name_ends_with_a_word_and_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
