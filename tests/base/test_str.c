#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/str.h"

static void assert_str(struct str got, const char *wanted)
{
    assert_int_equal(got.len, strlen(wanted));
    assert_true(str_equal(got, str_of(wanted)));
}

static void views_compare_by_bytes_and_length(void **state)
{
    (void)state;
    assert_true(str_equal(STR("abc"), STR("abc")));
    assert_false(str_equal(STR("abc"), STR("ab")));
    assert_false(str_equal(STR("abc"), STR("abC")));
    assert_true(str_equal(STR("a\0b"), STR("a\0b")));
    assert_false(str_equal(STR("a\0b"), STR("a\0c")));
    assert_true(str_equal((struct str){NULL, 0}, STR("")));
}

static void only_ascii_letters_compare_without_case(void **state)
{
    (void)state;
    assert_true(str_equal_nocase(STR("List-Id"), STR("LIST-ID")));
    assert_false(str_equal_nocase(STR("[@"), STR("{`")));
    assert_false(str_equal_nocase(STR("Ä"), STR("ä")));
    assert_false(str_equal_nocase(STR("ab"), STR("abc")));
}

static void beginnings_and_ends_are_recognised(void **state)
{
    (void)state;
    assert_true(str_starts(STR("smtp://x"), STR("smtp://")));
    assert_false(str_starts(STR("smtp"), STR("smtp://")));
    assert_false(str_starts(STR("SMTP://x"), STR("smtp://")));
    assert_true(str_starts_nocase(STR("SMTP://x"), STR("smtp://")));
    assert_true(str_ends(STR("a.md"), STR(".md")));
    assert_false(str_ends(STR("md"), STR(".md")));
    assert_true(str_ends(STR("a"), STR("")));
    assert_true(str_starts((struct str){NULL, 0}, STR("")));
}

static void white_space_is_trimmed_at_both_ends(void **state)
{
    (void)state;
    assert_str(str_trim(STR(" \t\r\n\v\f a b \n")), "a b");
    assert_str(str_trim(STR(" \t ")), "");
    assert_str(str_trim(STR("\xc2\xa0x")), "\xc2\xa0x");
}

static void what_is_not_found_stands_at_the_end(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("a,b,c"), ','), 1);
    assert_int_equal(str_find(STR("abc"), ','), 3);
    assert_int_equal(str_find((struct str){NULL, 0}, ','), 0);
    assert_int_equal(str_find_str(STR("abcabd"), STR("abd")), 3);
    assert_int_equal(str_find_str(STR("abc"), STR("abcd")), 3);
    assert_int_equal(str_find_str(STR("abc"), STR("")), 0);
    assert_int_equal(str_find_str((struct str){NULL, 0}, STR("a")), 0);
}

static void cutting_gives_each_field_once(void **state)
{
    (void)state;
    struct str rest = STR("a,,b");
    assert_str(str_cut(&rest, ','), "a");
    assert_str(str_cut(&rest, ','), "");
    assert_str(str_cut(&rest, ','), "b");
    assert_int_equal(rest.len, 0);
    assert_str(str_cut(&rest, ','), "");
}

static void lines_end_in_lf_or_crlf(void **state)
{
    (void)state;
    struct str rest = STR("one\r\ntwo\n\nlast\r"), line;
    const char *wanted[] = {"one", "two", "", "last"};
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        assert_true(str_next_line(&rest, &line));
        assert_str(line, wanted[i]);
    }
    assert_false(str_next_line(&rest, &line));
}

static void an_offset_behind_the_end_leaves_nothing(void **state)
{
    (void)state;
    assert_str(str_from(STR("abc"), 1), "bc");
    assert_str(str_from(STR("abc"), 3), "");
    assert_str(str_from(STR("abc"), 99), "");
    assert_null(str_from((struct str){NULL, 0}, 5).ptr);
}

static void a_copy_ends_in_nul(void **state)
{
    (void)state;
    OWNED(mem_free) char *copy = str_dup((struct str){"abcdef", 3});
    assert_string_equal(copy, "abc");
    OWNED(mem_free) char *empty = str_dup((struct str){NULL, 0});
    assert_string_equal(empty, "");
}

static void numbers_are_digits_alone_and_do_not_wrap(void **state)
{
    (void)state;
    unsigned long long n = 1;
    assert_true(str_to_u64(STR("0"), &n) && n == 0);
    assert_true(str_to_u64(STR("007"), &n) && n == 7);
    assert_true(str_to_u64(STR("18446744073709551615"), &n));
    assert_true(n == UINT64_MAX);
    const char *bad[] = {"",   "18446744073709551616", "-1",  "+1", " 1",
                         "1 ", "99999999999999999999", "1e3", "0x1"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_false(str_to_u64(str_of(bad[i]), &n));
    assert_true(n == UINT64_MAX);
}

static void distance_counts_edits_and_swaps(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned distance;
    } cases[] = {
        {"", "", 0},           {"", "abc", 3},
        {"abc", "", 3},        {"conections", "connections", 1},
        {"gmial", "gmail", 1}, {"kitten", "sitting", 3},
        {"ab", "ba", 1},       {"abc", "cab", 2},
        {"same", "same", 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct str a = str_of(cases[i].a), b = str_of(cases[i].b);
        assert_int_equal(str_distance(a, b), cases[i].distance);
        assert_int_equal(str_distance(b, a), cases[i].distance);
    }
}

static void long_words_are_cut_before_they_are_compared(void **state)
{
    (void)state;
    char a[200], b[200];
    memset(a, 'a', sizeof a);
    memset(b, 'b', sizeof b);
    struct str left = {a, sizeof a}, right = {b, sizeof b};
    assert_int_equal(str_distance(left, right), 63);
    assert_int_equal(str_distance(left, (struct str){a, 63}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_compare_by_bytes_and_length),
        cmocka_unit_test(only_ascii_letters_compare_without_case),
        cmocka_unit_test(beginnings_and_ends_are_recognised),
        cmocka_unit_test(white_space_is_trimmed_at_both_ends),
        cmocka_unit_test(what_is_not_found_stands_at_the_end),
        cmocka_unit_test(cutting_gives_each_field_once),
        cmocka_unit_test(lines_end_in_lf_or_crlf),
        cmocka_unit_test(an_offset_behind_the_end_leaves_nothing),
        cmocka_unit_test(a_copy_ends_in_nul),
        cmocka_unit_test(numbers_are_digits_alone_and_do_not_wrap),
        cmocka_unit_test(distance_counts_edits_and_swaps),
        cmocka_unit_test(long_words_are_cut_before_they_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
