#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/web/form.h"

static void assert_fields(const char *type, const char *body,
                          const char *expected)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct form form;
    bool good = form_parse(str_of(type), str_of(body), &arena, &form);
    strbuf_add_text(&out, good ? "" : "!");
    for (size_t i = 0; i < form.count; i++)
        strbuf_add_format(
            &out, "[%.*s%s%.*s=%.*s]", STR_ARG(form.fields[i].name),
            form.fields[i].file.len ? "@" : "", STR_ARG(form.fields[i].file),
            STR_ARG(form.fields[i].value));
    assert_string_equal(strbuf_text(&out), expected);
}

#define URLENCODED "application/x-www-form-urlencoded"

static void a_urlencoded_form_is_read(void **state)
{
    (void)state;
    assert_fields(URLENCODED, "List-Unsubscribe=One-Click",
                  "[List-Unsubscribe=One-Click]");
    assert_fields("Application/X-WWW-Form-Urlencoded; charset=utf-8",
                  "a=1+2&b=%C3%A9%2B&&c&d==", "[a=1 2][b=é+][c=][d==]");
    assert_fields(URLENCODED, "a=%4&b=%zz&c=%", "[a=%4][b=%zz][c=%]");
    assert_fields(URLENCODED, "", "");
}

static void a_multipart_form_is_read(void **state)
{
    (void)state;
    assert_fields("multipart/form-data; boundary=x",
                  "--x\r\nContent-Disposition: form-data; "
                  "name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n",
                  "[List-Unsubscribe=One-Click]");
    assert_fields(
        "multipart/form-data; charset=utf-8; boundary=\"a b\"",
        "preamble\r\n--a b\r\ncontent-disposition:form-data;name=a\r\n"
        "Content-Type: text/plain\r\n\r\n1\r\n--a\r\n\r\n--a b\r\n"
        "Content-Disposition: form-data; name=\"b\"; "
        "filename=\"f;g\"\r\n\r\n\r\n--a b--",
        "[a=1\r\n--a\r\n][b@f;g=]");
    assert_fields("multipart/form-data; boundary=x",
                  "--x\nContent-Disposition: form-data; name=\"a\"\n\n1\n--x--",
                  "[a=1]");
}

static void a_part_that_is_cut_is_kept_as_far_as_it_came(void **state)
{
    (void)state;
    assert_fields("multipart/form-data; boundary=x",
                  "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1",
                  "[a=1]");
}

static void what_is_no_form_has_no_field(void **state)
{
    (void)state;
    assert_fields("", "a=1", "!");
    assert_fields("text/plain", "a=1", "!");
    assert_fields("multipart/form-data", "--x\r\n", "!");
    assert_fields("multipart/form-data; boundary=", "--\r\n", "!");
    assert_fields("multipart/form-data; boundary=x", "a=1", "!");
    assert_fields("multipart/form-data; boundary=x", "--x\r\n\r\n1\r\n--x",
                  "!");
}

static void more_fields_than_there_is_room_for_are_left_out(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
    struct form form;
    for (int i = 0; i < FORM_FIELDS_MAX + 9; i++)
        strbuf_add_format(&body, "f%d=%d&", i, i);
    assert_true(form_parse(STR(URLENCODED), strbuf_str(&body), &arena, &form));
    assert_int_equal(form.count, FORM_FIELDS_MAX);
    OWNED(mem_free) char *last = mem_format("f%d", FORM_FIELDS_MAX - 1);
    OWNED(mem_free) char *beyond = mem_format("f%d", FORM_FIELDS_MAX);
    assert_non_null(form_get(&form, last).ptr);
    assert_null(form_get(&form, beyond).ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_urlencoded_form_is_read),
        cmocka_unit_test(a_multipart_form_is_read),
        cmocka_unit_test(a_part_that_is_cut_is_kept_as_far_as_it_came),
        cmocka_unit_test(what_is_no_form_has_no_field),
        cmocka_unit_test(more_fields_than_there_is_room_for_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
