#include "tests/sources/importing.h"

#include <dirent.h>

#include "digest/sources/source_kind_internal.h"

/* The kinds that there are: each is whole, and nobody forgets one. */

static bool is_file(const char *path)
{
    return file_exists(path) && !file_is_folder(path);
}

static void each_kind_has_a_folder_with_its_file(void **state)
{
    (void)state;
    for (size_t i = 0; source_kinds[i]; i++) {
        const char *name = source_kinds[i]->name;
        char *path =
            mem_format(TESTS_DIR "/../digest/sources/%s/%s_kind.c", name, name);
        if (!is_file(path))
            fail_msg("%s: is not there", path);
        free(path);
    }
}

static void each_folder_is_of_a_kind_in_the_table(void **state)
{
    (void)state;
    DIR *room = opendir(TESTS_DIR "/../digest/sources");
    size_t folders = 0, kinds = 0;
    assert_non_null(room);
    for (struct dirent *one; (one = readdir(room));) {
        char *path = mem_format(TESTS_DIR "/../digest/sources/%s", one->d_name);
        if (one->d_name[0] != '.' && file_is_folder(path)) {
            folders++;
            if (!source_kind_find(one->d_name))
                fail_msg("%s: is of no kind in source_kinds.c", path);
        }
        free(path);
    }
    closedir(room);
    while (source_kinds[kinds])
        kinds++;
    assert_int_equal(folders, kinds);
}

static void a_kind_can_be_told_where_it_can_be_read(void **state)
{
    (void)state;
    for (size_t i = 0; source_kinds[i]; i++) {
        const struct source_kind *kind = source_kinds[i];
        bool reads = kind->read != NULL;
        assert_int_equal(kind->recognise != NULL, reads);
        assert_int_equal(kind->file_noun != NULL, reads);
        assert_int_equal(kind->suffixes && kind->suffixes[0], reads);
        assert_true(reads || !kind->read_stream);
    }
}

static void a_kind_is_fetched_where_it_can_be_found(void **state)
{
    (void)state;
    for (size_t i = 0; source_kinds[i]; i++) {
        const struct source_kind *kind = source_kinds[i];
        bool is_fetched = kind->fetch || kind->begin;
        assert_int_equal(kind->recognise_path || kind->is_at || kind->is_behind,
                         is_fetched);
        assert_int_equal(kind->source_noun != NULL, is_fetched);
        assert_int_equal(kind->begin != NULL, kind->take != NULL);
        assert_true(is_fetched || kind->read);
        assert_true(source_kind_find(kind->name) == kind);
    }
}

static void the_readme_tells_of_each_kind(void **state)
{
    (void)state;
    struct strbuf readme = STRBUF_INIT;
    struct err err = {0};
    assert_true(file_read(TESTS_DIR "/../README.md", 1 << 20, &readme, &err));
    for (size_t i = 0; source_kinds[i]; i++) {
        const struct source_kind *kind = source_kinds[i];
        if (!strcasestr(strbuf_text(&readme), kind->name) &&
            !strstr(strbuf_text(&readme), source_kind_noun(kind->name)))
            fail_msg("README.md: doesn't tell of %s", kind->name);
    }
    strbuf_free(&readme);
}

static void the_names_to_be_typed_are_those_of_kinds_that_are_read(void **state)
{
    (void)state;
    struct strbuf names = STRBUF_INIT;
    source_kind_add_names(&names);
    assert_string_equal(strbuf_text(&names),
                        "markdown, feed, wordpress or page");
    strbuf_free(&names);
}

static void what_is_stored_keeps_its_words(void **state)
{
    (void)state;
    assert_string_equal(source_kind_noun("feed"), "feed");
    assert_string_equal(source_kind_noun("wordpress"), "WordPress site");
    assert_string_equal(source_kind_noun("path"), "folder");
    assert_string_equal(source_kind_noun("gazette"), "gazette");
}

static void the_surest_kind_has_a_text(void **state)
{
    static const struct {
        const char *name, *text, *kind;
    } cases[] = {
        {"a.md", "<rss>", "markdown"},
        {"a.xml", "---\ntitle: A\n---\n<rss xmlns='wordpress.org/export/1.2/'>",
         "markdown"},
        {"a.xml", "<rss xmlns:wp='http://wordpress.org/export/1.2/'>",
         "wordpress"},
        {"a.html", "<RSS version='2.0'><description>&lt;html", "feed"},
        {"a.json", "{\"version\": \"https://jsonfeed.org/version/1\"}", "feed"},
        {"a.txt", "<channel><item>", "feed"},
        {"https://a.example/1", "<!DOCTYPE html><title>A", "page"},
        {"a.HTM", "A title", "page"},
        {"a.html", "---\ntitle: A\n---\n<p>A", "markdown"},
        {"a.pdf", "%PDF", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct source_kind *kind =
            source_kind_recognise(cases[i].name, str_of(cases[i].text));
        if (kind != (cases[i].kind ? source_kind_find(cases[i].kind) : NULL))
            fail_msg("%s \"%s\": is taken for %s", cases[i].name, cases[i].text,
                     kind ? kind->name : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_a_folder_with_its_file),
        cmocka_unit_test(each_folder_is_of_a_kind_in_the_table),
        cmocka_unit_test(a_kind_can_be_told_where_it_can_be_read),
        cmocka_unit_test(a_kind_is_fetched_where_it_can_be_found),
        cmocka_unit_test(the_readme_tells_of_each_kind),
        cmocka_unit_test(
            the_names_to_be_typed_are_those_of_kinds_that_are_read),
        cmocka_unit_test(what_is_stored_keeps_its_words),
        cmocka_unit_test(the_surest_kind_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
