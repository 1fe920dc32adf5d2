/* Helpers of this room's tests: from source to output in one call. */
#ifndef TESTS_DOCUMENT_READING_H
#define TESTS_DOCUMENT_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/document/document.h"

#define BASE "https://example.org/news/today.html"

static inline struct document *read_html(const char *html)
{
    struct document *document = NULL;
    struct err err = {0};
    if (!document_from_html(str_of(html), BASE, &document, &err))
        fail_msg("%s", err.text);
    return document;
}

static inline struct document *read_markdown(const char *markdown)
{
    struct document *document = NULL;
    struct err err = {0};
    if (!document_from_markdown(str_of(markdown), BASE, &document, &err))
        fail_msg("%s", err.text);
    return document;
}

/* free() it. */
static inline char *html_of(const struct document *document)
{
    struct strbuf html = STRBUF_INIT;
    document_to_html(document, &html);
    return strbuf_take(&html);
}

struct conversion {
    const char *source, *html;
};

/* Each source gives this HTML, and the HTML gives itself. */
static inline void check_conversions(struct document *(*read)(const char *),
                                     const struct conversion *rows,
                                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        OWNED(document_release)
        struct document *document = read(rows[i].source);
        OWNED(mem_free) char *html = html_of(document);
        if (strcmp(html, rows[i].html) != 0)
            fail_msg("%s\ngave     %s\ninstead of %s", rows[i].source, html,
                     rows[i].html);
        OWNED(document_release) struct document *again = read_html(html);
        OWNED(mem_free) char *second = html_of(again);
        assert_string_equal(second, html);
    }
}

#define CHECK_HTML(...)                                                        \
    do {                                                                       \
        static const struct conversion rows_[] = {__VA_ARGS__};                \
        check_conversions(read_html, rows_, ARRAY_SIZE(rows_));                \
    } while (0)

#define CHECK_MARKDOWN(...)                                                    \
    do {                                                                       \
        static const struct conversion rows_[] = {__VA_ARGS__};                \
        check_conversions(read_markdown, rows_, ARRAY_SIZE(rows_));            \
    } while (0)

#endif
