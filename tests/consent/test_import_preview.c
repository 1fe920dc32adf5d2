#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "subscribers/consent/import_preview.h"

/* "Kontakt=email[a@x|b@x] …", or the error. */
static void expect_preview(const char *text, const char *expected)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct import_preview preview;
    struct err err = {0};
    if (!import_preview(str_of(text), &arena, &preview, &err))
        strbuf_add_text(&out, err.text);
    else if (preview.is_headless)
        strbuf_add_text(&out, "headless ");
    for (size_t i = 0; i < preview.count; i++) {
        const struct import_preview_column *column = &preview.columns[i];
        strbuf_add_format(&out, "%s%s", i ? " " : "", column->title);
        if (column->field < IMPORT_FIELD_COUNT)
            strbuf_add_format(
                &out, "=%s",
                import_field_name((enum import_field)column->field));
        for (size_t j = 0; j < preview.sample_count; j++)
            strbuf_add_format(&out, "%s%s", j ? "|" : "[", column->samples[j]);
        if (preview.sample_count)
            strbuf_add_char(&out, ']');
    }
    assert_string_equal(strbuf_text(&out), expected);
}

static void columns_have_a_field_and_three_samples(void **state)
{
    (void)state;
    expect_preview("Email;Vorname;Ort\na@example.org;A;Bern\nb@example.org;B\n"
                   "\n\"c\nc\";C;Rome;more\nd@example.org;D;Ulm\n",
                   "Email=email[a@example.org|b@example.org|c c] "
                   "Vorname=first_name[A|B|C] Ort[Bern||Rome]");
    expect_preview("email\n", "email=email");
}

static void addresses_are_found_under_any_heading(void **state)
{
    (void)state;
    expect_preview("Nr;Backup;Kontakt\n1;x@example.org;A <a@example.org>\n"
                   "2;;b@example.org\n3;;nobody\n",
                   "Nr[1|2|3] Backup[x@example.org||] "
                   "Kontakt=email[A <a@example.org>|b@example.org|nobody]");
    expect_preview("Kontakt\na@example.org\n", "Kontakt=email[a@example.org]");
    expect_preview("who;where\nada;rome\n", "who[ada] where[rome]");
}

static void a_first_row_that_is_a_person_is_a_sample(void **state)
{
    (void)state;
    expect_preview(
        "a@example.org,Ada\nb@example.org,Bo\n",
        "headless =email[a@example.org|b@example.org] =name[Ada|Bo]");
}

static void a_title_is_no_column(void **state)
{
    (void)state;
    expect_preview("Members for group x\nEmail address,Nickname\n"
                   "a@example.org,A\n",
                   "Email address=email[a@example.org] Nickname=name[A]");
}

static void a_long_or_broken_cell_is_shown_cut(void **state)
{
    (void)state;
    OWNED(mem_free)
    char *list = mem_format("email,%0100d\nx\ry@example.org,\n", 7);
    expect_preview(list, "email=email[x|y@example.org] "
                         "00000000000000000000000000000000000000000000000000000"
                         "000000000000000000000000000…[|]");
}

static void an_empty_file_is_refused(void **state)
{
    (void)state;
    expect_preview("\n\n", "the file: the file is empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_have_a_field_and_three_samples),
        cmocka_unit_test(addresses_are_found_under_any_heading),
        cmocka_unit_test(a_first_row_that_is_a_person_is_a_sample),
        cmocka_unit_test(a_title_is_no_column),
        cmocka_unit_test(a_long_or_broken_cell_is_shown_cut),
        cmocka_unit_test(an_empty_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
