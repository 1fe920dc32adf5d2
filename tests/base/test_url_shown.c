#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/err.h"
#include "digest/base/mem.h"
#include "digest/base/url_shown.h"

static void assert_shown(const char *text, const char *wanted)
{
    OWNED(mem_free) char *copy = mem_copy(text);
    url_hide_password(copy);
    assert_string_equal(copy, wanted);
}

static void nothing_before_the_host_is_shown(void **state)
{
    (void)state;
    assert_shown("https://ada:s3cret@example.org/feed?a=b@c",
                 "https://example.org/feed?a=b@c");
    assert_shown("https://t0ken@example.org", "https://example.org");
    assert_shown("http://a:p@ss@h/ and ftp://u:v@w.", "http://h/ and ftp://w.");
    assert_shown("\"https://a:b@c\": no; <https://d:e@f>",
                 "\"https://c\": no; <https://f>");
}

static void a_mail_servers_user_is_shown(void **state)
{
    (void)state;
    assert_shown("smtp://ada@mail.example.org:587: refused",
                 "smtp://ada@mail.example.org:587: refused");
    assert_shown("imaps://ada:pw@mail.example.org",
                 "imaps://ada@mail.example.org");
}

static void a_text_that_was_cut_shows_no_beginning_either(void **state)
{
    (void)state;
    assert_shown("https://ada:s3cr", "https://");
    assert_shown("https://ada:s3cr: no such host", "https:// no such host");
}

static void other_addresses_stay(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "https://example.org:8080/a@b",
        "https://example.org: no answer",
        "smtp://127.0.0.1:2525: no answer; http://h:80, (http://h:80)",
        "http://[::1]:8080/",
        "http://127.0.0.1:80",
        "ada@example.org, 12:30, a://b",
        "https://",
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        assert_shown(texts[i], texts[i]);
}

static void no_error_says_a_password(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_TEMPORARY, "%s: no answer", "https://a:s3cret@h/f");
    err_context(&err, "fetching %s", "https://a:s3cret@h/f");
    assert_string_equal(err.text,
                        "fetching https://h/f: https://h/f: no answer");
    char whole[sizeof err.text], *end = whole;
    memset(whole, 'x', sizeof whole);
    end += sizeof whole - 24;
    strcpy(end, "https://ada:s3cret@h");
    err_set(&err, ERR_INPUT, "1234567890 %s", whole);
    assert_null(strstr(err.text, "s3c"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_before_the_host_is_shown),
        cmocka_unit_test(a_mail_servers_user_is_shown),
        cmocka_unit_test(a_text_that_was_cut_shows_no_beginning_either),
        cmocka_unit_test(other_addresses_stay),
        cmocka_unit_test(no_error_says_a_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
