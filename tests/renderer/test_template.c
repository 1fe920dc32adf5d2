#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/renderer/template_internal.h"

/* Two templates that any case may bring in. */
struct shelf {
    const char *names[3], *sources[3];
};

struct shelf_in_use {
    const struct shelf *shelf;
    struct template *compiled[3];
};

static const struct template *find(void *context, const char *name,
                                   struct err *err)
{
    struct shelf_in_use *use = context;
    const struct shelf *shelf = use->shelf;
    for (int i = 0; i < 3 && shelf->names[i]; i++) {
        if (strcmp(shelf->names[i], name) != 0)
            continue;
        if (!use->compiled[i] &&
            !template_compile(str_of(shelf->sources[i]), name,
                              &use->compiled[i], err))
            return NULL;
        return use->compiled[i];
    }
    return NULL;
}

static bool apply(const char *source, const char *json, enum template_edge edge,
                  const struct shelf *shelf, struct strbuf *out,
                  struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(template_release) struct template *template = NULL;
    struct value *data = NULL;
    struct shelf_in_use use = {.shelf = shelf};
    struct template_library library = {find, &use};
    bool good =
        value_from_json(&arena, str_of(json), &data, err) &&
        template_compile(str_of(source), "t.mustache", &template, err) &&
        template_apply(template, data, edge, shelf ? &library : NULL, out, err);
    for (int i = 0; i < 3; i++)
        template_free(use.compiled[i]);
    return good;
}

static void assert_gives(const char *source, const char *json,
                         const struct shelf *shelf, const char *expected)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    if (!apply(source, json, EDGE_HTML, shelf, &out, &err))
        fail_msg("%s", err.text);
    assert_string_equal(strbuf_text(&out), expected);
}

static void assert_fails(const char *source, struct shelf *shelf,
                         const char *where)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    assert_false(
        apply(source, "{\"l\": [1, 2]}", EDGE_HTML, shelf, &out, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    if (!strstr(err.text, where))
        fail_msg("\"%s\" doesn't say \"%s\"", err.text, where);
    assert_int_equal(out.len, 0);
}

static void a_section_repeats_for_each_item(void **state)
{
    (void)state;
    assert_gives("{{#names}}<{{.}}>{{/names}}", "{\"names\": [\"a\", \"b\"]}",
                 NULL, "<a><b>");
}

static void what_is_false_leaves_a_section_out(void **state)
{
    (void)state;
    assert_gives("{{#a}}1{{/a}}{{#b}}2{{/b}}{{#c}}3{{/c}}{{#d}}4{{/d}}"
                 "{{#e}}5{{/e}}{{#f}}6{{/f}}{{^a}}no{{/a}}",
                 "{\"a\": \"\", \"b\": 0, \"c\": [], \"d\": null, "
                 "\"e\": false}",
                 NULL, "no");
    assert_gives("{{#a}}1{{/a}}{{#b}}2{{/b}}{{#c}}3{{/c}}",
                 "{\"a\": \"x\", \"b\": -1, \"c\": {}}", NULL, "123");
}

static void null_hides_a_value_further_out(void **state)
{
    (void)state;
    assert_gives("{{#in}}[{{name}}]{{/in}}",
                 "{\"name\": \"out\", \"in\": {\"name\": null}}", NULL, "[]");
}

static void lines_with_a_tag_alone_vanish(void **state)
{
    (void)state;
    assert_gives("a\n  {{#s}}  \nb\n\t{{/s}}\r\nc{{! d }}\n", "{\"s\": 1}",
                 NULL, "a\nb\nc\n");
}

static void a_standalone_partial_indents_its_lines_but_no_value(void **state)
{
    (void)state;
    struct shelf shelf = {{"p", "q"}, {"one\n {{>q}}\n\n{{v}}\n", "two\n"}};
    assert_gives("  {{>p}}\nend", "{\"v\": \"x\\ny\"}", &shelf,
                 "  one\n   two\n\n  x\ny\nend");
}

static void a_partial_in_a_line_is_not_indented(void **state)
{
    (void)state;
    struct shelf shelf = {{"p", "q"}, {"{{>q}} z\n", "x\ny"}};
    assert_gives("  {{>p}}\n", "{}", &shelf, "  x\ny z\n");
}

static void a_parent_is_filled_from_the_outermost_child(void **state)
{
    (void)state;
    struct shelf shelf = {
        {"page", "article"},
        {"<{{$title}}none{{/title}}|{{$body}}empty{{/body}}>",
         "{{<page}}{{$title}}article{{/title}}{{$body}}text{{/body}}"
         "{{/page}}"}};
    assert_gives("{{<article}}{{$title}}mine{{/title}}{{/article}}", "{}",
                 &shelf, "<mine|text>");
}

static void a_block_that_names_itself_shows_its_default(void **state)
{
    (void)state;
    struct shelf shelf = {{"p"}, {"{{$a}}default{{/a}}"}};
    assert_gives("{{<p}}{{$a}}x{{$a}}inner{{/a}}{{/a}}{{/p}}", "{}", &shelf,
                 "xinner");
}

static void a_block_takes_the_indentation_of_its_place(void **state)
{
    (void)state;
    struct shelf shelf = {{"p"}, {"<ul>\n  {{$items}}\n  {{/items}}\n</ul>\n"}};
    assert_gives("{{<p}}\n      {{$items}}\n      <li>\n        a\n"
                 "      {{/items}}\n{{/p}}\n",
                 "{}", &shelf, "<ul>\n  <li>\n    a\n</ul>\n");
    struct shelf inline_shelf = {{"p"}, {"x:\n  {{$b}}{{/b}}\n"}};
    assert_gives("{{<p}}{{$b}}\none\ntwo{{/b}}{{/p}}", "{}", &inline_shelf,
                 "x:\n  one\n  two\n");
}

static void a_partial_may_be_named_by_the_data(void **state)
{
    (void)state;
    struct shelf shelf = {{"big", "small"}, {"B", "s"}};
    assert_gives("{{#items}}{{>*kind}}{{/items}}",
                 "{\"items\": [{\"kind\": \"big\"}, {\"kind\": \"small\"}, "
                 "{\"kind\": \"other\"}]}",
                 &shelf, "Bs");
}

static void a_partial_that_is_not_there_is_empty(void **state)
{
    (void)state;
    struct shelf shelf = {0};
    assert_gives("[{{>none}}{{<none}}x{{/none}}]", "{}", &shelf, "[]");
    assert_gives("[{{>none}}]", "{}", NULL, "[]");
}

static void assert_edge(enum template_edge edge, const char *source,
                        const char *expected)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    assert_true(apply(source, "{\"v\": \"<a b>&\\r\\n\\u0001'\\\"\"}", edge,
                      NULL, &out, &err));
    assert_string_equal(strbuf_text(&out), expected);
}

