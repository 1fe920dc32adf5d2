/* Any tree, written as HTML and read back, is the same tree. Trees come from
 * random calls of the builder, from random HTML, from random Markdown, and
 * from pages of the wild. */
#include <cmark.h>

#include "digest/base/file.h"
#include "digest/document/tree_internal.h"
#include "tests/document/reading.h"

enum { TREES = 3000 };

struct dice {
    uint64_t state;
};

static unsigned throw(struct dice * dice, unsigned sides)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(dice->state >> 33) % sides;
}

static void check_round_trip(const struct document *document, const char *what)
{
    OWNED(mem_free) char *html = html_of(document);
    struct document *read = NULL;
    struct err err = {0};
    if (!document_from_html(str_of(html), NULL, &read, &err))
        fail_msg("%s", err.text);
    OWNED(document_release) struct document *again = read;
    OWNED(mem_free) char *before = cmark_render_xml(document->root, 0);
    OWNED(mem_free) char *after = cmark_render_xml(again->root, 0);
    if (strcmp(before, after) != 0)
        fail_msg("%s\nis written as\n%s\nThe tree was\n%s\nand came back "
                 "as\n%s",
                 what, html, before, after);
    OWNED(mem_free)
    char *html_again = html_of(again); /* numbers and sizes, too */
    assert_string_equal(html, html_again);
}

/* ---- random calls ----------------------------------------------------- */

static const char *const words[] = {
    "a",  "b ",   " c",       " d ",          "<&>\"'",    "\xe4\xb8\xad\n",
    "\n", "&#1;", "\xc2\xa0", "\xd8\xb9",     "e\xcc\x81", "\xf0\x9f\x98\x80",
    "-",  "1. ",  "\002f",    "\xe2\x80\x8b",
};
static const char *const urls[] = {
    "https://e.org/",
    "https://e.org/?a=1&b='2'",
    "mailto:a@b.c",
};

static const char *pick(struct dice *dice, const char *const *list,
                        size_t count)
{
    return list[throw(dice, (unsigned)count)];
}

static struct style random_style(struct dice *dice)
{
    static const char sources[8]; /* their addresses tell formats apart */
    struct style style = {0};
    for (unsigned n = throw(dice, 4); n > 0; n--) {
        struct format format = {
            .kind = throw(dice, 3),
            .source = &sources[throw(dice, 4)],
        };
        if (format.kind == FORMAT_LINK) {
            format.url = pick(dice, urls, ARRAY_SIZE(urls));
            format.title = throw(dice, 3) ? NULL : "t \"<&\"";
        }
        style_add(&style, &format);
    }
    style.code = throw(dice, 5) ? NULL : &sources[4 + throw(dice, 4)];
    style.heading = throw(dice, 8) ? 0 : 1 + throw(dice, 6);
    style.is_paragraph = throw(dice, 4) == 0;
    style.is_one_line = throw(dice, 10) == 0;
    return style;
}

static void random_inline(struct dice *dice, struct builder *b)
{
    struct style style = random_style(dice);
    switch (throw(dice, 8)) {
    case 0:
        builder_break(b, &style);
        break;
    case 1:
        builder_image(b, &style,
                      &(struct image){urls[throw(dice, 2)],
                                      throw(dice, 2) * 700,
                                      throw(dice, 2) * 90},
                      str_of(throw(dice, 2) ? " x <y> " : ""),
                      throw(dice, 3) ? NULL : "t");
        break;
    case 2:
        builder_boundary(b, &style);
        break;
    default:
        builder_text(b, &style, str_of(pick(dice, words, ARRAY_SIZE(words))));
        break;
    }
}

static void random_blocks(struct dice *dice, struct builder *b, unsigned depth);

