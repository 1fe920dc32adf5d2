#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

static void an_unused_buffer_is_an_empty_string(void **state)
{
    (void)state;
    struct strbuf buf = STRBUF_INIT;
    assert_string_equal(strbuf_text(&buf), "");
    assert_int_equal(strbuf_str(&buf).len, 0);
    assert_non_null(strbuf_str(&buf).ptr);
    strbuf_free(&buf);
    strbuf_free(&buf);
}

static void it_grows_and_always_ends_in_nul(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf buf = STRBUF_INIT;
    for (size_t i = 0; i < 5000; i++) {
        strbuf_add_char(&buf, (char)('a' + i % 26));
        assert_int_equal(buf.len, i + 1);
        assert_int_equal(buf.ptr[buf.len], '\0');
    }
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(buf.ptr[i], 'a' + i % 26);
}

static void nothing_added_changes_nothing(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf buf = STRBUF_INIT;
    strbuf_add_text(&buf, NULL);
    strbuf_add(&buf, NULL, 0);
    strbuf_add_str(&buf, (struct str){NULL, 0});
    strbuf_add_format(&buf, "%s", "");
    assert_string_equal(strbuf_text(&buf), "");
    assert_int_equal(buf.len, 0);
}

static void bytes_of_every_value_are_kept(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf buf = STRBUF_INIT;
    strbuf_add(&buf, "a\0\xff", 3);
    strbuf_add_str(&buf, STR("\0z"));
    assert_true(str_equal(strbuf_str(&buf), STR("a\0\xff\0z")));
}

static void formats_of_any_length_fit(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf buf = STRBUF_INIT;
    strbuf_add_text(&buf, "> ");
    strbuf_add_format(&buf, "%d/%s/%*d", 12, "weekly", 3000, 7);
    assert_int_equal(buf.len, 2 + 10 + 3000);
    assert_memory_equal(buf.ptr, "> 12/weekly/ ", 13);
    assert_int_equal(buf.ptr[buf.len - 1], '7');
    assert_int_equal(buf.ptr[buf.len], '\0');
}

static void scalars_become_utf8_and_others_the_replacement(void **state)
{
    (void)state;
    static const struct {
        unsigned codepoint;
        const char *bytes;
    } cases[] = {
        {'A', "A"},
        {0x7f, "\x7f"},
        {0x80, "\xc2\x80"},
        {0x7ff, "\xdf\xbf"},
        {0x800, "\xe0\xa0\x80"},
        {0xd7ff, "\xed\x9f\xbf"},
        {0xd800, "\xef\xbf\xbd"},
        {0xdfff, "\xef\xbf\xbd"},
        {0xffff, "\xef\xbf\xbf"},
        {0x10000, "\xf0\x90\x80\x80"},
        {0x10ffff, "\xf4\x8f\xbf\xbf"},
        {0x110000, "\xef\xbf\xbd"},
        {0xffffffff, "\xef\xbf\xbd"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(strbuf_free) struct strbuf buf = STRBUF_INIT;
        strbuf_add_utf8(&buf, cases[i].codepoint);
        assert_string_equal(strbuf_text(&buf), cases[i].bytes);
    }
}

static void cutting_keeps_the_beginning(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf buf = STRBUF_INIT;
    strbuf_cut(&buf, 0);
    strbuf_add_text(&buf, "abcdef");
    strbuf_cut(&buf, 99);
    assert_string_equal(strbuf_text(&buf), "abcdef");
    strbuf_cut(&buf, 3);
    assert_string_equal(strbuf_text(&buf), "abc");
    strbuf_cut(&buf, 0);
    assert_string_equal(strbuf_text(&buf), "");
}

static void taking_moves_the_text_out(void **state)
{
    (void)state;
    struct strbuf buf = STRBUF_INIT;
    strbuf_add_text(&buf, "abc");
    OWNED(mem_free) char *text = strbuf_take(&buf);
    assert_string_equal(text, "abc");
    assert_null(buf.ptr);
    assert_int_equal(buf.len, 0);
    OWNED(mem_free) char *empty = strbuf_take(&buf);
    assert_string_equal(empty, "");
}

static void reserved_room_holds_what_was_asked(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf buf = STRBUF_INIT;
    strbuf_add_text(&buf, "ab");
    memset(strbuf_reserve(&buf, 1000), 'x', 1001);
    assert_true(buf.capacity >= 1003);
    assert_int_equal(buf.len, 2);
    assert_memory_equal(buf.ptr, "abxxx", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unused_buffer_is_an_empty_string),
        cmocka_unit_test(it_grows_and_always_ends_in_nul),
        cmocka_unit_test(nothing_added_changes_nothing),
        cmocka_unit_test(bytes_of_every_value_are_kept),
        cmocka_unit_test(formats_of_any_length_fit),
        cmocka_unit_test(scalars_become_utf8_and_others_the_replacement),
        cmocka_unit_test(cutting_keeps_the_beginning),
        cmocka_unit_test(taking_moves_the_text_out),
        cmocka_unit_test(reserved_room_holds_what_was_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
