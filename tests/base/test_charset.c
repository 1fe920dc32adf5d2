#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/charset.h"
#include "digest/base/mem.h"

static void assert_read(const char *bytes, const char *http, const char *wanted)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    charset_to_utf8(str_of(bytes), http, &out);
    if (strcmp(strbuf_text(&out), wanted) != 0)
        fail_msg("%s: read as %s", wanted, strbuf_text(&out));
}

static void labels_mean_what_browsers_take_them_for(void **state)
{
    static const char *const cases[][3] = {
        {"logical", "\xE7\xE3\xF9", "חדש"},
        {"csISO88598E", "\xE7\xE3\xF9", "חדש"},
        {"ISO-8859-6-I", "\xCC\xCF\xEA\xCF", "جديد"},
        {" X-CP1250 ", "Pra\x9E\x69", "Praži"},
        {"windows-31j", "\x90V\x82\xB5\x82\xA2", "新しい"},
        {"x-euc-jp", "\xBF\xB7\xA4\xB7", "新し"},
        {"korean", "\xBB\xF5\xB7\xCE", "새로"},
        {"cn-big5", "\xB7s", "新"},
        {"chinese", "\xD0\xC2", "新"},
        {"x-mac-ukrainian", "\x8D\xEE\xE2\xFB\xE9", "Новый"},
        {"iso885911", "\xE3\xCB\xC1\x92", "ใหม’"},
        {"iso-ir-148", "\xD0\xFD", "Ğı"},
        {"ansi_x3.4-1968", "caf\xE9 \x97", "café —"},
        {"koi", "\xEE\xCF\xD7", "Нов"},
        /* The last letter could have a mark behind it. */
        {"windows-1255", "\xEB\xE4\xEF", "כהן"},
        {"cp1258", "Th\xE1", "Thá"},
        {"unicode11utf8", "n\xC3\xA9", "né"},
        /* None of the standard's: iconv knows it. */
        {"IBM850", "n\x82", "né"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_read(cases[i][1], cases[i][0], cases[i][2]);
    assert_string_equal(charset_meant("no-such-charset"), "no-such-charset");
    assert_string_equal(charset_meant(""), "");
    assert_string_equal(charset_meant("Unicode-1-1-UTF-8"), "UTF-8");
}

static void what_is_said_holds_in_spite_of_a_bad_byte(void **state)
{
    (void)state;
    assert_read("l\xE2\x80\x99\xC3\xA9t\xC3\xA9 \x92", "UTF-8",
                "l’été \xEF\xBF\xBD");
    assert_read("\xEF\xBB\xBFn\xC3\xA9 caf\xC3", NULL, "né caf\xEF\xBF\xBD");
    assert_read("<?xml version='1.0' encoding='utf-8'?>\xC3\xA9\xE9", NULL,
                "<?xml version='1.0' encoding='utf-8'?>é\xEF\xBF\xBD");
    /* None of it is UTF-8. */
    assert_read("n\xE9 caf\xE9", "UTF-8", "né café");
    assert_read("\x90V\x82\xB5\x82\xA2\x90V\x82\xB5\x82\xA2\x90V\x82\xB5\x82"
                "\xA2\x90V\x82\xB5\x82\xA2\x90V\x82\xB5\x82\xA2 \x82 ",
                "shift_jis", "新しい新しい新しい新しい新しい \xEF\xBF\xBD ");
    /* Plain bytes are no UTF-16, whatever is said. */
    assert_read("plain", "unicode", "plain");
}

static void the_charset_of_an_office_program_is_found(void **state)
{
    static const char *const cases[][2] = {
        {"Zofia \x8Cliwi\xF1ska\nMa\xB3gorzata \xAF\xF3\xB3kiewska",
         "WINDOWS-1250"},
        {"\xCC\xE0\xF0\xE8\xFF \xCA\xF3\xE7\xED\xE5\xF6\xEE\xE2\xE0",
         "WINDOWS-1251"},
        {"Bj\xF6rn \xC5ngstr\xF6m", "WINDOWS-1252"},
        {"\xCC\xE1\xF1\xDF\xE1 \xCF\xE9\xEA\xEF\xED\xFC\xEC\xEF\xF5",
         "WINDOWS-1253"},
        {"plain", "WINDOWS-1252"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(charset_detect_windows(str_of(cases[i][0])),
                            cases[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_mean_what_browsers_take_them_for),
        cmocka_unit_test(what_is_said_holds_in_spite_of_a_bad_byte),
        cmocka_unit_test(the_charset_of_an_office_program_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
