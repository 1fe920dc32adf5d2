#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/redact.h"

static const char *redacted(const char *text, struct strbuf *out)
{
    OWNED(redaction_free) struct redaction words = {0};
    redaction_add_address(&words, STR("Ann@example.org"));
    redaction_add(&words, STR("Ann Lee"));
    redaction_add(&words, STR(""));
    strbuf_cut(out, 0);
    redaction_write(&words, str_of(text), out);
    bool changed = !str_equal(str_of(text), strbuf_str(out));
    assert_int_equal(redaction_finds(&words, str_of(text)), changed);
    return strbuf_text(out);
}

static void an_address_is_taken_out_in_whatever_form_mail_has_it(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    static const char *const cases[][2] = {
        {"550 <ann@example.org>: unknown", "550 <[erased]>: unknown"},
        {"ANN@EXAMPLE.ORG", "[erased]"},
        {"b-ann=example.org@lists.example", "b-[erased]@lists.example"},
        {"SRS0=H=T=example.org=ann@x.example", "SRS0=H=T=[erased]@x.example"},
        {"mailto:ann%40example.org?x", "mailto:[erased]?x"},
        {"To ann@example.org.", "To [erased]."},
        {"From Ann Lee, and ann lee", "From [erased], and [erased]"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(redacted(cases[i][0], &out), cases[i][1]);
}

static void anothers_address_that_holds_it_stays(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    static const char *const cases[] = {
        "joann@example.org",     "mary.ann@example.org",
        "m-ann@example.org",     "ann@example.org.uk",
        "ann@example.organic",   "ann@example.com",
        "Joann Lee, Ann Leeson", "",
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(redacted(cases[i], &out), cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_taken_out_in_whatever_form_mail_has_it),
        cmocka_unit_test(anothers_address_that_holds_it_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
