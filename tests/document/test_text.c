#include "digest/document/text.h"
#include "tests/document/reading.h"

static char *text_of(const char *html, unsigned width, unsigned indent,
                     struct text_links *links)
{
    OWNED(document_release) struct document *document = read_html(html);
    struct strbuf out = STRBUF_INIT;
    struct text_options options = {width, indent, links};
    document_to_text(document, &options, &out);
    return strbuf_take(&out);
}

static void check_text(const char *html, const char *expected)
{
    OWNED(mem_free) char *text = text_of(html, 30, 0, NULL);
    assert_string_equal(text, expected);
}

static void blocks_stand_apart(void **state)
{
    (void)state;
    check_text("<p>a</p><p>b<br>c</p><hr><p>d", "a\n\nb\nc\n\n* * *\n\nd\n");
    check_text("", "");
    check_text("<img src=/a>", "");
}

static void headings_are_underlined(void **state)
{
    (void)state;
    check_text("<h1>Big</h1><h2>\xe4\xb8\xad\xe6\x96\x87</h2><h3>a <b>b</b>",
               "Big\n===\n\n\xe4\xb8\xad\xe6\x96\x87\n----\n\na b\n~~~\n");
}

static void lists_and_quotes_are_indented(void **state)
{
    (void)state;
    check_text("<ul><li>a<li>b<ul><li>c</ul></ul>",
               "  - a\n  - b\n      - c\n");
    check_text("<ul><li>a<ul><li>b</ul><li>c<blockquote>d<p>e</blockquote>"
               "</ul>f",
               "  - a\n      - b\n  - c\n        d\n\n        e\n\nf\n");
    check_text("a<ul><li><img src=/b></ul>c", "a\n\nc\n");
    check_text("<ol start=9><li><p>a<p>b<li>c</ol>",
               "   9. a\n\n      b\n\n  10. c\n");
    check_text("<ol reversed start=10><li>a<li>b<li value=100>c</ol>",
               "   10. a\n    9. b\n  100. c\n");
    check_text("<ol start=-1><li>a<li>b</ol>", "  -1. a\n   0. b\n");
    check_text("<blockquote><p>one two three four five six seven</p><ul><li>a"
               "</ul></blockquote>",
               "    one two three four five\n    six seven\n\n      - a\n");
    check_text("<ul><li>one two three four five six seven eight</ul>",
               "  - one two three four five\n    six seven eight\n");
}

/* Half of the width is left to the words. */
static void what_is_deep_within_keeps_its_width(void **state)
{
    (void)state;
    check_text("<ul><li>a<ul><li>b<ul><li>c<ul><li>d<ul><li>one two three four"
               "<li>e</ul></ul></ul></ul></ul>",
               "  - a\n      - b\n          - c\n          - d\n"
               "          - one two three four\n          - e\n");
    check_text("<blockquote><blockquote><blockquote><blockquote><blockquote>a"
               "<ul><li>b",
               "            a\n\n          - b\n");
}

static void tables_stand_in_columns(void **state)
{
    (void)state;
    check_text("<table><tr><th>Name<th>Points<tr><td>Ana<td>12"
               "<tr><td>\xe4\xb8\xad\xe6\x96\x87<td>1,204</table><p>x",
               "Name  Points\n----  ------\nAna       12\n"
               "\xe4\xb8\xad\xe6\x96\x87   1,204\n\nx\n");
    check_text("<ul><li><table><tr><td>a<td>b<tr><td>c<td>d</table></ul>",
               "  - a  b\n    c  d\n");
}

static void a_table_wider_than_the_page_is_a_list(void **state)
{
    (void)state;
    check_text("<table><tr><th>Name<th>What they said of it"
               "<tr><td>Ana<td>nothing at all, as it seems"
               "<tr><td>Bo<td></table>",
               "Name: Ana\nWhat they said of it:\n  nothing at all, as it seems"
               "\n\nName: Bo\n");
}

static void code_stays_as_it_is(void **state)
{
    (void)state;
    check_text("<ul><li>a<pre>b\n\n  c c c c c c c c c c c c c c c c c</pre>",
               "  - a\n        b\n\n          c c c c c c c c c c c c c c c c c"
               "\n");
}

static void emphasis_is_marked_once(void **state)
{
    (void)state;
    check_text("a <i>b <b>c</b></i> <code>d</code>", "a *b c* d\n");
}

