#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/document/markup.h"

static void read_page(const char *html, struct markup *out)
{
    struct err err;
    if (!markup_read(str_of(html), out, &err))
        fail_msg("%s", err.text);
}

static const struct markup_node *find(const struct markup *markup,
                                      const char *name)
{
    for (size_t i = 0; i < markup->count; i++)
        if (markup_is(markup->nodes[i], name))
            return markup->nodes[i];
    fail_msg("no <%s>", name);
    return NULL;
}

static void assert_place(const struct markup *markup, const char *name,
                         unsigned line, unsigned column)
{
    unsigned at_line, at_column;
    markup_place(markup->source, find(markup, name)->offset, &at_line,
                 &at_column);
    assert_int_equal(at_line, line);
    assert_int_equal(at_column, column);
}

static void elements_know_their_place(void **state)
{
    (void)state;
    OWNED(markup_free) struct markup markup = {0};
    read_page("<html>\n<body>é <b>x</b>\n  <img\n src=\"<a\" alt='b'>"
              "<!-- c --><i>y</i></body></html>",
              &markup);
    assert_place(&markup, "html", 1, 1);
    assert_place(&markup, "body", 2, 1);
    assert_place(&markup, "b", 2, 9);
    assert_place(&markup, "img", 3, 3);
    assert_place(&markup, "i", 4, 29);
}

static void a_long_page_keeps_its_places(void **state)
{
    (void)state;
    OWNED(markup_free) struct markup markup = {0};
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    strbuf_add_text(&html, "<body>");
    for (int i = 0; i < 20000; i++)
        strbuf_add_text(&html, "<p>é</p>\n");
    strbuf_add_text(&html, " <hr>");
    read_page(strbuf_text(&html), &markup);
    assert_place(&markup, "hr", 20001, 2);
}

static void what_was_left_out_is_there(void **state)
{
    (void)state;
    OWNED(markup_free) struct markup markup = {0};
    read_page("<p>x", &markup);
    assert_int_equal(find(&markup, "html")->attribute_count, 0);
    assert_ptr_equal(find(&markup, "p")->parent, find(&markup, "body"));
}

static void references_are_resolved(void **state)
{
    (void)state;
    OWNED(markup_free) struct markup markup = {0};
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    read_page(
        "<A HREF=\"?a&amp;b\" hidden>1 &lt; 2\n <img alt='a &quot;b&quot;'>"
        "<style>p</style></A>",
        &markup);
    const struct markup_node *link = find(&markup, "a");
    assert_string_equal(markup_get(link, "href"), "?a&b");
    assert_string_equal(markup_get(link, "hidden"), "");
    assert_null(markup_get(link, "title"));
    markup_words(link, &words);
    assert_string_equal(strbuf_text(&words), "1 < 2 a \"b\"");
}

static void marks_of_sections_are_no_text(void **state)
{
    (void)state;
    OWNED(markup_free) struct markup markup = {0};
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    read_page("<p><![if !mso]>a<![endif]><!--[if mso]>b<![endif]--></p><hr>",
              &markup);
    markup_words(find(&markup, "p"), &words);
    assert_string_equal(strbuf_text(&words), "a");
    assert_place(&markup, "hr", 1, 57);
}

static void what_is_beyond_reason_is_refused(void **state)
{
    (void)state;
    OWNED(markup_free) struct markup bytes = {0}, deep = {0};
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    struct err err;
    assert_false(markup_read(STR("<p>\xff</p>"), &bytes, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    for (int i = 0; i < 600; i++)
        strbuf_add_text(&html, "<div>");
    assert_false(markup_read(strbuf_str(&html), &deep, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

static void nothing_is_nothing(void **state)
{
    (void)state;
    OWNED(markup_free) struct markup markup = {0};
    read_page("", &markup);
    assert_int_equal(markup.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_know_their_place),
        cmocka_unit_test(a_long_page_keeps_its_places),
        cmocka_unit_test(what_was_left_out_is_there),
        cmocka_unit_test(references_are_resolved),
        cmocka_unit_test(marks_of_sections_are_no_text),
        cmocka_unit_test(what_is_beyond_reason_is_refused),
        cmocka_unit_test(nothing_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
