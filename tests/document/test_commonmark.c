/* CommonMark's own examples as plain text: whatever they hold, the text is
 * one that a person could have typed.
 *
 * The specification comes with what the tests take from npm; where that isn't
 * there, they say so. */
#include "digest/base/file.h"
#include "digest/base/utf8.h"
#include "digest/document/text.h"
#include "tests/document/reading.h"

enum { COLUMNS = 72, SPEC_BYTES_MAX = 4 << 20 };

#define SPEC                                                                   \
    TESTS_DIR                                                                  \
    "/../build-tools/browser/node_modules/commonmark-spec/spec.txt"

#define FENCE "````````````````````````````````"

static struct strbuf spec;

struct example {
    struct str rest;
    unsigned number;
    struct strbuf markdown; /* with real tabs */
};

/* The next "FENCE example", up to the line with a point. */
static bool next_example(struct example *e)
{
    struct str line;
    bool inside = false;
    strbuf_cut(&e->markdown, 0);
    while (str_next_line(&e->rest, &line)) {
        if (inside && str_equal(line, STR("."))) {
            e->number++;
            return true;
        }
        if (inside) {
            while (line.len) {
                size_t at = str_find_str(line, STR("→"));
                strbuf_add(&e->markdown, line.ptr, at);
                if (at < line.len)
                    strbuf_add_char(&e->markdown, '\t');
                line = str_from(line, at + (at < line.len ? strlen("→") : 0));
            }
            strbuf_add_char(&e->markdown, '\n');
        }
        inside = inside || str_equal(line, STR(FENCE " example"));
    }
    return false;
}

static void write_text(const struct document *document, struct strbuf *text,
                       struct strbuf *notes)
{
    OWNED(text_links_free) struct text_links links = {.first = 1};
    struct text_options options = {COLUMNS, 0, &links};
    document_to_text(document, &options, text);
    text_links_flush(&links, notes);
}

static void assert_same(unsigned number, const char *what, const char *one,
                        const char *two)
{
    if (strcmp(one, two) != 0)
        fail_msg("example %u: %s:\n%s---\n%s", number, what, one, two);
}

/* ---- what holds of every text ----------------------------------------- */

/* The tree that is stored, and read again, gives the same text. */
static void check_round_trip(unsigned number, const char *markdown)
{
    OWNED(strbuf_free)
    struct strbuf one = STRBUF_INIT, two = STRBUF_INIT, notes = STRBUF_INIT,
                  more = STRBUF_INIT;
    OWNED(document_release) struct document *document = read_markdown(markdown);
    OWNED(mem_free) char *html = html_of(document);
    OWNED(document_release) struct document *again = read_html(html);
    write_text(document, &one, &notes);
    write_text(again, &two, &more);
    assert_same(number, "as HTML and back", strbuf_text(&one),
                strbuf_text(&two));
    assert_same(number, "its notes", strbuf_text(&notes), strbuf_text(&more));
}

static bool has_break(struct str line)
{
    return str_find(str_trim(line), ' ') < str_trim(line).len;
}

/* Long lines are one word, or code (which no line here is that long of);
 * nothing stands at line ends; no character would move a terminal. */
static void check_lines(unsigned number, struct str text)
{
    struct str line, whole = text;
    if (text.len &&
        (text.ptr[text.len - 1] != '\n' || str_ends(text, STR("\n\n"))))
        fail_msg("example %u: doesn't end in one newline", number);
    while (str_next_line(&text, &line)) {
        if (text_width(line) > COLUMNS && has_break(line))
            fail_msg("example %u: %u columns: %.*s", number, text_width(line),
                     STR_ARG(line));
        for (size_t i = 0; i < line.len; i++)
            if ((unsigned char)line.ptr[i] < ' ' && line.ptr[i] != '\t')
                fail_msg("example %u: a control character", number);
    }
    if (utf8_invalid_at(whole) < whole.len)
        fail_msg("example %u: not UTF-8", number);
}

/* A wrapped text stays as it is when it is wrapped again, as a mail's text
 * is. */
