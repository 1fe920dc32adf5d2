#include "tests/document/reading.h"

static void commonmark_is_read_as_specified(void **state)
{
    (void)state;
    CHECK_MARKDOWN(
        {"# a\n\nb *c* **d** `e`\nf\n",
         "<h1>a</h1>\n<p>b <em>c</em> <strong>d</strong> <code>e</code> f</p>"
         "\n"},
        {"a  \nb\\\nc", "<p>a<br />\nb<br />\nc</p>\n"},
        {"> a\n> - b\n",
         "<blockquote>\n<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n</blockquote>\n"},
        {"3. a\n4. b\n", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"},
        {"- a\n\n- b\n",
         "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n"},
        {"```c x\nint a;\n\n  b\n```\n",
         "<pre><code class=\"language-c\">int a;\n\n  b\n</code></pre>\n"},
        {"    a\n", "<pre><code>a\n</code></pre>\n"},
        {"a\n\n***\n\nb", "<p>a</p>\n<hr />\n<p>b</p>\n"},
        {"[a](/b \"c\") ![d *e*](f.png)",
         "<p><a href=\"https://example.org/b\" title=\"c\">a</a> "
         "<img src=\"https://example.org/news/f.png\" alt=\"d e\" /></p>\n"},
        {"<https://e.org> &copy; \\*a\\*",
         "<p><a href=\"https://e.org\">https://e.org</a> \xc2\xa9 *a*</p>\n"},
        {"", ""});
}

static void raw_inline_html_spans_the_nodes_between(void **state)
{
    (void)state;
    CHECK_MARKDOWN(
        {"a <b>b *c*</b> <br> d", "<p>a <strong>b <em>c</em></strong><br />\n"
                                  "d</p>\n"},
        {"<a href=\"/x\">a **b**</a>",
         "<p><a href=\"https://example.org/x\">a <strong>b</strong></a></p>\n"},
        {"<img src=\"/i.png\" alt=\"a\"> <kbd>b</kbd>",
         "<p><img src=\"https://example.org/i.png\" alt=\"a\" /> "
         "<code>b</code></p>\n"},
        {"a <span hidden>b *c*</span> d", "<p>a d</p>\n"},
        {"a <u>b</u> <!-- c --> <x-y>d</x-y>", "<p>a b d</p>\n"});
}

static void raw_blocks_of_html_become_the_tree(void **state)
{
    (void)state;
    CHECK_MARKDOWN(
        {"<div align=\"center\">\n\n# a\n\n</div>\n\nb",
         "<h1>a</h1>\n<p>b</p>\n"},
        {"<table><tr><td>a</td><td>b</td></tr></table>\n", "<p>a | b</p>\n"},
        {"<script>alert(1)</script>\n\na", "<p>a</p>\n"},
        {"<form action=\"/x\"><input></form>\n\na", "<p>a</p>\n"},
        {"<iframe src=\"https://player.vimeo.com/video/7\"></iframe>\n",
         "<p><a href=\"https://vimeo.com/7\">vimeo.com</a></p>\n"});
}

#define HEADS "<th scope=\"col\">a</th>\n<th scope=\"col\">b</th>\n"

static void pipe_tables_are_tables(void **state)
{
    (void)state;
    CHECK_MARKDOWN({"| a | b |\n|---|:-:|\n| 1 | `2` |\n| [c](/d) | *e* |\n",
                    "<table>\n<tr>\n" HEADS "</tr>\n"
                    "<tr>\n<td>1</td>\n<td><code>2</code></td>\n</tr>\n"
                    "<tr>\n<td><a href=\"https://example.org/d\">c</a></td>\n"
                    "<td><em>e</em></td>\n</tr>\n</table>\n"},
                   {"above\na | b\n--- | ---\nc\nd | e | f\n",
                    "<p>above</p>\n<table>\n<tr>\n" HEADS "</tr>\n"
                    "<tr>\n<td>c</td>\n<td></td>\n</tr>\n"
                    "<tr>\n<td>d</td>\n<td>e</td>\n</tr>\n</table>\n"},
                   /* A bar that is escaped parts nothing, in code neither. */
                   {"a | b\n--- | ---\n1 \\| 2 | `3 \\| 4`\n",
                    "<table>\n<tr>\n" HEADS "</tr>\n"
                    "<tr>\n<td>1 | 2</td>\n<td><code>3 | 4</code></td>\n</tr>\n"
                    "</table>\n"});
}

static void bars_alone_make_no_table(void **state)
{
    (void)state;
    CHECK_MARKDOWN(
        {"a\nb | c\n", "<p>a b | c</p>\n"}, {"a\n---\n", "<h2>a</h2>\n"},
        {"a | b\n--- | --- | ---\n", "<p>a | b --- | --- | ---</p>\n"},
        {"`a \\| b` \\| c\n", "<p><code>a \\| b</code> | c</p>\n"});
}

static void dangerous_links_lose_their_link(void **state)
{
    (void)state;
    CHECK_MARKDOWN({"[a](javascript:x) [b](data:text/html,x) ![c](file:///d)",
                    "<p>a b c</p>\n"});
}

static void text_that_is_not_utf8_is_refused_with_its_line(void **state)
{
    (void)state;
    struct err err = {0};
    struct document *document = NULL;
    assert_false(document_from_markdown(STR("a\n\xff"), NULL, &document, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "line 2: byte 0xff"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commonmark_is_read_as_specified),
        cmocka_unit_test(raw_inline_html_spans_the_nodes_between),
        cmocka_unit_test(raw_blocks_of_html_become_the_tree),
        cmocka_unit_test(pipe_tables_are_tables),
        cmocka_unit_test(bars_alone_make_no_table),
        cmocka_unit_test(dangerous_links_lose_their_link),
        cmocka_unit_test(text_that_is_not_utf8_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