static void escaping_depends_on_the_edge(void **state)
{
    (void)state;
    assert_edge(EDGE_HTML, "{{v}}", "&lt;a b&gt;&amp;\n&#39;&quot;");
    assert_edge(EDGE_HTML, "{{{v}}}", "<a b>&\n'\"");
    assert_edge(EDGE_TEXT, "{{v}}", "<a b>&\n'\"");
    assert_edge(EDGE_HEADER, "Re: {{v}}\n", "Re: <a b>& '\"");
    assert_edge(EDGE_URL, "/?q={{v}}", "/?q=%3Ca%20b%3E%26%0A%27%22");
}

static void a_slot_is_never_escaped_and_never_forged(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct value *data = value_object(&arena);
    value_set(data, "slot", value_slot(&arena, "view_url"));
    value_set_text(data, "text", "\x02view_url\x03");
    OWNED(template_release) struct template *template = NULL;
    struct err err = {0};
    assert_true(template_compile(STR("{{slot}}{{#slot}}+{{/slot}}{{text}}"),
                                 "t", &template, &err));
    static const enum template_edge edges[] = {EDGE_HTML, EDGE_TEXT, EDGE_URL};
    for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        assert_true(template_apply(template, data, edges[i], NULL, &out, &err));
        assert_string_equal(strbuf_text(&out), "\x02view_url\x03+view_url");
    }
}

static void an_empty_text_may_let_the_one_further_out_show(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct value *data = value_object(&arena), *inner = value_object(&arena);
    value_set_text(data, "hidden", "out");
    value_set_nonempty(data, "shown", "out");
    value_set_text(inner, "hidden", "");
    value_set_nonempty(inner, "shown", "");
    value_set(data, "inner", inner);
    OWNED(template_release) struct template *template = NULL;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    assert_true(
        template_compile(STR("{{#inner}}[{{hidden}}][{{shown}}]{{/inner}}"),
                         "t", &template, &err));
    assert_true(template_apply(template, data, EDGE_TEXT, NULL, &out, &err));
    assert_string_equal(strbuf_text(&out), "[][out]");
}

