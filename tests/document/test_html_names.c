#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/document/html_names.h"

struct sample {
    const char *html, *resolved;
};

static void assert_resolved(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        struct str html = str_of(samples[i].html);
        html_names_resolve(&html, &out);
        if (!str_equal(html, str_of(samples[i].resolved)))
            fail_msg("%s: %.*s", samples[i].html, STR_ARG(html));
    }
}

static void names_become_their_characters(void **state)
{
    static const struct sample samples[] = {
        {"none", "none"},
        {"&euro;5 &star; &phone; &sung;", "€5 ☆ ☎ ♪"},
        {"&CounterClockwiseContourIntegral;", "∳"},
        {"&NotEqualTilde;|&fjlig;", "≂̸|&#102;&#106;"},
        {"&AElig;&zwnj;", "Æ\xE2\x80\x8C"},
        {"&blank;&frac78;", "␣⅞"},
        {"a &lbrace;b&rbrace; &dollar;1&period;50",
         "a &#123;b&#125; &#36;1&#46;50"},
        /* Case counts. */
        {"&Dagger;&dagger;&DAGGER;", "‡†&DAGGER;"},
        /* A character that means something to HTML stays a reference. */
        {"&lt;b&gt; &LT; &amp;amp; &quot;",
         "&#60;b&#62; &#60; &#38;amp; &#34;"},
        {"&nvlt;", "&#60;\xE2\x83\x92"},
        {"&#xD83C;&#xdf09; &#55356;&#57097; &#xd83c;&#57097;", "🌉 🌉 🌉"},
        {"&#xD83C; &#xDF09;&#xD83C;", "\uFFFD \uFFFD\uFFFD"},
        {"&#xD83C;&#xD83C;&#xDF09;&#xD83D", "\uFFFD🌉&#xD83D"},
        {"&#x1D83C; &#xE000; &#D83C;", "&#x1D83C; &#xE000; &#D83C;"},
        /* No names. */
        {"&nosuch; &; & &#8217; &x &aacut; AT&T Q&A",
         "&nosuch; &; & &#8217; &x &aacut; AT&T Q&A"},
        {"&", "&"},
    };
    (void)state;
    assert_resolved(samples, ARRAY_SIZE(samples));
}

static void old_names_need_no_semicolon(void **state)
{
    static const struct sample samples[] = {
        {"&copy 2026 &eacutet&eacute", "© 2026 été"},
        {"&notit; &notin; &notin", "¬it; ∉ ¬in"},
        {"&frac12cup", "½cup"},
        {"&euro 5", "&euro 5"},
        {"R&ampD &ltb", "R&#38;D &#60;b"},
        /* In an address they are parts of it. */
        {"<a href='?a=1&copy=2&reg2&para;x'>&copy=</a>",
         "<a href='?a=1&copy=2&reg2¶x'>©=</a>"},
        {"<a title=\"&copy 1 &copy\">", "<a title=\"© 1 ©\">"},
        {"<a href=?x&copy>&copy", "<a href=?x©>©"},
        {"<a title='>&star;'>&star;</a >", "<a title='>☆'>☆</a >"},
    };
    (void)state;
    assert_resolved(samples, ARRAY_SIZE(samples));
}

static void what_is_no_text_stays(void **state)
{
    static const struct sample samples[] = {
        {"<!-- &star; -->&star;", "<!-- &star; -->☆"},
        {"<script>a&&copy;</scrip</script>&star;",
         "<script>a&&copy;</scrip</script>☆"},
        {"<STYLE>&star;</style >&star;", "<STYLE>&star;</style >☆"},
        {"<title>&star;</title>", "<title>☆</title>"},
        {"<script>&star;", "<script>&star;"},
        {"<!doctype &star;>1 < 2 &star;", "<!doctype &star;>1 < 2 ☆"},
        {"<b title='&star;", "<b title='☆"},
        {"<", "<"},
    };
    (void)state;
    assert_resolved(samples, ARRAY_SIZE(samples));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_their_characters),
        cmocka_unit_test(old_names_need_no_semicolon),
        cmocka_unit_test(what_is_no_text_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
