#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/delivery/greeting_internal.h"

static void assert_greets(const char *language, const char *intro, bool wanted)
{
    OWNED(template_set_release)
    struct template_set *templates = template_set_new(NULL);
    OWNED(catalogue_release) struct catalogue *words = NULL;
    OWNED(document_release) struct document *document = NULL;
    struct err err = {0};
    if (!catalogue_new(templates, language, &words, &err) ||
        !document_from_markdown(str_of(intro), NULL, &document, &err))
        fail_msg("%s", err.text);
    if (greeting_begins(document, words) != wanted)
        fail_msg("%s: %s", language, intro);
}

static void a_greeting_is_known_by_its_first_words(void **state)
{
    (void)state;
    static const char *const greets[][2] = {
        {"en", "Hello everyone,\n\nit rained."},
        {"en", "Dear readers\n\nit rained."},
        {"en", "**Hi all** – it rained."},
        {"en", "👋 Good morning!"},
        {"en", "# Rain\n\nHELLO,\n\nit rained."},
        {"en-GB", "Hey"},
        {"de", "Liebe Leserinnen und Leser,"},
        {"de", "Grüß Gott zusammen"},
        {"fr", "Chères lectrices, chers lecteurs"},
        {"ar", "مرحبا بكم"},
        {"bn", "প্রিয় পাঠক"},
        {"zh", "各位读者，大家好！"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(greets); i++)
        assert_greets(greets[i][0], greets[i][1], true);
}

static void other_words_are_none(void **state)
{
    (void)state;
    static const char *const others[][2] = {
        {"en", ""},
        {"en", "It rained. Hello?"},
        {"en", "Hi-fi is back."},
        {"en", "Hidden bridges"},
        {"en", "It rained.\n\nA lot.\n\nHello again next week!"},
        {"de", "Liebesbriefe aus dem Archiv"},
        {"fr", "Cherchez la ferme"},
        {"zh", "新桥将于明年春天开放"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        assert_greets(others[i][0], others[i][1], false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_greeting_is_known_by_its_first_words),
        cmocka_unit_test(other_words_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