static void a_template_is_applied_many_times(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct value *data = value_object(&arena);
    OWNED(template_release) struct template *template = NULL;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    assert_true(template_compile(STR("{{n}} "), "t", &template, &err));
    for (int i = 1; i <= 3; i++) {
        value_set_number(data, "n", i);
        assert_true(
            template_apply(template, data, EDGE_TEXT, NULL, &out, &err));
    }
    assert_string_equal(strbuf_text(&out), "1 2 3 ");
}

static void an_error_names_file_line_and_column(void **state)
{
    (void)state;
    assert_fails("ä\nü {{name", NULL, "t.mustache:2:3: ");
    assert_fails("\n\n  {{#a}}\n{{/b}}", NULL, "t.mustache:4:1: \"b\"");
    assert_fails("\n\n  {{#a}}\n", NULL, "t.mustache:3:3: \"a\"");
    assert_fails("x{{/a}}", NULL, "t.mustache:1:2: \"a\"");
    assert_fails("{{a b}}", NULL, "t.mustache:1:1: ");
    assert_fails("{{}}", NULL, "t.mustache:1:1: ");
    assert_fails("{{a..b}}", NULL, "t.mustache:1:1: ");
    assert_fails("{{=only=}}", NULL, "t.mustache:1:1: delimiters");
    assert_fails("a\x02"
                 "b",
                 NULL, "t.mustache:1:2: a control character");
}

static void an_error_in_a_partial_names_the_partial(void **state)
{
    (void)state;
    struct shelf shelf = {{"p"}, {"fine\n{{#open}}"}};
    assert_fails("{{>p}}", &shelf, "p:2:1: \"open\"");
}

static void a_partial_that_holds_itself_without_end_is_refused(void **state)
{
    (void)state;
    struct shelf shelf = {{"p"}, {"x{{>p}}"}};
    assert_fails("{{>p}}", &shelf, "p:1:1: tags nest more than 500 deep");
}

static void tags_nested_beyond_reason_are_refused(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf source = STRBUF_INIT;
    for (int i = 0; i < 101; i++)
        strbuf_add_text(&source, "{{#a}}");
    assert_fails(strbuf_text(&source), NULL, "more than 100 tags are open");
}

static void a_result_that_grows_beyond_reason_is_refused(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf source = STRBUF_INIT;
    for (int i = 0; i < 60; i++)
        strbuf_add_text(&source, "{{#l}}");
    strbuf_add_text(&source, "x");
    for (int i = 0; i < 60; i++)
        strbuf_add_text(&source, "{{/l}}");
    assert_fails(strbuf_text(&source), NULL, "grows beyond reason");
}

static void bad_json_is_named_with_its_place(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct value *data = NULL;
    struct err err = {0};
    assert_false(value_from_json(&arena, STR("{\n \"a\": }"), &data, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "line 2, column"));
}

static void numbers_are_written_as_they_were(void **state)
{
    (void)state;
    assert_gives("{{a}} {{b}} {{c}} {{d}}",
                 "{\"a\": 1.21, \"b\": -7, \"c\": 0.1, \"d\": 1e3}", NULL,
                 "1.21 -7 0.1 1e+03");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_section_repeats_for_each_item),
        cmocka_unit_test(what_is_false_leaves_a_section_out),
        cmocka_unit_test(null_hides_a_value_further_out),
        cmocka_unit_test(lines_with_a_tag_alone_vanish),
        cmocka_unit_test(a_standalone_partial_indents_its_lines_but_no_value),
        cmocka_unit_test(a_partial_in_a_line_is_not_indented),
        cmocka_unit_test(a_parent_is_filled_from_the_outermost_child),
        cmocka_unit_test(a_block_that_names_itself_shows_its_default),
        cmocka_unit_test(a_block_takes_the_indentation_of_its_place),
        cmocka_unit_test(a_partial_may_be_named_by_the_data),
        cmocka_unit_test(a_partial_that_is_not_there_is_empty),
        cmocka_unit_test(escaping_depends_on_the_edge),
        cmocka_unit_test(a_slot_is_never_escaped_and_never_forged),
        cmocka_unit_test(an_empty_text_may_let_the_one_further_out_show),
        cmocka_unit_test(a_template_is_applied_many_times),
        cmocka_unit_test(an_error_names_file_line_and_column),
        cmocka_unit_test(an_error_in_a_partial_names_the_partial),
        cmocka_unit_test(a_partial_that_holds_itself_without_end_is_refused),
        cmocka_unit_test(tags_nested_beyond_reason_are_refused),
        cmocka_unit_test(a_result_that_grows_beyond_reason_is_refused),
        cmocka_unit_test(bad_json_is_named_with_its_place),
        cmocka_unit_test(numbers_are_written_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
