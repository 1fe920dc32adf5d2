#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/document/headings.h"

static void assert_lowered(const char *html, unsigned level, const char *wanted)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    headings_lower(str_of(html), level, &out);
    assert_string_equal(strbuf_text(&out), wanted);
}

static void the_highest_heading_comes_right_below_the_level(void **state)
{
    (void)state;
    assert_lowered("<h1>A</h1>\n<p>x</p>\n<h2>B</h2>\n", 1,
                   "<h2>A</h2>\n<p>x</p>\n<h3>B</h3>\n");
    assert_lowered("<h3>A</h3><h4>B</h4>", 1, "<h2>A</h2><h3>B</h3>");
    assert_lowered("<h2>A</h2>", 1, "<h2>A</h2>");
}

static void no_heading_comes_below_the_sixth_level(void **state)
{
    (void)state;
    assert_lowered("<h1>A</h1><h5>B</h5>", 3, "<h4>A</h4><h6>B</h6>");
}

static void what_only_looks_like_a_heading_stays(void **state)
{
    (void)state;
    assert_lowered("<p>&lt;h1&gt; h1></p><hr />", 2,
                   "<p>&lt;h1&gt; h1></p><hr />");
    assert_lowered("<h1>A</h1><", 1, "<h2>A</h2><");
    assert_lowered("", 1, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_heading_comes_right_below_the_level),
        cmocka_unit_test(no_heading_comes_below_the_sixth_level),
        cmocka_unit_test(what_only_looks_like_a_heading_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
