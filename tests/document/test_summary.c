#include "digest/document/sentence.h"
#include "tests/document/reading.h"

/* ---- words ------------------------------------------------------------ */

static void check_words(const char *html, const char *expected)
{
    OWNED(document_release) struct document *document = read_html(html);
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    strbuf_add_char(&words, '>');
    document_to_words(document, &words);
    assert_string_equal(strbuf_text(&words) + 1, expected);
}

static void words_stand_in_one_line(void **state)
{
    (void)state;
    check_words("<h1>a</h1><p>b <b>c</b>d<br>e</p><ul><li>f<li>g</ul>"
                "<pre>h\n  i</pre><img src=/j alt='k l'>",
                "a b cd e f g h i k l");
    check_words("", "");
    check_words("<img src=/a>", "");
}

static unsigned count(const char *html)
{
    OWNED(document_release) struct document *document = read_html(html);
    return document_word_count(document);
}

static void words_count_as_a_reader_counts_them(void **state)
{
    (void)state;
    assert_int_equal(count(""), 0);
    assert_int_equal(count("<p>It's 3.14 \xe2\x80\x93 or 1,000!</p><p>x</p>"),
                     5);
    assert_int_equal(count("one-two three/four"), 4);
    assert_int_equal(count("\xc3\xa9t\xc3\xa9 na\xc3\xafve"), 2);
    assert_int_equal(count("<b>o</b>ne ... !"), 1);
}

static void two_chinese_characters_count_as_one_word(void **state)
{
    (void)state;
    assert_int_equal(count("\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97"
                           "\xe7\xac\xa6\xe3\x80\x82"),
                     2);
    assert_int_equal(count("\xe4\xb8\xad\xe6\x96\x87 and words"), 3);
    assert_int_equal(count("\xe0\xa6\xac\xe0\xa6\xbe\xe0\xa6\x82\xe0\xa6\xb2"
                           "\xe0\xa6\xbe \xe0\xa6\xad\xe0\xa6\xbe\xe0\xa6\xb7"
                           "\xe0\xa6\xbe"),
                     2);
}

/* ---- sentences -------------------------------------------------------- */

struct sentences {
    const char *text;
    const char *first; /* the rest is the remainder after a space */
};

static void check_sentences(const struct sentences *rows, size_t count_rows)
{
    for (size_t i = 0; i < count_rows; i++) {
        struct str rest = str_of(rows[i].text), sentence;
        assert_true(sentence_next(&rest, &sentence));
        if (!str_equal(sentence, str_of(rows[i].first)))
            fail_msg("\"%s\" begins with \"%.*s\", not \"%s\"", rows[i].text,
                     STR_ARG(sentence), rows[i].first);
    }
}

static void sentences_end_at_their_terminals(void **state)
{
    (void)state;
    static const struct sentences rows[] = {
        {"One. Two.", "One."},
        {"One! Two.", "One!"},
        {"One?! Two.", "One?!"},
        {"One... Two.", "One..."},
        {"One\xe2\x80\xa6 two. Three", "One\xe2\x80\xa6 two."},
        {"He said \"Go.\" She went.", "He said \"Go.\""},
        {"(One.) Two.", "(One.)"},
        {"\xe2\x80\x9cOne.\xe2\x80\x9d Two.", "\xe2\x80\x9cOne.\xe2\x80\x9d"},
        {"\"Why?\" she asked. Then", "\"Why?\" she asked."},
        {"No end", "No end"},
        {"\xc2\xbfQu\xc3\xa9? \xc2\xa1S\xc3\xad!", "\xc2\xbfQu\xc3\xa9?"},
    };
    check_sentences(rows, ARRAY_SIZE(rows));
}

static void abbreviations_end_no_sentence(void **state)
{
    (void)state;
    static const struct sentences rows[] = {
        {"Dr. Who met Mrs. May. Then", "Dr. Who met Mrs. May."},
        {"J. K. Rowling wrote. Then", "J. K. Rowling wrote."},
        {"The U.S. Senate sat. Then", "The U.S. Senate sat."},
        {"They left the U.S. The end.", "They left the U.S."},
        {"Acme Inc. Its shares", "Acme Inc."},
        {"It is 3.14 or 2. That is", "It is 3.14 or 2."},
        {"Version 1.0 came. Then", "Version 1.0 came."},
        {"See example.org for it. Then", "See example.org for it."},
        {"Am 3. Mai kam er. Dann", "Am 3. Mai kam er."},
        {"Er kam z.B. Montag. Dann", "Er kam z.B. Montag."},
        {"At No. 10 it is. He said no. Then", "At No. 10 it is."},
        {"He said no. Then he left.", "He said no."},
        {"Smith et al. found it. Then", "Smith et al. found it."},
    };
    check_sentences(rows, ARRAY_SIZE(rows));
}