static void images_give_their_alternative_text(void **state)
{
    (void)state;
    check_text("<figure><img src=/a alt='A dog.'><figcaption>Rex</figcaption>"
               "</figure><img src=/b>c",
               "A dog.\n*Rex*\n\nc\n");
}

static void links_are_numbered_notes(void **state)
{
    (void)state;
    OWNED(text_links_free) struct text_links links = {.first = 1};
    OWNED(strbuf_free) struct strbuf notes = STRBUF_INIT;
    OWNED(mem_free)
    char *text = text_of("<a href=/a>x</a> <a href=/b>y</a> <a href=/a>z</a> "
                         "<a href='https://example.org/c'>example.org/c</a> "
                         "<a href='/d'><img src=/e></a>",
                         72, 0, &links);
    assert_string_equal(text, "x [1] y [2] z [1] example.org/c\n");
    text_links_flush(&links, &notes);
    assert_string_equal(strbuf_text(&notes), "[1] https://example.org/a\n"
                                             "[2] https://example.org/b\n");
    assert_int_equal(text_links_add(&links, STR("https://example.org/a")), 3);
}

static void without_notes_a_link_names_its_address(void **state)
{
    (void)state;
    check_text("<a href=/a>x</a>.", "x (https://example.org/a).\n");
    check_text("<a href='mailto:a@b.org'>a@b.org</a>", "a@b.org\n");
}

static void a_note_stays_with_its_word(void **state)
{
    (void)state;
    OWNED(text_links_free) struct text_links links = {.first = 10};
    OWNED(mem_free)
    char *text =
        text_of("aaaa bbbb cccc dddd <a href=/a>ee</a>", 24, 0, &links);
    assert_string_equal(text, "aaaa bbbb cccc dddd\nee [10]\n");
}

static void the_whole_text_can_be_indented(void **state)
{
    (void)state;
    OWNED(mem_free)
    char *text =
        text_of("<h2>a</h2><p>one two three four five</p>", 22, 2, NULL);
    assert_string_equal(text, "  a\n  -\n\n  one two three four\n  five\n");
}

/* ---- wrapping --------------------------------------------------------- */

static void check_wrap(const char *text, unsigned width, unsigned indent,
                       const char *expected)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    text_wrap(str_of(text), width, indent, &out);
    assert_string_equal(strbuf_text(&out), expected);
}

static void lines_are_filled_and_no_more(void **state)
{
    (void)state;
    check_wrap("aaaa bbbb cccc dddd eeee", 24, 0, "aaaa bbbb cccc dddd eeee");
    check_wrap("aaaa bbbb cccc dddd eeeef", 24, 0,
               "aaaa bbbb cccc dddd\neeeef");
    check_wrap("aaaa bbbb cccc dddd eeee ffff", 24, 2,
               "  aaaa bbbb cccc dddd\n  eeee ffff");
    check_wrap("a\n\nb\n", 72, 1, " a\n\n b\n");
    check_wrap("", 72, 0, "");
}

static void a_continued_line_is_indented_as_it_began(void **state)
{
    (void)state;
    check_wrap("    aaaa bbbb cccc dddd eeee ffff", 24, 0,
               "    aaaa bbbb cccc dddd\n    eeee ffff");
    check_wrap("  https://example.org/a/long/way/to/go", 24, 0,
               "  https://example.org/a/long/way/to/go");
    check_wrap("[12] https://example.org/a/long/way\n[x] aaaa bbbb cccc "
               "dddd\n[3] a b",
               24, 0,
               "[12] https://example.org/a/long/way\n[x] aaaa bbbb cccc dddd"
               "\n[3] a b");
    check_wrap("  a https://example.org/a/long/way/to/go b", 24, 0,
               "  a\n  https://example.org/a/long/way/to/go\n  b");
}

static void wide_characters_take_two_columns(void **state)
{
    (void)state;
    assert_int_equal(text_width(STR("abc")), 3);
    assert_int_equal(text_width(STR("\xe4\xb8\xad\xe6\x96\x87")), 4);
    assert_int_equal(text_width(STR("e\xcc\x81")), 1);
    check_wrap("\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80"
               "\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80"
               "\xe4\xb8\x80\xe4\xb8\x80",
               20, 0,
               "\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80"
               "\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80"
               "\n\xe4\xb8\x80\xe4\xb8\x80");
}

static void a_line_never_begins_with_closing_punctuation(void **state)
{
    (void)state;
    check_wrap("aaaaaaaaaaaaaaaaaa\xe4\xb8\x80\xe3\x80\x82", 20, 0,
               "aaaaaaaaaaaaaaaaaa\n\xe4\xb8\x80\xe3\x80\x82");
}

