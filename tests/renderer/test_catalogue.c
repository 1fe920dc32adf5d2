#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/embed.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/yaml.h"
#include "digest/renderer/languages.h"

static struct catalogue *words_of(const char *folder, const char *language)
{
    OWNED(template_set_release)
    struct template_set *set = template_set_new(folder);
    struct catalogue *words = NULL;
    struct err err = {0};
    /* Trees are copies: the set may go before the words. */
    if (!catalogue_new(set, language, &words, &err))
        fail_msg("%s", err.text);
    return words;
}

static void expect_count(const char *language, const char *name, int64_t count,
                         const char *expected)
{
    OWNED(catalogue_release) struct catalogue *words = words_of(NULL, language);
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    catalogue_add_count(words, name, count, &out);
    assert_string_equal(strbuf_text(&out), expected);
}

static void dates_are_written_as_each_language_has_them(void **state)
{
    (void)state;
    static const struct {
        const char *language, *date;
    } rows[] = {
        {"en", "20 November 2026"}, {"de", "20. November 2026"},
        {"fr", "20 novembre 2026"}, {"ar", "٢٠ نوفمبر ٢٠٢٦"},
        {"bn", "২০ নভেম্বর, ২০২৬"},  {"zh", "2026年11月20日"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        OWNED(catalogue_release)
        struct catalogue *words = words_of(NULL, rows[i].language);
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        catalogue_add_date(words, 2026, 11, 20, &out);
        assert_string_equal(strbuf_text(&out), rows[i].date);
    }
}

static void plural_forms_follow_each_languages_rule(void **state)
{
    (void)state;
    expect_count("en", "more_stories", 1, "1 more story on the site");
    expect_count("en", "more_stories", 0, "0 more stories on the site");
    expect_count("fr", "more_stories", 0, "Encore 0 article sur le site");
    expect_count("fr", "more_stories", 2, "Encore 2 articles sur le site");
    expect_count("ar", "minutes", 1, "دقيقة واحدة");
    expect_count("ar", "minutes", 2, "دقيقتان");
    expect_count("ar", "minutes", 3, "٣ دقائق");
    expect_count("ar", "minutes", 11, "١١ دقيقة");
    expect_count("zh", "minutes", 1, "1 分钟");
}

static void a_language_falls_back_to_its_base_and_then_to_english(void **state)
{
    (void)state;
    OWNED(catalogue_release) struct catalogue *swiss = words_of(NULL, "DE-CH");
    OWNED(catalogue_release)
    struct catalogue *unknown = words_of(NULL, "xx-Yyyy");
    OWNED(catalogue_release)
    struct catalogue *evil = words_of(NULL, "../../etc");
    assert_string_equal(catalogue_get(swiss, "read_on"), "Weiterlesen");
    assert_string_equal(catalogue_get(unknown, "read_on"), "Read on");
    assert_string_equal(catalogue_get(evil, "read_on"), "Read on");
}

/* A file of the publisher's, in a folder of its own. */
static void write_catalogue(char *folder, const char *name, const char *text)
{
    struct err err = {0};
    assert_non_null(mkdtemp(folder));
    OWNED(mem_free) char *messages = mem_format("%s/messages", folder);
    OWNED(mem_free) char *path = mem_format("%s/%s", messages, name);
    assert_true(file_make_folder(messages, 0700, &err));
    assert_true(file_write(path, str_of(text), 0600, &err));
}

static void remove_catalogue(const char *folder, const char *name)
{
    OWNED(mem_free) char *messages = mem_format("%s/messages", folder);
    OWNED(mem_free) char *path = mem_format("%s/%s", messages, name);
    unlink(path);
    rmdir(messages);
    rmdir(folder);
}

static void a_publishers_catalogue_may_hold_only_what_it_changes(void **state)
{
    (void)state;
    char folder[] = "/tmp/words-XXXXXX";
    write_catalogue(folder, "de.yaml", "read_on: Mehr dazu\n");
    OWNED(catalogue_release) struct catalogue *words = words_of(folder, "de");
    assert_string_equal(catalogue_get(words, "read_on"), "Mehr dazu");
    assert_string_equal(catalogue_get(words, "unsubscribe"), "Abbestellen");
    remove_catalogue(folder, "de.yaml");
}

static void a_faulty_catalogue_is_refused_with_its_line(void **state)
{
    (void)state;
    static const char *const faulty[] = {
        "a: b\nplural: klingon\n",     "a: b\nmonths: [Jan, Feb]\n",
        "a: b\nminutes: { one: x }\n", "a: b\ndigits: 012\n",
        "a: b\nmonths: January\n",
    };
    for (size_t i = 0; i < ARRAY_SIZE(faulty); i++) {
        char folder[] = "/tmp/words-XXXXXX";
        write_catalogue(folder, "tlh.yaml", faulty[i]);
        OWNED(template_set_release)
        struct template_set *set = template_set_new(folder);
        struct catalogue *words = NULL;
        struct err err = {0};
        assert_false(catalogue_new(set, "tlh", &words, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, "tlh.yaml:2: "));
        remove_catalogue(folder, "tlh.yaml");
    }
}

/* The placeholders of a text, sorted and each once: "email newsletter". */
static void placeholders(const char *text, struct strbuf *out)
{
    static const char *const known[] = {
        "address", "contact", "count",      "date",   "day",  "email",
        "month",   "name",    "newsletter", "number", "site", "year"};
    size_t opens = 0;
    for (const char *c = text; *c; c++)
        opens += *c == '{';
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        OWNED(mem_free) char *mark = mem_format("{%s}", known[i]);
        const char *at = text;
        bool first = true;
        for (; (at = strstr(at, mark)); at += strlen(mark), opens--)
            if (first) {
                strbuf_add_format(out, "%s ", known[i]);
                first = false;
            }
    }
    if (opens)
        strbuf_add_text(out, "and an unknown one");
}

