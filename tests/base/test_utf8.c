#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/slot.h"
#include "digest/base/utf8.h"

/* RFC 3629 §4, each limit from both sides. */
static const struct {
    const char *text;
    size_t invalid_at;
} sequences[] = {
    {"", 0},
    {"plain", 5},
    {"a\xc2\x80z", 4},
    {"\xdf\xbf", 2},
    {"\xe0\xa0\x80", 3},
    {"\xed\x9f\xbf", 3},
    {"\xee\x80\x80", 3},
    {"\xf0\x90\x80\x80", 4},
    {"\xf4\x8f\xbf\xbf", 4},
    {"a\x80", 1},             /* a continuation alone */
    {"a\xc0\x80", 1},         /* overlong NUL */
    {"a\xc1\xbf", 1},         /* overlong */
    {"a\xe0\x9f\xbf", 1},     /* overlong */
    {"a\xf0\x8f\xbf\xbf", 1}, /* overlong */
    {"a\xed\xa0\x80", 1},     /* a surrogate */
    {"a\xf4\x90\x80\x80", 1}, /* over U+10FFFF */
    {"a\xf5\x80\x80\x80", 1},
    {"a\xff", 1},
    {"ab\xc3", 2}, /* cut short */
    {"ab\xe2\x82", 2},
    {"ab\xf0\x9f\x98", 2},
    {"\xc3(", 0},
    {"ok\xe2\x28\xa1", 2},
};

static void well_formed_is_what_rfc_3629_allows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(sequences); i++)
        assert_int_equal(utf8_invalid_at(str_of(sequences[i].text)),
                         sequences[i].invalid_at);
}

static void every_scalar_reads_back(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf buf = STRBUF_INIT;
    for (unsigned c = 0; c <= 0x10ffff; c += c < 0x3000 ? 1 : 97) {
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        strbuf_cut(&buf, 0);
        strbuf_add_utf8(&buf, c);
        size_t at = 0;
        assert_int_equal(utf8_next(strbuf_str(&buf), &at), c);
        assert_int_equal(at, buf.len);
    }
}

static void an_ill_formed_byte_is_passed_alone(void **state)
{
    (void)state;
    struct str text = STR("\xe2\x82z\xff");
    static const unsigned wanted[] = {0xfffd, 0xfffd, 'z', 0xfffd};
    size_t at = 0;
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        assert_int_equal(at, i);
        assert_int_equal(utf8_next(text, &at), wanted[i]);
    }
    assert_int_equal(at, text.len);
}

static void a_cut_never_splits_a_character(void **state)
{
    (void)state;
    struct str text = STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    static const size_t wanted[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (size_t max = 0; max < ARRAY_SIZE(wanted); max++)
        assert_int_equal(utf8_cut_length(text, max), wanted[max]);
}

static void a_cut_makes_way_through_ill_formed_bytes(void **state)
{
    (void)state;
    char bytes[64];
    memset(bytes, 0x80, sizeof bytes);
    struct str text = {bytes, sizeof bytes};
    assert_int_equal(utf8_cut_length(text, 20), 20);
    assert_int_equal(utf8_cut_length(text, 1), 1);
    bytes[0] = 'a';
    assert_int_equal(utf8_cut_length(text, 20), 20);
}

static void assert_clean(void (*clean)(struct strbuf *, struct str),
                         struct str text, const char *wanted)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    clean(&out, text);
    assert_string_equal(strbuf_text(&out), wanted);
    assert_int_equal(out.len, strlen(wanted));
}

static void cleaning_keeps_lines_and_takes_controls_out(void **state)
{
    (void)state;
    assert_clean(utf8_clean, STR("\xef\xbb\xbfTitle"), "Title");
    assert_clean(utf8_clean, STR("a\r\nb\rc\n\td"), "a\nb\nc\n\td");
    assert_clean(utf8_clean, STR("a\r\r\nb"), "a\n\nb");
    assert_clean(utf8_clean, STR("a\r"), "a\n");
    assert_clean(utf8_clean, STR("a\0b\x1b[31m\x7f\xc2\x9b!"), "ab[31m!");
    assert_clean(utf8_clean, STR("x\xff\xc3y"), "x\xef\xbf\xbd\xef\xbf\xbdy");
    assert_clean(utf8_clean, STR("\xef\xbf\xbd"), "\xef\xbf\xbd");
    assert_clean(utf8_clean, (struct str){NULL, 0}, "");
}

