#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/base/yaml.h"

static struct arena arena;

static int release(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct yaml *parse(struct str text)
{
    struct err err = {0};
    struct yaml *root = NULL;
    if (!yaml_parse(&arena, text, "a.yaml", 1, &root, &err))
        fail_msg("%s", err.text);
    return root;
}

static void assert_fails(struct str text, const char *wanted)
{
    struct err err = {0};
    struct yaml *root = NULL;
    if (yaml_parse(&arena, text, "a.yaml", 10, &root, &err))
        fail_msg("parsed: %.*s", STR_ARG(text));
    assert_int_equal(err.kind, ERR_INPUT);
    if (!strstr(err.text, wanted))
        fail_msg("\"%s\" lacks \"%s\"", err.text, wanted);
}

static void a_mapping_is_found_by_its_keys(void **state)
{
    (void)state;
    const struct yaml *root = parse(STR("title: Two words\n"
                                        "tags: [a, 'b, c']\n"
                                        "nested:\n"
                                        "  deep: { x: 1 }\n"));
    assert_int_equal(root->kind, YAML_MAP);
    assert_string_equal(yaml_get(root, "title")->text, "Two words");
    const struct yaml *tags = yaml_get(root, "tags");
    assert_int_equal(tags->kind, YAML_LIST);
    assert_string_equal(tags->children->text, "a");
    assert_string_equal(tags->children->next->text, "b, c");
    assert_null(tags->children->next->next);
    const struct yaml *deep = yaml_get(yaml_get(root, "nested"), "deep");
    assert_string_equal(yaml_get(deep, "x")->text, "1");
    assert_null(yaml_get(root, "absent"));
    assert_null(yaml_get(tags, "a"));
    assert_null(yaml_get(NULL, "a"));
}

static void children_keep_the_order_of_the_file(void **state)
{
    (void)state;
    const struct yaml *node = parse(STR("z: 1\na: 2\nm: 3\n"))->children;
    static const char *const wanted[] = {"z", "a", "m"};
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++, node = node->next)
        assert_string_equal(node->key, wanted[i]);
    assert_null(node);
}

static void nodes_know_their_line_in_the_file(void **state)
{
    (void)state;
    struct err err = {0};
    struct yaml *root = NULL;
    assert_true(yaml_parse(&arena, STR("a: 1\n\nbb:\n  - x\n  - y\n"), "a.md",
                           5, &root, &err));
    assert_int_equal(yaml_get(root, "a")->line, 5);
    assert_int_equal(yaml_get(root, "a")->column, 4);
    const struct yaml *list = yaml_get(root, "bb");
    assert_int_equal(list->key_line, 7);
    assert_int_equal(list->children->next->line, 9);
    assert_int_equal(list->children->next->column, 5);
}

static void an_empty_document_is_an_empty_mapping(void **state)
{
    (void)state;
    const struct str texts[] = {
        STR(""),      STR("\n\n"),       STR("# only words\n"),
        STR("---\n"), STR("---\n---\n"), STR("~"),
        {NULL, 0}};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        const struct yaml *root = parse(texts[i]);
        assert_int_equal(root->kind, YAML_MAP);
        assert_null(root->children);
    }
}

static void texts_are_as_yaml_has_them(void **state)
{
    (void)state;
    const struct yaml *root = parse(STR("plain: a # words\n"
                                        "quoted: \"t\\tb \\u00e9\"\n"
                                        "single: 'it''s'\n"
                                        "block: |\n  one\n  two\n"
                                        "folded: >-\n  one\n  two\n"));
    assert_string_equal(yaml_get(root, "plain")->text, "a");
    assert_false(yaml_get(root, "plain")->quoted);
    assert_string_equal(yaml_get(root, "quoted")->text, "t\tb \xc3\xa9");
    assert_true(yaml_get(root, "quoted")->quoted);
    assert_string_equal(yaml_get(root, "single")->text, "it's");
    assert_string_equal(yaml_get(root, "block")->text, "one\ntwo\n");
    assert_string_equal(yaml_get(root, "folded")->text, "one two");
}