static void random_list(struct dice *dice, struct builder *b, unsigned depth)
{
    enum container kind =
        throw(dice, 2) ? CONTAINER_BULLETS : CONTAINER_NUMBERS;
    int following = (int) throw(dice, 12);
    struct cmark_node *list = builder_open(b, kind, following);
    for (unsigned n = throw(dice, 4); list && n > 0; n--) {
        struct cmark_node *item = builder_open(b, CONTAINER_ITEM, 0);
        random_blocks(dice, b, depth + 1);
        bool stays = builder_close(b, item);
        int number = throw(dice, 3) ? following : (int) throw(dice, 9) - 4;
        if (!stays || kind != CONTAINER_NUMBERS)
            continue;
        builder_number(b, item, following, number);
        following = number + 1;
    }
    builder_close(b, list);
}

/* As data is: rows with something in each, two columns and more, or a head. */
static void random_table(struct dice *dice, struct builder *b)
{
    struct cmark_node *table = builder_open_table(b);
    unsigned columns = 2 + throw(dice, 3), rows = 2 + throw(dice, 3);
    bool is_headed = throw(dice, 2), has_row_heads = throw(dice, 3) == 0;
    for (unsigned row = 0; table && row < rows; row++) {
        builder_open_row(b, table);
        for (unsigned column = 0; column < columns; column++) {
            struct style style = random_style(dice);
            style.is_one_line = true;
            style.is_paragraph = false;
            style.heading = 0;
            bool is_row_head = column == 0 && has_row_heads;
            builder_open_cell(b, is_headed && row == 0 ? CELL_HEAD_OF_COLUMN
                                 : is_row_head         ? CELL_HEAD_OF_ROW
                                                       : CELL_DATA);
            if (column == 1)
                builder_text(b, &style, STR("cell"));
            for (unsigned n = throw(dice, 4); n > 0; n--)
                builder_text(b, &style,
                             str_of(pick(dice, words, ARRAY_SIZE(words))));
            if (is_headed && throw(dice, 6) == 0)
                builder_image(b, &style, &(struct image){urls[0], 0, 0},
                              STR("x"), NULL);
        }
    }
    if (table)
        builder_close_table(b, table);
}

static void random_block(struct dice *dice, struct builder *b, unsigned depth)
{
    struct cmark_node *quote;
    switch (throw(dice, 8)) {
    case 0:
        builder_rule(b);
        break;
    case 1:
        builder_code_block(b, STR("\n  a <b>\n\n\tc\n "),
                           throw(dice, 2) ? "c" : NULL);
        break;
    case 2:
        quote = builder_open(b, CONTAINER_QUOTE, 0);
        random_blocks(dice, b, depth + 1);
        builder_close(b, quote);
        break;
    case 3:
        random_list(dice, b, depth);
        break;
    case 4:
        random_table(dice, b);
        break;
    default:
        for (unsigned n = throw(dice, 12); n > 0; n--)
            random_inline(dice, b);
        break;
    }
}

static void random_blocks(struct dice *dice, struct builder *b, unsigned depth)
{
    for (unsigned n = throw(dice, depth > 6 ? 2 : 4); n > 0; n--)
        random_block(dice, b, depth);
}

static void whatever_is_built_reads_back_as_itself(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < TREES; seed++) {
        struct dice dice = {seed};
        OWNED(builder_free) struct builder builder;
        builder_init(&builder);
        random_blocks(&dice, &builder, 0);
        OWNED(document_release)
        struct document *document = builder_finish(&builder);
        check_round_trip(document, "a built tree");
    }
}

/* ---- random sources --------------------------------------------------- */

static const char *const html_pieces[] = {
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href=/x>",
    "<a href=y title=z>",
    "</a>",
    "<code>",
    "</code>",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<br>",
    "<hr>",
    "<ul>",
    "</ul>",
    "<ol start=2>",
    "</ol>",
    "<ol reversed>",
    "<ol start=-1>",
    "<li>",
    "<li value=7>",
    "<li value=-3>",
    "<li>a",
    "</li>",
    "<h2>",
    "</h2>",
    "<blockquote>",
    "</blockquote>",
    "<pre>",
    "</pre>",
    "<table>",
    "<tr>",
    "<td>",
    "<th>",
    "</table>",
    "<img src=i alt=j>",
    "<img src=i width=300 height=200>",
    "<img src=i-30x20.jpg style=width:99px>",
    "<img src=i-300x200.jpg srcset='k-1200x800.jpg 1200w, l.jpg 800w'>",
    "<img src=i width=120 height=40 srcset='k 2x'>",
    "<figure>",
    "<figcaption>",
    "</figure>",
    "<q>",
    "</q>",
    "<sup>2</sup>",
    "<dt>",
    "<dd>",
    "<span style='font-weight:bold'>",
    "</span>",
    "<iframe src=/f>",
    "</iframe>",
    "&nbsp;",
    "&lt;",
    "a",
    "b ",
    " c",
    "\n",
    " ",
    "&amp;",
    "\xe4\xb8\xad",
    "<form>",
    "</form>",
    "<source>",
    "<noscript>",
    "</noscript>",
    "<caption>",
};