static void check_wrapped_twice(unsigned number, const struct strbuf *text)
{
    OWNED(strbuf_free) struct strbuf again = STRBUF_INIT;
    text_wrap(strbuf_str(text), COLUMNS, 0, &again);
    assert_same(number, "wrapped twice", strbuf_text(text),
                strbuf_text(&again));
}

/* Not the two bytes of a no-break space, which becomes a plain one. */
static bool is_wordy(char c)
{
    if (c == '\xc2' || c == '\xa0')
        return false;
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           (unsigned char)c >= 0x80;
}

static struct str next_word(struct str *rest)
{
    size_t begin = 0;
    while (begin < rest->len && !is_wordy(rest->ptr[begin]))
        begin++;
    size_t end = begin;
    while (end < rest->len && is_wordy(rest->ptr[end]))
        end++;
    struct str word = {rest->ptr + begin, end - begin};
    *rest = str_from(*rest, end);
    return word;
}

/* The length of " [12]" at the front; 0 when there is none. */
static size_t note_length(const char *text)
{
    size_t digits =
        strncmp(text, " [", 2) == 0 ? strspn(text + 2, "0123456789") : 0;
    return digits && text[2 + digits] == ']' ? digits + 3 : 0;
}

/* Emphasis and notes may stand within a word. */
static struct str without_marks(struct strbuf *text)
{
    size_t to = 0;
    for (size_t i = 0; i < text->len;) {
        size_t note = note_length(text->ptr + i);
        if (!note && text->ptr[i] != '*')
            text->ptr[to++] = text->ptr[i];
        i += note ? note : 1;
    }
    strbuf_cut(text, to);
    return strbuf_str(text);
}

/* Every word of the document is there, in its order. */
static void check_words(unsigned number, const struct document *document,
                        struct str written)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT, plain = STRBUF_INIT;
    document_to_words(document, &words);
    strbuf_add_str(&plain, written);
    struct str rest = without_marks(&words), word;
    struct str text = without_marks(&plain);
    while ((word = next_word(&rest)).len) {
        struct str found;
        do
            found = next_word(&text);
        while (found.len && !str_equal(found, word));
        if (!found.len)
            fail_msg("example %u: \"%.*s\" is missing", number, STR_ARG(word));
    }
}

static void check(unsigned number, const char *markdown)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT, notes = STRBUF_INIT;
    OWNED(document_release) struct document *document = read_markdown(markdown);
    write_text(document, &text, &notes);
    check_lines(number, strbuf_str(&text));
    check_lines(number, strbuf_str(&notes));
    check_wrapped_twice(number, &text);
    check_words(number, document, strbuf_str(&text));
    check_round_trip(number, markdown);
}

/* ---- */

static void every_example_is_good_text(void **state)
{
    (void)state;
    struct example e = {.rest = strbuf_str(&spec)};
    while (next_example(&e))
        check(e.number, strbuf_text(&e.markdown));
    print_message("%u examples\n", e.number);
    strbuf_free(&e.markdown);
    assert_true(e.number > 600);
}

/* All of them as one long document, and each in a list and a quote. */
static void so_it_is_inside_of_others(void **state)
{
    (void)state;
    struct example e = {.rest = strbuf_str(&spec)};
    while (next_example(&e)) {
        OWNED(strbuf_free) struct strbuf nested = STRBUF_INIT;
        struct str rest = strbuf_str(&e.markdown), line;
        for (bool first = true; str_next_line(&rest, &line); first = false)
            strbuf_add_format(&nested, "> %s %.*s\n", first ? "-" : " ",
                              STR_ARG(line));
        check(e.number, strbuf_text(&nested));
    }
    strbuf_free(&e.markdown);
}

int main(void)
{
    struct err err = {0};
    if (!file_read(SPEC, SPEC_BYTES_MAX, &spec, &err)) {
        print_message("skipped: CommonMark's examples are not there; "
                      "tests/setup fetches them\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_is_good_text),
        cmocka_unit_test(so_it_is_inside_of_others),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    strbuf_free(&spec);
    return failed;
}