static void sentences_end_in_every_script(void **state)
{
    (void)state;
    static const struct sentences rows[] = {
        {"\xe4\xb8\x80\xe3\x80\x82\xe4\xba\x8c\xe3\x80\x82",
         "\xe4\xb8\x80\xe3\x80\x82"},
        {"\xe4\xb8\x80\xef\xbc\x81\xe2\x80\x9d\xe4\xba\x8c",
         "\xe4\xb8\x80\xef\xbc\x81\xe2\x80\x9d"},
        {"\xe4\xb8\x80\xe3\x80\x82\xe2\x80\x9c\xe4\xba\x8c",
         "\xe4\xb8\x80\xe3\x80\x82"},
        {"\xd9\x86\xd8\xb9\xd9\x85\xd8\x9f \xd9\x84\xd8\xa7.",
         "\xd9\x86\xd8\xb9\xd9\x85\xd8\x9f"},
        {"\xe0\xa6\x8f\xe0\xa6\x95\xe0\xa5\xa4 \xe0\xa6\xa6\xe0\xa7\x81",
         "\xe0\xa6\x8f\xe0\xa6\x95\xe0\xa5\xa4"},
    };
    check_sentences(rows, ARRAY_SIZE(rows));
}

/* ---- summaries -------------------------------------------------------- */

static void check_summary(const char *html, unsigned words,
                          const char *expected)
{
    OWNED(document_release) struct document *document = read_html(html);
    OWNED(strbuf_free) struct strbuf summary = STRBUF_INIT;
    document_summary(document, words, &summary);
    assert_string_equal(strbuf_text(&summary), expected);
}

static void a_summary_ends_with_a_sentence(void **state)
{
    (void)state;
    const char *html = "<p>One two three. Four five six.</p><p>Seven. Eight "
                       "nine ten eleven.</p>";
    check_summary(html, 3, "One two three.");
    check_summary(html, 5, "One two three. Four five six.");
    check_summary(html, 7, "One two three. Four five six. Seven.");
    check_summary(html, 100,
                  "One two three. Four five six. Seven. Eight nine ten "
                  "eleven.");
    check_summary("", 40, "");
}

static void an_overlong_sentence_is_cut_at_a_word(void **state)
{
    (void)state;
    check_summary("One two three, four five six seven eight nine ten.", 3,
                  "One two three\xe2\x80\xa6");
    check_summary("\xe4\xb8\x80\xe4\xba\x8c\xe4\xb8\x89\xe5\x9b\x9b\xe4\xba\x94"
                  "\xe5\x85\xad\xe4\xb8\x83\xe5\x85\xab",
                  2,
                  "\xe4\xb8\x80\xe4\xba\x8c\xe4\xb8\x89\xe5\x9b\x9b"
                  "\xe2\x80\xa6");
}

static void a_summary_passes_over_what_is_no_prose(void **state)
{
    (void)state;
    check_summary("<h1>Title.</h1><p>By Jane Doe</p><figure><img src=/a "
                  "alt='Alt.'><figcaption>Caption.</figcaption></figure>"
                  "<ul><li>Item.</ul><pre>code.</pre><blockquote>Quote."
                  "</blockquote><p>Here it begins.</p>",
                  40, "Here it begins.");
    check_summary("<h1>Title</h1><p>Only a line</p>", 40, "Only a line");
    check_summary("<h1>Title</h1><ul><li>One.<li>Two.</ul>", 40, "One. Two.");
    check_summary("<h1>Title</h1>", 40, "Title");
}

static void a_summary_has_no_footnote_marks(void **state)
{
    (void)state;
    check_summary("<p>One.<sup><a href='#n1'>[1]</a></sup> Two [2].</p>", 40,
                  "One. Two [2].");
    check_summary("<p>One.<sup><a href='https://a.example/#n1'>12</a></sup> "
                  "Two m<sup>2</sup>.</p>",
                  40, "One. Two m\xc2\xb2.");
}

static void chinese_sentences_join_without_a_space(void **state)
{
    (void)state;
    check_summary("<p>\xe4\xb8\x80\xe3\x80\x82</p><p>\xe4\xba\x8c\xe3\x80\x82"
                  "</p>",
                  40, "\xe4\xb8\x80\xe3\x80\x82\xe4\xba\x8c\xe3\x80\x82");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_stand_in_one_line),
        cmocka_unit_test(words_count_as_a_reader_counts_them),
        cmocka_unit_test(two_chinese_characters_count_as_one_word),
        cmocka_unit_test(sentences_end_at_their_terminals),
        cmocka_unit_test(abbreviations_end_no_sentence),
        cmocka_unit_test(sentences_end_in_every_script),
        cmocka_unit_test(a_summary_ends_with_a_sentence),
        cmocka_unit_test(an_overlong_sentence_is_cut_at_a_word),
        cmocka_unit_test(a_summary_passes_over_what_is_no_prose),
        cmocka_unit_test(a_summary_has_no_footnote_marks),
        cmocka_unit_test(chinese_sentences_join_without_a_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