static const char *const markdown_pieces[] = {
    "*",
    "**",
    "_",
    "`",
    "``",
    "a",
    "b ",
    " c",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "1. ",
    "   ",
    "    ",
    "# ",
    "## ",
    "---\n",
    "[a](/b)",
    "![c](d \"e\")",
    "<b>",
    "</b>",
    "<div>\n",
    "</div>\n",
    "<br>",
    "|",
    "|-|-|\n",
    "\\",
    "&amp;",
    "```\n",
    "<https://e.org>",
    "  \n",
    "\t",
    "=",
    "~",
};

static char *random_source(struct dice *dice, const char *const *pieces,
                           size_t count)
{
    struct strbuf out = STRBUF_INIT;
    for (unsigned n = 1 + throw(dice, 40); n > 0; n--)
        strbuf_add_text(&out, pick(dice, pieces, count));
    return strbuf_take(&out);
}

static void whatever_html_gives_reads_back_as_itself(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < TREES; seed++) {
        struct dice dice = {seed};
        OWNED(mem_free)
        char *source =
            random_source(&dice, html_pieces, ARRAY_SIZE(html_pieces));
        OWNED(document_release) struct document *document = read_html(source);
        check_round_trip(document, source);
    }
}

static void whatever_markdown_gives_reads_back_as_itself(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < TREES; seed++) {
        struct dice dice = {seed};
        OWNED(mem_free)
        char *source =
            random_source(&dice, markdown_pieces, ARRAY_SIZE(markdown_pieces));
        OWNED(document_release)
        struct document *document = read_markdown(source);
        check_round_trip(document, source);
    }
}

/* ---- pages of the wild ------------------------------------------------ */

static void check_page(const char *folder, const char *name, const char *file)
{
    OWNED(mem_free)
    char *path = mem_format("%s/%s/%s", folder, name, file);
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    struct err err = {0};
    if (!file_read(path, 16u << 20, &html, &err))
        fail_msg("%s", err.text);
    struct document *read = NULL;
    if (!document_from_html(strbuf_str(&html), BASE, &read, &err))
        fail_msg("%s: %s", path, err.text);
    OWNED(document_release) struct document *document = read;
    assert_true(document_word_count(document) > 50);
    check_round_trip(document, path);
}

/* free() it; NULL where there are no corpora. */
static char *pages_folder(void)
{
    const char *corpora = getenv("DIGEST_CORPORA");
    char *pages = mem_format("%s/pages", corpora ? corpora : "");
    if (corpora && file_is_folder(pages))
        return pages;
    free(pages);
    return NULL;
}

static void saved_pages_read_back_as_themselves(void **state)
{
    (void)state;
    OWNED(mem_free) char *pages = pages_folder();
    if (!pages) {
        print_message("skipped: DIGEST_CORPORA names no folder with pages/\n");
        skip();
    }
    OWNED(file_list_free) struct file_list names = {0};
    struct err err = {0};
    assert_true(file_list(pages, NULL, &names, &err));
    for (size_t i = 0; i < names.count; i++) {
        check_page(pages, names.names[i], "source.html");
        check_page(pages, names.names[i], "expected.html");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_built_reads_back_as_itself),
        cmocka_unit_test(whatever_html_gives_reads_back_as_itself),
        cmocka_unit_test(whatever_markdown_gives_reads_back_as_itself),
        cmocka_unit_test(saved_pages_read_back_as_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