static void no_word_is_broken_behind_its_dot(void **state)
{
    (void)state;
    static const char *const words[] = {
        "example.org", "node.js",  "Ph.D.",      "a.k.a",
        "пример.рф",   "10:am",    "x.\xcc\x81", "a,b",
        "file.#name",  "שלום.com", ".NET",       ".gitignore"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        for (unsigned before = 12; before < 24; before++) {
            OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
            OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
            for (unsigned n = 0; n < before; n++)
                strbuf_add_char(&text, 'w');
            strbuf_add_format(&text, " %s end", words[i]);
            text_wrap(strbuf_str(&text), 24, 0, &out);
            if (!strstr(strbuf_text(&out), words[i]))
                fail_msg("broken: %s", strbuf_text(&out));
            struct str rest = strbuf_str(&out), line;
            while (str_next_line(&rest, &line))
                assert_true(text_width(line) <= 24);
        }
    check_wrap("aaaa bbbb cccc dddd. Eeee", 24, 0,
               "aaaa bbbb cccc dddd.\nEeee");
    check_wrap("aaaa bbbb cccc dd 。 Eeee", 24, 0,
               "aaaa bbbb cccc dd 。\nEeee");
}

static void urls_are_never_broken(void **state)
{
    (void)state;
    check_wrap("see https://example.org/a-b/c?d=e-f/g-h-i-j-k now", 20, 0,
               "see\nhttps://example.org/a-b/c?d=e-f/g-h-i-j-k\nnow");
    check_wrap("mail some-one-else@example-one.org now", 20, 0,
               "mail\nsome-one-else@example-one.org\nnow");
}

static void slot_marks_take_no_columns_and_stay_whole(void **state)
{
    (void)state;
    assert_int_equal(text_width(STR("a\x02name\x03"
                                    "b")),
                     2);
    check_wrap("aaaa bbbb cccc \x02some_slot_name\x03 dddd", 20, 0,
               "aaaa bbbb cccc \x02some_slot_name\x03 dddd");
}

static void no_line_is_wider_than_asked(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    static const char *const words[] = {
        "a",           "word",
        "hyphen-ated", "\xe4\xb8\xad\xe6\x96\x87",
        "caf\xc3\xa9", "e\xcc\x81\xcc\x81",
        "(x)",         "\xd8\xb9\xd8\xb1\xd8\xa8",
    };
    for (unsigned i = 0; i < 2000; i++) {
        strbuf_add_text(&text, words[(i * i + i / 7) % ARRAY_SIZE(words)]);
        strbuf_add_char(&text, i % 50 == 49 ? '\n' : ' ');
    }
    for (unsigned width = 24; width < 100; width += 7) {
        strbuf_cut(&out, 0);
        text_wrap(strbuf_str(&text), width, 3, &out);
        struct str rest = strbuf_str(&out), line;
        while (str_next_line(&rest, &line)) {
            assert_true(text_width(line) <= width);
            assert_true(!line.len || str_starts(line, STR("   ")));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_stand_apart),
        cmocka_unit_test(headings_are_underlined),
        cmocka_unit_test(lists_and_quotes_are_indented),
        cmocka_unit_test(what_is_deep_within_keeps_its_width),
        cmocka_unit_test(tables_stand_in_columns),
        cmocka_unit_test(a_table_wider_than_the_page_is_a_list),
        cmocka_unit_test(code_stays_as_it_is),
        cmocka_unit_test(emphasis_is_marked_once),
        cmocka_unit_test(images_give_their_alternative_text),
        cmocka_unit_test(links_are_numbered_notes),
        cmocka_unit_test(without_notes_a_link_names_its_address),
        cmocka_unit_test(a_note_stays_with_its_word),
        cmocka_unit_test(the_whole_text_can_be_indented),
        cmocka_unit_test(lines_are_filled_and_no_more),
        cmocka_unit_test(a_continued_line_is_indented_as_it_began),
        cmocka_unit_test(wide_characters_take_two_columns),
        cmocka_unit_test(a_line_never_begins_with_closing_punctuation),
        cmocka_unit_test(no_word_is_broken_behind_its_dot),
        cmocka_unit_test(urls_are_never_broken),
        cmocka_unit_test(slot_marks_take_no_columns_and_stay_whole),
        cmocka_unit_test(no_line_is_wider_than_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
