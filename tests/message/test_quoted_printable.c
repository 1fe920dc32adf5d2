#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/message/quoted_printable_internal.h"

static void assert_encodes(const char *text, const char *expected)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct qp qp = {&out, 0};
    qp_add_text(&qp, str_of(text));
    qp_finish(&qp);
    assert_string_equal(strbuf_text(&out), expected);
}

static void plain_text_goes_as_it_is(void **state)
{
    (void)state;
    assert_encodes("a plain line\n\tand another\n",
                   "a plain line\r\n\tand another\r\n");
}

static void every_kind_of_line_end_becomes_crlf(void **state)
{
    (void)state;
    assert_encodes("a\nb\r\nc\rd\n\re", "a\r\nb\r\nc\r\nd\r\n\r\ne");
}

static void the_sign_itself_and_bytes_beyond_ascii_are_encoded(void **state)
{
    (void)state;
    assert_encodes("a=ü\x01\x7f", "a=3D=C3=BC=01=7F");
}

static void white_space_at_a_line_end_is_encoded(void **state)
{
    (void)state;
    assert_encodes("a \nb\t\n-- \nc ", "a=20\r\nb=09\r\n--=20\r\nc=20");
    assert_encodes(" \n", "=20\r\n");
}

static void what_smtp_or_an_mbox_would_mangle_is_encoded(void **state)
{
    (void)state;
    assert_encodes(".\n..x\na.b", "=2E\r\n=2E.x\r\na.b");
    assert_encodes("From a\nFromage\na From b",
                   "=46rom a\r\nFromage\r\na From b");
}

static void a_line_that_a_soft_break_begins_is_not_mangled_either(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    for (int i = 0; i < 75; i++)
        strbuf_add_char(&text, 'x');
    strbuf_add_text(&text, ".y");
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct qp qp = {&out, 0};
    qp_add_text(&qp, strbuf_str(&text));
    assert_string_equal(strbuf_text(&out) + 75, "=\r\n=2Ey");
}

static void assert_lines_fit(const char *bytes, size_t length)
{
    size_t column = 0;
    for (size_t i = 0; i < length; i++) {
        column = bytes[i] == '\n' ? 0 : column + (bytes[i] != '\r');
        assert_true(column <= 76);
    }
}

/* Every offset of a character of four bytes against the end of the line. */
static void a_line_never_splits_a_character(void **state)
{
    (void)state;
    for (int before = 0; before < 80; before++) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        for (int i = 0; i < before; i++)
            strbuf_add_char(&text, 'x');
        strbuf_add_text(&text, "😀😀");
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        struct qp qp = {&out, 0};
        qp_add_text(&qp, strbuf_str(&text));
        assert_lines_fit(out.ptr, out.len);
        assert_non_null(strstr(out.ptr, "=F0=9F=98=80"));
        char value[2048];
        char *end = qp_write_value(value, strbuf_str(&text), QP_PLAIN);
        assert_lines_fit(value, (size_t)(end - value));
        *end = '\0';
        char *first = strstr(value, "=F0=9F=98=80");
        assert_non_null(first);
        assert_non_null(strstr(first + 1, "=F0=9F=98=80"));
    }
}

static void assert_value(struct str value, enum qp_form form,
                         const char *expected)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    char *to = strbuf_reserve(&out, qp_value_bound(value.len));
    char *end = qp_write_value(to, value, form);
    assert_true((size_t)(end - to) <= qp_value_bound(value.len));
    *end = '\0';
    assert_string_equal(to, expected);
}

static void a_value_ends_in_a_soft_break(void **state)
{
    (void)state;
    assert_value(STR("Anna"), QP_PLAIN, "Anna=\r\n");
    assert_value(STR("Anna "), QP_PLAIN, "Anna =\r\n");
    assert_value(STR(""), QP_PLAIN, "");
    assert_value(STR("\x01\x02"), QP_PLAIN, "");
}

static void a_value_is_one_line(void **state)
{
    (void)state;
    assert_value(STR("a\r\nb\tc"), QP_PLAIN, "a  b c=\r\n");
    assert_value(STR("a\xe2\x80\xa8"
                     "b"),
                 QP_PLAIN, "a b=\r\n");
    assert_value(STR("a\x02"
                     "b\x03\x7f\xc2\x85\xef\xbb\xbf\xe2\x80\xae"),
                 QP_PLAIN, "ab=\r\n");
}

static void an_ill_formed_byte_becomes_the_replacement_character(void **state)
{
    (void)state;
    assert_value(STR("a\xff"), QP_PLAIN, "a=EF=BF=BD=\r\n");
}

static void markup_in_a_value_is_escaped_for_html(void **state)
{
    (void)state;
    assert_value(STR("<&>\"'="), QP_HTML, "&lt;&amp;&gt;&quot;&#39;=3D=\r\n");
    assert_value(STR("<&>\"'="), QP_PLAIN, "<&>\"'=3D=\r\n");
}

static void a_value_is_not_mangled_at_its_line_starts(void **state)
{
    (void)state;
    assert_value(STR("."), QP_PLAIN, "=2E=\r\n");
    assert_value(STR("From me"), QP_PLAIN, "=46rom me=\r\n");
    assert_value(STR("\x01.x"), QP_PLAIN, "=2Ex=\r\n");
}

static void the_bound_holds_for_the_worst_values(void **state)
{
    (void)state;
    static const char *const worst[] = {"\xff", "\"", "=", "😀", "é", "."};
    for (size_t w = 0; w < ARRAY_SIZE(worst); w++) {
        OWNED(strbuf_free) struct strbuf value = STRBUF_INIT;
        for (int i = 0; i < 500; i++) {
            strbuf_add_text(&value, worst[w]);
            size_t bound = qp_value_bound(value.len);
            OWNED(mem_free) char *to = MEM_NEW_ARRAY(char, bound);
            char *end = qp_write_value(to, strbuf_str(&value), QP_HTML);
            assert_true((size_t)(end - to) <= bound);
            assert_lines_fit(to, (size_t)(end - to));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_goes_as_it_is),
        cmocka_unit_test(every_kind_of_line_end_becomes_crlf),
        cmocka_unit_test(the_sign_itself_and_bytes_beyond_ascii_are_encoded),
        cmocka_unit_test(white_space_at_a_line_end_is_encoded),
        cmocka_unit_test(what_smtp_or_an_mbox_would_mangle_is_encoded),
        cmocka_unit_test(a_line_that_a_soft_break_begins_is_not_mangled_either),
        cmocka_unit_test(a_line_never_splits_a_character),
        cmocka_unit_test(a_value_ends_in_a_soft_break),
        cmocka_unit_test(a_value_is_one_line),
        cmocka_unit_test(an_ill_formed_byte_becomes_the_replacement_character),
        cmocka_unit_test(markup_in_a_value_is_escaped_for_html),
        cmocka_unit_test(a_value_is_not_mangled_at_its_line_starts),
        cmocka_unit_test(the_bound_holds_for_the_worst_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
