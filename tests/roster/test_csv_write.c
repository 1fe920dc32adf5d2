#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "subscribers/roster/csv.h"
#include "subscribers/roster/csv_write.h"

static void only_what_needs_quotes_gets_them(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    csv_write(&out, STR("plain text"), ',');
    csv_write(&out, STR(""), ',');
    csv_write(&out, STR("a,b"), ',');
    csv_write(&out, STR("say \"x\""), ',');
    csv_write(&out, STR(" edge"), ',');
    csv_write(&out, STR("two\nlines"), '\n');
    assert_string_equal(strbuf_text(&out),
                        "plain text,,\"a,b\",\"say \"\"x\"\"\",\" edge\","
                        "\"two\nlines\"\n");
}

static void a_formula_is_a_text_to_a_spreadsheet(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"=HYPERLINK(1)", "'=HYPERLINK(1)\n"},
        {"+1", "'+1\n"},
        {"-2", "'-2\n"},
        {"@sum", "'@sum\n"},
        {"'=1", "''=1\n"},
        {"'t Hart", "'t Hart\n"},
        {"a=b", "a=b\n"},
        {"'", "'\n"},
        {"", "\n"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        csv_write_text(&out, str_of(texts[i][0]), '\n');
        assert_string_equal(strbuf_text(&out), texts[i][1]);
        strbuf_cut(&out, out.len - 1);
        assert_true(str_equal(csv_text(strbuf_str(&out)), str_of(texts[i][0])));
    }
}

enum { FIELDS = 4, ROUNDS = 2000, LENGTH = 9 };

static void make_field(struct strbuf *out)
{
    static const char *const pieces[] = {"a", "Z",  "\"",   ",", ";",  "\t",
                                         " ", "\n", "\r\n", "ü", "日", "="};
    uint32_t length = random_below(LENGTH);
    strbuf_cut(out, 0);
    for (uint32_t i = 0; i < length; i++)
        strbuf_add_text(out, pieces[random_below(ARRAY_SIZE(pieces))]);
}

static void any_field_comes_back_as_it_was(void **state)
{
    (void)state;
    random_hold(3);
    for (int round = 0; round < ROUNDS; round++) {
        struct strbuf fields[FIELDS] = {{0}};
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        struct csv_row row;
        struct err err;
        strbuf_add_text(&text, "one,two,three,four\n");
        for (int i = 0; i < FIELDS; i++) {
            make_field(&fields[i]);
            csv_write(&text, strbuf_str(&fields[i]),
                      i + 1 < FIELDS ? ',' : '\n');
        }
        struct csv *csv = csv_new_text(strbuf_str(&text), "x.csv");
        assert_true(csv_next(csv, &row, &err));
        assert_true(csv_next(csv, &row, &err));
        assert_null(row.problem);
        assert_int_equal(row.count, FIELDS);
        for (int i = 0; i < FIELDS; i++) {
            if (!str_equal(row.fields[i], strbuf_str(&fields[i])))
                fail_msg("[%s] came back as [%.*s]", strbuf_text(&fields[i]),
                         STR_ARG(row.fields[i]));
            strbuf_free(&fields[i]);
        }
        csv_free(csv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_needs_quotes_gets_them),
        cmocka_unit_test(a_formula_is_a_text_to_a_spreadsheet),
        cmocka_unit_test(any_field_comes_back_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
