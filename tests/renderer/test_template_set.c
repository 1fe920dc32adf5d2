#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/renderer/template_set.h"

struct place {
    char folder[64];
    struct template_set *set;
};

static void write_file(const char *folder, const char *path, const char *text)
{
    struct err err = {0};
    OWNED(mem_free) char *file = file_join(folder, path);
    char *slash = strrchr(file, '/');
    *slash = '\0';
    assert_true(file_make_folder(file, 0700, &err));
    *slash = '/';
    assert_true(file_write(file, str_of(text), 0600, &err));
}

static int set_up(void **state)
{
    struct place *place = MEM_NEW(struct place);
    strcpy(place->folder, "/tmp/template-set-XXXXXX");
    if (!mkdtemp(place->folder))
        return -1;
    place->set = template_set_new(place->folder);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    template_set_free(place->set);
    OWNED(mem_free) char *command = mem_format("rm -r %s", place->folder);
    int result = system(command);
    free(place);
    return result;
}

static void assert_applies(struct place *place, const char *path,
                           const char *expected)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    struct value *data = value_object(&arena);
    value_set_text(data, "name", "../secret");
    if (!template_set_apply(place->set, path, data, EDGE_HTML, &out, &err))
        fail_msg("%s", err.text);
    assert_string_equal(strbuf_text(&out), expected);
}

static void what_is_carried_inside_is_found(void **state)
{
    struct place *place = *state;
    struct str source;
    const char *origin;
    struct err err = {0};
    assert_true(template_set_source(place->set, "email/default/style.css",
                                    &source, &origin, &err));
    assert_true(source.len > 0);
    assert_string_equal(origin, "built-in:email/default/style.css");
}

static void a_file_of_the_publisher_wins(void **state)
{
    struct place *place = *state;
    write_file(place->folder, "email/default/style.css", "p {}");
    struct str source;
    const char *origin;
    struct err err = {0};
    assert_true(template_set_source(place->set, "email/default/style.css",
                                    &source, &origin, &err));
    assert_true(str_equal(source, STR("p {}")));
    assert_memory_equal(origin, place->folder, strlen(place->folder));
}

static void partials_are_sought_from_the_own_folder_upwards(void **state)
{
    struct place *place = *state;
    write_file(place->folder, "email/mine/html.mustache",
               "{{>a}} {{>b}} {{>c}}");
    write_file(place->folder, "email/mine/a.mustache", "own");
    write_file(place->folder, "email/a.mustache", "shared");
    write_file(place->folder, "email/b.mustache", "shared");
    write_file(place->folder, "c.mustache", "top");
    assert_applies(place, "email/mine/html.mustache", "own shared top");
}

static void a_design_may_change_one_partial_of_a_built_in_one(void **state)
{
    struct place *place = *state;
    write_file(place->folder, "email/mine/html.mustache", "{{>footer}}");
    write_file(place->folder, "email/mine/footer.mustache", "my footer");
    assert_applies(place, "email/mine/html.mustache", "my footer");
}

static void no_name_leads_out_of_the_folder(void **state)
{
    struct place *place = *state;
    write_file(place->folder, "secret.mustache", "secret");
    write_file(place->folder, "email/html.mustache",
               "[{{>*name}}{{>../secret}}{{>/etc/passwd}}]");
    assert_applies(place, "email/html.mustache", "[]");
    struct str source;
    const char *origin;
    struct err err = {0};
    assert_false(template_set_source(place->set, "email/../secret.mustache",
                                     &source, &origin, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void a_missing_design_is_answered_with_those_there_are(void **state)
{
    struct place *place = *state;
    write_file(place->folder, "email/mine/html.mustache", "x");
    const struct template *template = NULL;
    struct err err = {0};
    assert_false(template_set_get(place->set, "email/mien/html.mustache",
                                  &template, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "email/mien/html.mustache"));
    assert_non_null(strstr(err.text, "default"));
    assert_non_null(strstr(err.text, "mine"));
    assert_null(strstr(err.text, "footer.mustache"));
}

static void a_broken_template_is_named_with_its_file(void **state)
{
    struct place *place = *state;
    write_file(place->folder, "email/mine/html.mustache", "a\n{{#b}}");
    const struct template *template = NULL;
    struct err err = {0};
    for (int again = 0; again < 2; again++) {
        assert_false(template_set_get(place->set, "email/mine/html.mustache",
                                      &template, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, "email/mine/html.mustache:2:1: "));
    }
}

static void a_file_that_is_not_utf8_is_refused_with_its_line(void **state)
{
    struct place *place = *state;
    write_file(place->folder, "email/mine/html.mustache", "a\nb\xff");
    const struct template *template = NULL;
    struct err err = {0};
    for (int again = 0; again < 2; again++) {
        assert_false(template_set_get(place->set, "email/mine/html.mustache",
                                      &template, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, "html.mustache:2: not UTF-8"));
    }
}

static void a_template_is_compiled_once(void **state)
{
    struct place *place = *state;
    const struct template *first = NULL, *second = NULL;
    struct err err = {0};
    assert_true(template_set_get(place->set, "email/default/text.mustache",
                                 &first, &err));
    assert_true(template_set_get(place->set, "email/default/text.mustache",
                                 &second, &err));
    assert_ptr_equal(first, second);
}

static void every_template_carried_inside_compiles(void **state)
{
    (void)state;
    OWNED(template_set_release)
    struct template_set *set = template_set_new(NULL);
    static const char *const paths[] = {
        "email/document.mustache", "email/footer.mustache",
        "email/footer_text.mustache", "email/default/html.mustache",
        "email/default/story.mustache"};
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        const struct template *template = NULL;
        struct err err = {0};
        if (!template_set_get(set, paths[i], &template, &err))
            fail_msg("%s", err.text);
    }
}

/* Each tag doubled the ways through it. */
static void what_brings_itself_in_is_looked_through_once(void **state)
{
    struct place *place = *state;
    bool lacks = false;
    struct err err = {0};
    write_file(place->folder, "email/loop/text.mustache",
               "{{>again}}{{>again}}{{>again}}");
    write_file(place->folder, "email/loop/again.mustache",
               "{{>again}}{{>again}}{{#there}}{{>again}}{{/there}}{{>again}}");
    if (!template_set_lacks(place->set, "email/loop/text.mustache", "nowhere",
                            &lacks, &err))
        fail_msg("%s", err.text);
    assert_true(lacks);
    assert_true(template_set_lacks(place->set, "email/loop/text.mustache",
                                   "there", &lacks, &err));
    assert_false(lacks);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_carried_inside_is_found),
        TEST(a_file_of_the_publisher_wins),
        TEST(partials_are_sought_from_the_own_folder_upwards),
        TEST(a_design_may_change_one_partial_of_a_built_in_one),
        TEST(no_name_leads_out_of_the_folder),
        TEST(a_missing_design_is_answered_with_those_there_are),
        TEST(a_broken_template_is_named_with_its_file),
        TEST(a_file_that_is_not_utf8_is_refused_with_its_line),
        TEST(a_template_is_compiled_once),
        TEST(what_brings_itself_in_is_looked_through_once),
        TEST(every_template_carried_inside_compiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
