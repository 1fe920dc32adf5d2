#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "subscribers/roster/csv.h"

/* The rows as text: fields in [ ], a row's line before it, a problem as !. */
static void show(struct csv *csv, struct strbuf *out)
{
    for (;;) {
        struct csv_row row;
        struct err err = {0};
        if (!csv_next(csv, &row, &err))
            fail_msg("%s", err.text);
        if (row.count == 0)
            return;
        strbuf_add_format(out, "%u%s", row.line, row.problem ? "!" : ":");
        for (size_t i = 0; i < row.count && !row.problem; i++)
            strbuf_add_format(out, "[%.*s]", STR_ARG(row.fields[i]));
        strbuf_add_char(out, ' ');
    }
}

static void assert_view(struct str text, const char *expected)
{
    OWNED(csv_release) struct csv *csv = csv_new_text(text, "list.csv");
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    show(csv, &out);
    assert_string_equal(strbuf_text(&out), expected);
}

static void assert_rows(const char *text, const char *expected)
{
    assert_view(str_of(text), expected);
}

static void rows_end_in_any_line_end(void **state)
{
    (void)state;
    assert_rows("a,b\nc,d\r\ne,f\rg,h", "1:[a][b] 2:[c][d] 3:[e][f] 4:[g][h] ");
    assert_rows("a,b\n", "1:[a][b] ");
    assert_rows("", "");
}

static void the_delimiter_is_found(void **state)
{
    (void)state;
    assert_rows("a;b\n1,5;2", "1:[a][b] 2:[1,5][2] ");
    assert_rows("a\tb\n1;2\t3", "1:[a][b] 2:[1;2][3] ");
    assert_rows("\"x;y;z\",b\nc,d", "1:[x;y;z][b] 2:[c][d] ");
    assert_rows("email\na@example.org", "1:[email] 2:[a@example.org] ");
    assert_rows("sep=;\r\na;b,c\r\n", "2:[a][b,c] ");
}

static void a_quoted_field_holds_anything(void **state)
{
    (void)state;
    assert_rows("n,m\n\"a, \"\"b\"\"\r\nc\",d\ne,\"\"",
                "1:[n][m] 2:[a, \"b\"\r\nc][d] 4:[e][] ");
    assert_rows("a, \"b,c\"\n", "1:[a][b,c] ");
    assert_rows("a,b \"c\" d\n", "1:[a][b \"c\" d] ");
    assert_rows("\"a\"x,b\n", "1:[ax][b] ");
}

static void empty_lines_and_fields_are_kept_apart(void **state)
{
    (void)state;
    assert_rows("\n\na,b\n\n,\n\n", "3:[a][b] 5:[][] ");
}

static void an_open_quote_costs_one_row(void **state)
{
    (void)state;
    assert_rows("a,b\nc,\"d\ne,f\ng,h\n", "1:[a][b] 2! 3:[e][f] 4:[g][h] ");
    assert_rows("a,b\nc,\"d", "1:[a][b] 2! ");
}

static void a_quote_never_closed_does_not_eat_the_memory(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "a,b\nc,\"d\n");
    for (int i = 0; i < 300000; i++)
        strbuf_add_text(&text, "eeee,ffff\n");
    OWNED(csv_release)
    struct csv *csv = csv_new_text(strbuf_str(&text), "list.csv");
    struct csv_row row;
    struct err err = {0};
    assert_true(csv_next(csv, &row, &err) && csv_next(csv, &row, &err));
    assert_non_null(row.problem);
    unsigned rows = 0;
    for (; csv_next(csv, &row, &err) && row.count; rows++)
        assert_null(row.problem);
    assert_int_equal(rows, 300000);
}

static void marks_and_encodings_are_read(void **state)
{
    (void)state;
    assert_rows("\xef\xbb\xbf"
                "a,b\n",
                "1:[a][b] ");
    assert_rows("name\nJos\xe9 \x80 \x93x\x94\nJosé\n",
                "1:[name] 2:[José € “x”] 3:[José] ");
    static const char little[] = "\xff\xfe"
                                 "a\0,\0\xe9\0\n\0\x3d\xd8\x00\xde";
    assert_view((struct str){little, sizeof little - 1}, "1:[a][é] 2:[😀] ");
    static const char big[] = "\xfe\xff\0a\0;\0b\0\r\0\n\xd8\x3d";
    assert_view((struct str){big, sizeof big - 1},
                "1:[a][b] 2:[\xef\xbf\xbd] ");
    static const char unmarked[] = "a\0,\0\xe9\0\n\0";
    assert_view((struct str){unmarked, sizeof unmarked - 1}, "1:[a][é] ");
    static const char unmarked_big[] = "\0a\0;\0b\0\n\0c";
    assert_view((struct str){unmarked_big, sizeof unmarked_big - 1},
                "1:[a][b] 2:[c] ");
}

static void a_windows_charset_is_found_once_for_all(void **state)
{
    (void)state;
    static const char text[] = "mail,\xC8\xEC\xFF\n"
                               "a@example.org,\xCE\xEB\xFC\xE3\xE0\n"
                               "b@example.org,plain\n"
                               "c@example.org,\xD1\xE5\xF0\xE3\xE5\xE9\n";
    const char *example = NULL;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    OWNED(csv_release) struct csv *csv = csv_new_text(STR(text), "list.csv");
    assert_null(csv_charset(csv, &example));
    show(csv, &out);
    assert_string_equal(strbuf_text(&out),
                        "1:[mail][Имя] 2:[a@example.org][Ольга] "
                        "3:[b@example.org][plain] 4:[c@example.org][Сергей] ");
    assert_string_equal(csv_charset(csv, &example), "WINDOWS-1251");
    assert_string_equal(example, "Имя");
}

static void a_file_is_read_as_it_comes(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    OWNED(csv_release) struct csv *csv = csv_new(ends[0], "pipe");
    static const char *const pieces[] = {"\xef", "\xbb\xbf", "a,\"b\"",
                                         "\"c\"\r", "\nd,e"};
    for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
        assert_true(write(ends[1], pieces[i], strlen(pieces[i])) > 0);
    close(ends[1]);
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    show(csv, &out);
    assert_string_equal(strbuf_text(&out), "1:[a][b\"c] 2:[d][e] ");
    close(ends[0]);
}

static void a_file_that_fails_is_told(void **state)
{
    (void)state;
    OWNED(csv_release) struct csv *csv = csv_new(9999, "gone.csv");
    struct csv_row row;
    struct err err = {0};
    assert_false(csv_next(csv, &row, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.text, "gone.csv:1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_end_in_any_line_end),
        cmocka_unit_test(the_delimiter_is_found),
        cmocka_unit_test(a_quoted_field_holds_anything),
        cmocka_unit_test(empty_lines_and_fields_are_kept_apart),
        cmocka_unit_test(an_open_quote_costs_one_row),
        cmocka_unit_test(a_quote_never_closed_does_not_eat_the_memory),
        cmocka_unit_test(marks_and_encodings_are_read),
        cmocka_unit_test(a_windows_charset_is_found_once_for_all),
        cmocka_unit_test(a_file_is_read_as_it_comes),
        cmocka_unit_test(a_file_that_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