static void long_values_are_kept_whole(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "title: ");
    for (int i = 0; i < 50000; i++)
        strbuf_add_char(&text, 'x');
    const struct yaml *root = parse(strbuf_str(&text));
    assert_int_equal(strlen(yaml_get(root, "title")->text), 50000);
}

static void errors_name_the_file_and_the_line(void **state)
{
    (void)state;
    assert_fails(STR("a: 1\nb: [1, 2\nc: 3\n"), "a.yaml:1");
    assert_fails(STR("a: 1\n\tb: 2\n"), "a.yaml:11: not valid YAML");
    assert_fails(STR("a: \"open\n"), "not valid YAML");
    assert_fails(STR("a: 1\nb: 2\na: 3\n"),
                 "a.yaml:12: \"a\" stands here twice");
    assert_fails(STR("? [a, b]\n: 1\n"), "a.yaml:10: a key has to be a word");
    assert_fails(STR("a: \xff\xfe\n"), "not valid YAML");
    assert_fails(STR("a: b\0c\n"), "not valid YAML");
}

static void aliases_are_refused(void **state)
{
    (void)state;
    assert_fails(STR("a: &x [1]\nb: *x\n"), "a.yaml:11: anchors and aliases");
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    for (int i = 0; i < 60; i++)
        strbuf_add_char(&text, '[');
    for (int i = 0; i < 60; i++)
        strbuf_add_char(&text, ']');
    parse(strbuf_str(&text));
    strbuf_cut(&text, 0);
    for (int i = 0; i < 500; i++)
        strbuf_add_char(&text, '[');
    assert_fails(strbuf_str(&text), "nested too deeply");
}

static void null_is_nothing_unless_quoted(void **state)
{
    (void)state;
    const struct yaml *root =
        parse(STR("a:\nb: ~\nc: Null\nd: ''\ne: 'null'\nf: [] \n"));
    assert_true(yaml_is_null(yaml_get(root, "a")));
    assert_true(yaml_is_null(yaml_get(root, "b")));
    assert_true(yaml_is_null(yaml_get(root, "c")));
    assert_false(yaml_is_null(yaml_get(root, "d")));
    assert_false(yaml_is_null(yaml_get(root, "e")));
    assert_false(yaml_is_null(yaml_get(root, "f")));
}

static void truth_has_six_words(void **state)
{
    (void)state;
    const struct yaml *root =
        parse(STR("t: [true, Yes, ON]\nf: [false, no, OFF]\n"
                  "n: [1, 0, maybe, y]\n"));
    bool truth = false;
    for (struct yaml *n = yaml_get(root, "t")->children; n; n = n->next)
        assert_true(yaml_to_bool(n, &truth) && truth);
    for (struct yaml *n = yaml_get(root, "f")->children; n; n = n->next)
        assert_true(yaml_to_bool(n, &truth) && !truth);
    for (struct yaml *n = yaml_get(root, "n")->children; n; n = n->next)
        assert_false(yaml_to_bool(n, &truth));
    assert_false(yaml_to_bool(NULL, &truth));
    assert_false(yaml_to_bool(root, &truth));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mapping_is_found_by_its_keys),
        cmocka_unit_test(children_keep_the_order_of_the_file),
        cmocka_unit_test(nodes_know_their_line_in_the_file),
        cmocka_unit_test(an_empty_document_is_an_empty_mapping),
        cmocka_unit_test(texts_are_as_yaml_has_them),
        cmocka_unit_test(long_values_are_kept_whole),
        cmocka_unit_test(errors_name_the_file_and_the_line),
        cmocka_unit_test(aliases_are_refused),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(null_is_nothing_unless_quoted),
        cmocka_unit_test(truth_has_six_words),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
