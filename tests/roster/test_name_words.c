#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "subscribers/roster/name_words.h"

static void words_are_folded_and_split(void **state)
{
    (void)state;
    static const struct {
        const char *name, *words;
    } cases[] = {
        {"", ""},
        {"  -,. ", ""},
        {"Ana Sousa", "ana\nsousa\n"},
        {"José Müller-Luis", "jose\nmuller\nluis\n"},
        {"O’Neill, D.J.", "o\nneill\nd\nj\n"},
        {"Straße", "strasse\n"},
        {"Ὀδυσσεύς", "οδυσσευσ\n"},
        {"山田 太郎", "山田\n太郎\n"},
        {"محمد علي", "محمد\nعلي\n"},
        {"ana ANA Ána anab", "ana\nanab\n"},
        {"a b c d e f g h i j", "a\nb\nc\nd\ne\nf\ng\nh\n"},
        {"Agent 007", "agent\n007\n"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        name_words(str_of(cases[i].name), &out);
        assert_string_equal(strbuf_text(&out), cases[i].words);
    }
}

static void a_word_is_cut_between_letters(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT, out = STRBUF_INIT;
    for (int i = 0; i < 100; i++)
        strbuf_add_text(&name, "山");
    strbuf_add_text(&out, "before\n");
    name_words(strbuf_str(&name), &out);
    assert_int_equal(out.len, sizeof "before\n" - 1 + NAME_WORD_BYTES + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_folded_and_split),
        cmocka_unit_test(a_word_is_cut_between_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