static struct yaml *read_catalogue(const struct embed_file *file,
                                   struct arena *arena)
{
    struct yaml *tree = NULL;
    struct err err = {0};
    struct str source = {file->begin, (size_t)(file->end - file->begin)};
    if (!yaml_parse(arena, source, file->path, 1, &tree, &err))
        fail_msg("%s", err.text);
    return tree;
}

static void compare(const struct embed_file *file, const struct yaml *english,
                    const struct yaml *its)
{
    if (!its)
        fail_msg("%s: lacks %s", file->path, english->key);
    if (its->kind != english->kind)
        fail_msg("%s: %s: of another kind", file->path, english->key);
    if (its->kind != YAML_TEXT || strcmp(english->key, "date") == 0)
        return;
    OWNED(strbuf_free) struct strbuf wanted = STRBUF_INIT, found = STRBUF_INIT;
    placeholders(english->text, &wanted);
    placeholders(its->text, &found);
    if (strcmp(strbuf_text(&wanted), strbuf_text(&found)) != 0)
        fail_msg("%s: %s: placeholders %s, not %s", file->path, english->key,
                 strbuf_text(&found), strbuf_text(&wanted));
}

static void every_catalogue_has_what_the_english_one_has(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const struct embed_file *file;
    const struct yaml *english = NULL;
    size_t at = 0, count = 0;
    while ((file = embed_next("templates/messages/", &at)))
        if (strstr(file->path, "/en.yaml"))
            english = read_catalogue(file, &arena);
    assert_non_null(english);
    for (at = 0; (file = embed_next("templates/messages/", &at)); count++) {
        const struct yaml *its = read_catalogue(file, &arena);
        for (const struct yaml *n = english->children; n; n = n->next)
            compare(file, n, yaml_get(its, n->key));
        for (const struct yaml *n = its->children; n; n = n->next)
            if (!yaml_get(english, n->key) && strcmp(n->key, "digits") != 0)
                fail_msg("%s: %s means nothing", file->path, n->key);
    }
    assert_true(count >= 6);
}

static void a_group_has_its_own_names_alone(void **state)
{
    (void)state;
    OWNED(catalogue_release) struct catalogue *words = words_of(NULL, "de");
    size_t index = 0, pages = 0, mail = 0;
    const char *name;
    while ((name = catalogue_next(words, "page", &index))) {
        assert_int_equal(strncmp(name, "page_", 5), 0);
        pages++;
    }
    for (index = 0; (name = catalogue_next(words, NULL, &index)); mail++) {
        assert_true(strncmp(name, "page_", 5) != 0);
        assert_true(strncmp(name, "notice_", 7) != 0);
    }
    assert_true(pages > 50);
    assert_true(mail > 5);
}

static void languages_are_those_with_a_catalogue(void **state)
{
    (void)state;
    char folder[] = "/tmp/words-XXXXXX";
    struct languages *languages = NULL;
    struct err err = {0};
    write_catalogue(folder, "pt-BR.yaml", "language: Português\n");
    OWNED(template_set_release)
    struct template_set *set = template_set_new(folder);
    assert_true(languages_new(set, &languages, &err));
    const struct language *found = languages_find(languages, STR(" PT-br"));
    assert_non_null(found);
    assert_string_equal(found->name, "Português");
    assert_string_equal(catalogue_get(found->words, "page_saved"), "Saved.");
    assert_null(languages_find(languages, STR("pt")));
    assert_null(languages_find(languages, STR("")));
    found = languages_find(languages, STR("de-AT"));
    assert_non_null(found);
    assert_string_equal(found->tag, "de");
    assert_string_equal(found->name, "Deutsch");
    assert_string_equal(languages_default(languages)->tag, "en");
    assert_true(catalogue_exists(set, "pt-BR-x-old"));
    assert_false(catalogue_exists(set, "pt"));
    assert_false(catalogue_exists(set, ""));
    languages_free(languages);
    remove_catalogue(folder, "pt-BR.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_written_as_each_language_has_them),
        cmocka_unit_test(plural_forms_follow_each_languages_rule),
        cmocka_unit_test(a_language_falls_back_to_its_base_and_then_to_english),
        cmocka_unit_test(a_publishers_catalogue_may_hold_only_what_it_changes),
        cmocka_unit_test(a_faulty_catalogue_is_refused_with_its_line),
        cmocka_unit_test(every_catalogue_has_what_the_english_one_has),
        cmocka_unit_test(a_group_has_its_own_names_alone),
        cmocka_unit_test(languages_are_those_with_a_catalogue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
