#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/renderer/css_inline.h"

static struct css_sheet *parse(const char *css)
{
    struct css_sheet *sheet = NULL;
    struct err err = {0};
    if (!css_sheet_parse(str_of(css), "style.css", &sheet, &err))
        fail_msg("%s", err.text);
    return sheet;
}

static void assert_inlines(const char *css, const char *html,
                           const char *expected)
{
    OWNED(css_sheet_release) struct css_sheet *sheet = parse(css);
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    assert_true(css_inline(sheet, str_of(html), &out, &err));
    assert_string_equal(strbuf_text(&out), expected);
}

static void assert_keeps(const char *css, const char *expected)
{
    OWNED(css_sheet_release) struct css_sheet *sheet = parse(css);
    OWNED(mem_free) char *kept = str_dup(css_sheet_kept(sheet));
    assert_string_equal(kept, expected);
}

static void assert_refused(const char *css, const char *expected)
{
    struct css_sheet *sheet = NULL;
    struct err err = {0};
    assert_false(css_sheet_parse(str_of(css), "style.css", &sheet, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    if (!strstr(err.text, expected))
        fail_msg("\"%s\" doesn't say \"%s\"", err.text, expected);
}

/* Whether the selector matches the element marked with <x> in the HTML. */
static void assert_match(const char *selector, const char *html, bool expected)
{
    OWNED(strbuf_free) struct strbuf css = STRBUF_INIT;
    strbuf_add_format(&css, "%s{a:b}", selector);
    OWNED(css_sheet_release) struct css_sheet *sheet = parse(strbuf_text(&css));
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    assert_true(css_inline(sheet, str_of(html), &out, &err));
    const char *tag = strstr(strbuf_text(&out), "<x");
    const char *end = strchr(tag, '>');
    const char *style = strstr(tag, "style=");
    if ((style && style < end) != expected)
        fail_msg("%s %s %s", selector, expected ? "misses" : "matches", html);
}

static void rules_become_style_attributes(void **state)
{
    (void)state;
    assert_inlines("p { color: #111; margin : 0 0 8px }",
                   "<p>a</p><i>b</i><P>c</P>",
                   "<p style=\"color:#111;margin:0 0 8px\">a</p><i>b</i>"
                   "<P style=\"color:#111;margin:0 0 8px\">c</P>");
}

static void every_kind_of_selector_matches(void **state)
{
    (void)state;
    assert_match("x", "<x>", true);
    assert_match("X", "<x>", true);
    assert_match("y", "<x>", false);
    assert_match("*", "<x>", true);
    assert_match(".b", "<x class=\"a b c\">", true);
    assert_match(".b", "<x class=b>", true);
    assert_match(".b", "<x class='bb ab'>", false);
    assert_match(".B", "<x class=b>", false);
    assert_match("x.a.b", "<x class='b a'>", true);
    assert_match("x.a.b", "<x class='a'>", false);
    assert_match("#i", "<x id=i>", true);
    assert_match("#i", "<x id=j>", false);
    assert_match("[dir]", "<x dir>", true);
    assert_match("[dir=rtl]", "<x dir=\"rtl\">", true);
    assert_match("[dir='rtl']", "<x dir=\"ltr\">", false);
    assert_match("[lang|=de]", "<x lang=de-AT>", true);
    assert_match("[lang|=de]", "<x lang=den>", false);
    assert_match("[rel~=next]", "<x rel='prev next'>", true);
    assert_match("[href^='http']", "<x href='https://a'>", true);
    assert_match("[href$=\".pdf\"]", "<x href='a.pdf'>", true);
    assert_match("[href*=\"b=c\"]", "<x href='a?b=c&d'>", true);
    assert_match("[type=A i]", "<x type=a>", true);
    assert_match("y, x", "<x>", true);
    assert_match("/* . */ x /* } */", "<x>", true);
}

static void ancestors_and_parents_are_told_apart(void **state)
{
    (void)state;
    assert_match("a x", "<a><b><x></b></a>", true);
    assert_match("a x", "<a></a><x>", false);
    assert_match("a > x", "<a><x></a>", true);
    assert_match("a>x", "<a><b><x></b></a>", false);
    assert_match("a > b x", "<a><b><c><x>", true);
    assert_match("a b > x", "<a><c><b><x>", true);
    assert_match("a > b x", "<a><c><b><i><x>", false);
    assert_match("a > b x", "<a><b><c><b><x>", true);
    assert_match("a x", "<a><br><img></a><x>", false);
    assert_match("a x", "<a><p>never closed</a><x>", false);
    assert_match("li li x", "<ul><li>a<li><x></ul>", false);
    assert_match("a x", "<!-- <a> --><x>", false);
    assert_match("a x", "<title><a></title><x>", false);
}

static void a_first_child_has_no_element_before_it(void **state)
{
    (void)state;
    assert_match("x:first-child", "<a>text<x></a>", true);
    assert_match("x:first-child", "<a><b></b><x></a>", false);
    assert_match("x:first-child", "<a><br><x></a>", false);
    assert_match("a:first-child > x", "<p><a><b></b><x>", true);
}

static void the_more_specific_rule_wins(void **state)
{
    (void)state;
    assert_inlines("#i{a:4} .c.d{a:3} .c{a:2} p{a:1} *{a:0}",
                   "<p id=i class='c d'><p class='c d'><p class=c><p><b>",
                   "<p id=i class='c d' style=\"a:4\">"
                   "<p class='c d' style=\"a:3\"><p class=c style=\"a:2\">"
                   "<p style=\"a:1\"><b style=\"a:0\">");
    assert_inlines("p{a:1} p{a:2}", "<p>", "<p style=\"a:2\">");
    assert_inlines("p, .c{a:1} p{a:2}", "<p class=c>",
                   "<p class=c style=\"a:1\">");
    assert_inlines("p[id], .c{a:1} .d{a:2}", "<p id=i class='c d'>",
                   "<p id=i class='c d' style=\"a:1\">");
}

static void a_style_attribute_wins_over_rules(void **state)
{
    (void)state;
    assert_inlines("p{a:1;b:2}", "<p style=\"a:3\" id=x>",
                   "<p style=\"b:2;a:3\" id=x>");
    assert_inlines("p{a:1}", "<p style='font-family:&quot;A B&quot;;c:&amp;'>",
                   "<p style=\"a:1;font-family:'A B';c:&amp;\">");
}

static void important_wins_and_is_not_written(void **state)
{
    (void)state;
    assert_inlines("p{a:1 !important;b:1} .c{a:2;b:2}",
                   "<p class=c style=\"a:3\">",
                   "<p class=c style=\"b:2;a:1\">");
    assert_inlines("p{a:1!IMPORTANT}", "<p style=\"a:3 ! important\">",
                   "<p style=\"a:3\">");
}

static void shorthands_and_their_parts_keep_their_order(void **state)
{
    (void)state;
    assert_inlines("p{margin:0} .c{margin-top:8px}", "<p class=c>",
                   "<p class=c style=\"margin:0;margin-top:8px\">");
    assert_inlines("p{margin-top:8px;color:red} .c{margin:0}", "<p class=c>",
                   "<p class=c style=\"color:red;margin:0\">");
    assert_inlines("p{border-top-left-radius:4px;border-collapse:collapse;"
                   "border-top:0;border-left-color:red} .c{border:0}",
                   "<p class=c>",
                   "<p class=c style=\"border-top-left-radius:4px;"
                   "border-collapse:collapse;border:0\">");
    assert_inlines("p{font-size:1px;line-height:2} .c{font:3px x}",
                   "<p class=c>", "<p class=c style=\"font:3px x\">");
}

static void a_fallback_in_one_rule_stays(void **state)
{
    (void)state;
    assert_inlines("p{color:red;color:rgba(1, 2,3)}", "<p>",
                   "<p style=\"color:red;color:rgba(1, 2,3)\">");
}

static void values_with_semicolons_and_quotes_stay_whole(void **state)
{
    (void)state;
    assert_inlines("p{background:url(data:image/png;base64,AA==);"
                   "content:\"a;}b\";font-family:\"A\", 'B'}",
                   "<p>",
                   "<p style=\"background:url(data:image/png;base64,AA==);"
                   "content:'a;}b';font-family:&quot;A&quot;, 'B'\">");
}

static void what_outlook_needs_is_said_in_attributes(void **state)
{
    (void)state;
    assert_inlines(
        "table{width:100%;background-color:#fff} "
        "td{width:24px;height:8px;text-align:center;vertical-align:top;"
        "background:#1A2b3c} img{width:552px;height:auto}",
        "<table><td><img>",
        "<table style=\"width:100%;background-color:#fff\" width=\"100%\" "
        "bgcolor=\"#ffffff\">"
        "<td style=\"width:24px;height:8px;text-align:center;"
        "vertical-align:top;background:#1A2b3c\" width=\"24\" height=\"8\" "
        "align=\"center\" valign=\"top\" bgcolor=\"#1A2b3c\">"
        "<img style=\"width:552px;height:auto\" width=\"552\">");
}

static void attributes_that_are_there_stay(void **state)
{
    (void)state;
    assert_inlines("td{width:24px}", "<td WIDTH=30>",
                   "<td WIDTH=30 style=\"width:24px\">");
    assert_inlines("p{width:24px;text-align:left}", "<p>",
                   "<p style=\"width:24px;text-align:left\">");
    assert_inlines("td{background:url(a) #fff;width:50em}", "<td>",
                   "<td style=\"background:url(a) #fff;width:50em\">");
}

static void all_but_start_tags_stays_byte_for_byte(void **state)
{
    (void)state;
    static const char html[] =
        "<!doctype html>\r\n<!--[if mso]><p>a</p><![endif]-->\n"
        "<!--[if !mso]><!--><b\n  title='>'  >x</b ><!--<![endif]-->"
        "<script>\"<p>\"</script><textarea><p></textarea>a < b <3 &amp;"
        "<p\t/></P\n>\xc3\xa9\x02slot\x03<i";
    assert_inlines("q{a:b}", html, html);
}

static void a_slash_at_the_end_of_a_tag_stays_there(void **state)
{
    (void)state;
    assert_inlines("br{a:b}", "<br/><br /><br>",
                   "<br style=\"a:b\"/><br style=\"a:b\" />"
                   "<br style=\"a:b\">");
}

static void what_only_a_client_can_match_is_kept(void **state)
{
    (void)state;
    assert_keeps("a:hover{color:red !important}",
                 "a:hover{color:red !important}\n");
    assert_keeps("@media (max-width: 600px) {\n  .a { b : c; } /* d */\n}",
                 "@media (max-width:600px){.a{b :c;}}\n");
    assert_keeps("p{a:b} :root{c:d} a::before{e:'}  '} u + .f{g:h}",
                 ":root{c:d}\na::before{e:'}  '}\nu + .f{g:h}\n");
    assert_keeps("[data-ogsc] .a{b:c}", "[data-ogsc] .a{b:c}\n");
    assert_keeps("@import url(a;b);p{a:b}", "@import url(a;b);\n");
}

static void a_list_is_split_into_inlined_and_kept(void **state)
{
    (void)state;
    static const char css[] = "a, a:hover, b > a:focus { c: d }";
    assert_keeps(css, "a:hover,b > a:focus{c:d}\n");
    assert_inlines(css, "<a>", "<a style=\"c:d\">");
}

static void what_is_kept_goes_where_it_is_marked(void **state)
{
    (void)state;
    assert_inlines("a:hover{b:c}",
                   "<style>x{} " CSS_KEPT_MARK " y{}</style><p>" CSS_KEPT_MARK,
                   "<style>x{} a:hover{b:c} y{}</style><p>" CSS_KEPT_MARK);
}

static void an_error_names_file_line_and_column(void **state)
{
    (void)state;
    assert_refused("p{a:b}\n\n  p{a}", "style.css:3:5: a declaration");
    assert_refused("p{a:b}\nq {a:b", "style.css:2:3: this {");
    assert_refused("p{a:b}\nq", "style.css:2:1: a selector without {");
    assert_refused("p{a:b;\nq{c:d}}", "style.css:1:2: a rule within a rule");
    assert_refused("p, ..a{b:c}", "style.css:1:3: this is not a selector");
    assert_refused("p,{b:c}", "style.css:1:3: this is not a selector");
    assert_refused("@media x{p{a:b}", "style.css:1:1: this @ rule");
    assert_refused("a:hover{content:'</style>'}", "</");
}

static void what_is_not_markup_is_not_styled(void **state)
{
    (void)state;
    static const char html[] = "<script>'<p>'</script><STYLE><p></STYLE>"
                               "<title><p></title><!-- <p> --><!p>";
    assert_inlines("p{a:b}", html, html);
}

static bool find_sheet(void *context, const char *name, struct strbuf *css,
                       const char **file, struct err *err)
{
    (void)context;
    *file = name;
    if (strcmp(name, "base.css") == 0)
        strbuf_add_text(css, "p { color: red; margin: 0 }\np:hover { a: b }");
    else if (strcmp(name, "bad.css") == 0)
        strbuf_add_text(css, "p { color: red }\n  q");
    else
        return err_set(err, ERR_NOT_FOUND, "no %s", name);
    return true;
}

static void what_is_imported_stands_where_the_import_does(void **state)
{
    (void)state;
    static const struct css_library library = {find_sheet, NULL};
    OWNED(css_sheet_release) struct css_sheet *sheet = NULL;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    assert_true(css_sheet_parse_with(
        &library,
        STR("/* first */\n@import 'base.css';\np { color: blue }\n"
            "@media print { p { c: d } }"),
        "style.css", &sheet, &err));
    assert_true(css_inline(sheet, STR("<p>"), &out, &err));
    assert_string_equal(strbuf_text(&out), "<p style=\"margin:0;color:blue\">");
    struct str kept = css_sheet_kept(sheet);
    assert_true(str_starts(kept, STR("p:hover{a:b}")));
    assert_true(str_find_str(kept, STR("@media print")) < kept.len);
}

static void a_fault_is_told_where_it_stands_imported_or_not(void **state)
{
    (void)state;
    static const struct css_library library = {find_sheet, NULL};
    static const struct {
        const char *css, *says;
    } rows[] = {
        {"@import \"bad.css\";", "bad.css:2:3: "},
        {"p { a: b }\n @import \"none.css\";", "style.css:2:2: no none.css"},
        {"@import url(\"https://example.org/a.css\");", "style.css:1:1: "},
        {"@import \"https://example.org/a.css\";", "style.css:1:1: "},
        {"@import \"base.css\" screen;", "style.css:1:1: "},
        {"@import \"base.css\";\n}", "style.css:2:1: "},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        OWNED(css_sheet_release) struct css_sheet *sheet = NULL;
        struct err err = {0};
        assert_false(css_sheet_parse_with(&library, str_of(rows[i].css),
                                          "style.css", &sheet, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        if (strncmp(err.text, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("\"%s\" for \"%s\"", err.text, rows[i].says);
    }
}

/* Looking for ancestors must not try every set of them. */
static void deep_nesting_is_matched_in_good_time(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    for (int i = 0; i < 400; i++)
        strbuf_add_text(&html, "<a>");
    strbuf_add_text(&html, "<b><i>");
    assert_inlines("b a a a a a a a a a i{c:d}", strbuf_text(&html),
                   strbuf_text(&html));
    assert_inlines("b > a a > a a a > a a a a i{c:d}", strbuf_text(&html),
                   strbuf_text(&html));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_become_style_attributes),
        cmocka_unit_test(every_kind_of_selector_matches),
        cmocka_unit_test(ancestors_and_parents_are_told_apart),
        cmocka_unit_test(a_first_child_has_no_element_before_it),
        cmocka_unit_test(the_more_specific_rule_wins),
        cmocka_unit_test(a_style_attribute_wins_over_rules),
        cmocka_unit_test(important_wins_and_is_not_written),
        cmocka_unit_test(shorthands_and_their_parts_keep_their_order),
        cmocka_unit_test(a_fallback_in_one_rule_stays),
        cmocka_unit_test(values_with_semicolons_and_quotes_stay_whole),
        cmocka_unit_test(what_outlook_needs_is_said_in_attributes),
        cmocka_unit_test(attributes_that_are_there_stay),
        cmocka_unit_test(all_but_start_tags_stays_byte_for_byte),
        cmocka_unit_test(a_slash_at_the_end_of_a_tag_stays_there),
        cmocka_unit_test(what_only_a_client_can_match_is_kept),
        cmocka_unit_test(a_list_is_split_into_inlined_and_kept),
        cmocka_unit_test(what_is_kept_goes_where_it_is_marked),
        cmocka_unit_test(an_error_names_file_line_and_column),
        cmocka_unit_test(what_is_not_markup_is_not_styled),
        cmocka_unit_test(what_is_imported_stands_where_the_import_does),
        cmocka_unit_test(a_fault_is_told_where_it_stands_imported_or_not),
        cmocka_unit_test(deep_nesting_is_matched_in_good_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