static void a_control_is_taken_out_wherever_it_stands(void **state)
{
    (void)state;
    static const char taken[] = {'\x01', '\x0b', '\x1f', '\x7f', 0};
    for (size_t at = 0; at <= 24; at++)
        for (size_t i = 0; i < sizeof taken; i++) {
            OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
            char text[] = "ABC~ xyz\tABC\n xyz~~ABC xyz";
            memmove(text + at + 1, text + at, sizeof text - at - 2);
            text[at] = taken[i];
            utf8_clean(&out, (struct str){text, sizeof text - 1});
            assert_string_equal(strbuf_text(&out),
                                "ABC~ xyz\tABC\n xyz~~ABC xy");
        }
}

static void one_line_is_left_of_a_title(void **state)
{
    (void)state;
    assert_clean(utf8_clean_line, STR("  two\r\n\t words \n"), "two words");
    assert_clean(utf8_clean_line, STR("a\r\nBcc: b@example.org"),
                 "a Bcc: b@example.org");
    assert_clean(utf8_clean_line,
                 STR("a\xe2\x80\xa8"
                     "b\xc2\x85"
                     "c\vd"),
                 "a b c d");
    assert_clean(utf8_clean_line, STR("\xe2\x80\xaegpj\xe2\x81\xa6.exe"),
                 "gpj.exe");
    assert_clean(utf8_clean_line,
                 STR("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
                     "\xcc\x81\xcc\x81\xcc\x81\xcc\x81z\xcc\x81"),
                 "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
                 "\xcc\x81\xcc\x81z\xcc\x81");
    assert_clean(utf8_clean_line, STR(" \xef\xbb\xbf \x1b "), "");
    assert_clean(utf8_clean_line, STR("a \x1b b"), "a b");
    assert_clean(utf8_clean_line, STR("na\xc3\xafve\xff"),
                 "na\xc3\xafve\xef\xbf\xbd");
}

static void no_value_can_forge_a_slot(void **state)
{
    (void)state;
    const char forged[] = {'a', SLOT_OPEN, 'x', SLOT_CLOSE, 'b'};
    assert_clean(utf8_clean, (struct str){forged, 5}, "axb");
    assert_clean(utf8_clean_line, (struct str){forged, 5}, "axb");
}

static void cleaning_twice_changes_nothing_more(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (int round = 0; round < 3000; round++) {
        char bytes[24];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = (char)(seed >> 24);
        }
        OWNED(strbuf_free) struct strbuf once = STRBUF_INIT;
        OWNED(strbuf_free) struct strbuf twice = STRBUF_INIT;
        void (*clean)(struct strbuf *, struct str) =
            round % 2 ? utf8_clean : utf8_clean_line;
        clean(&once, (struct str){bytes, sizeof bytes});
        clean(&twice, strbuf_str(&once));
        assert_int_equal(utf8_invalid_at(strbuf_str(&once)), once.len);
        assert_true(str_equal(strbuf_str(&once), strbuf_str(&twice)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_is_what_rfc_3629_allows),
        cmocka_unit_test(every_scalar_reads_back),
        cmocka_unit_test(an_ill_formed_byte_is_passed_alone),
        cmocka_unit_test(a_cut_never_splits_a_character),
        cmocka_unit_test(a_cut_makes_way_through_ill_formed_bytes),
        cmocka_unit_test(cleaning_keeps_lines_and_takes_controls_out),
        cmocka_unit_test(a_control_is_taken_out_wherever_it_stands),
        cmocka_unit_test(one_line_is_left_of_a_title),
        cmocka_unit_test(no_value_can_forge_a_slot),
        cmocka_unit_test(cleaning_twice_changes_nothing_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
