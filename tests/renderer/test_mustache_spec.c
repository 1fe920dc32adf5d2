/* The official mustache cases: core, inheritance and dynamic names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/renderer/template_internal.h"

/* Partials of one case, compiled when they are asked for. */
struct partials {
    const json_t *sources;
    struct template *compiled[16];
    const char *names[16];
    size_t count;
};

static const struct template *find(void *context, const char *name,
                                   struct err *err)
{
    struct partials *partials = context;
    for (size_t i = 0; i < partials->count; i++)
        if (strcmp(partials->names[i], name) == 0)
            return partials->compiled[i];
    const json_t *source = json_object_get(partials->sources, name);
    if (!source)
        return NULL;
    assert_true(partials->count < ARRAY_SIZE(partials->names));
    struct template *template = NULL;
    if (!template_compile(str_of(json_string_value(source)), name, &template,
                          err))
        return NULL;
    partials->names[partials->count] = name;
    /* The name given lives for the call only. */
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)partials->sources, key, value)
    {
        if (value == source)
            partials->names[partials->count] = key;
    }
    partials->compiled[partials->count++] = template;
    return template;
}

static bool apply(const json_t *test, struct partials *partials,
                  struct strbuf *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(mem_free)
    char *json = json_dumps(json_object_get(test, "data"), JSON_ENCODE_ANY);
    struct value *data = NULL;
    OWNED(template_release) struct template *template = NULL;
    const char *source = json_string_value(json_object_get(test, "template"));
    struct template_library library = {find, partials};
    return value_from_json(&arena, str_of(json), &data, err) &&
           template_compile(str_of(source), "case", &template, err) &&
           template_apply(template, data, EDGE_HTML, &library, out, err);
}

static bool passes(const char *file, const json_t *test)
{
    struct partials partials = {.sources = json_object_get(test, "partials")};
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    bool good = apply(test, &partials, &out, &err);
    for (size_t i = 0; i < partials.count; i++)
        template_free(partials.compiled[i]);
    const char *expected = json_string_value(json_object_get(test, "expected"));
    if (good && strcmp(strbuf_text(&out), expected) == 0)
        return true;
    print_error("%s: %s\n--- expected\n%s\n--- got %s\n%s\n", file,
                json_string_value(json_object_get(test, "name")), expected,
                err.text, strbuf_text(&out));
    return false;
}

static void run_module(void **state)
{
    const char *folder = getenv("DIGEST_CORPORA");
    const char *name = *state;
    if (!folder) {
        print_message("skipped: %s: DIGEST_CORPORA is not set\n", name);
        skip();
    }
    OWNED(mem_free)
    char *path = mem_format("%s/mustache-spec/%s.json", folder, name);
    if (!file_exists(path)) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    json_t *module = json_load_file(path, 0, NULL);
    const json_t *tests = json_object_get(module, "tests");
    size_t count = json_array_size(tests), failed = 0;
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++)
        failed += !passes(name, json_array_get(tests, i));
    json_decref(module);
    print_message("%s: %zu cases\n", name, count);
    assert_int_equal(failed, 0);
}

int main(void)
{
    static char comments[] = "comments", delimiters[] = "delimiters",
                interpolation[] = "interpolation", inverted[] = "inverted",
                partials[] = "partials", sections[] = "sections",
                names[] = "~dynamic-names", inheritance[] = "~inheritance";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(run_module, comments),
        cmocka_unit_test_prestate(run_module, delimiters),
        cmocka_unit_test_prestate(run_module, interpolation),
        cmocka_unit_test_prestate(run_module, inverted),
        cmocka_unit_test_prestate(run_module, partials),
        cmocka_unit_test_prestate(run_module, sections),
        cmocka_unit_test_prestate(run_module, names),
        cmocka_unit_test_prestate(run_module, inheritance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
