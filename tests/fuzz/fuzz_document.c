/* Documents: whatever comes in, what comes out reads back as itself. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void round_trip(const struct document *document)
{
    struct err err = {0};
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf again = STRBUF_INIT;
    OWNED(document_release) struct document *back = NULL;
    document_to_html(document, &html);
    require(document_from_html(strbuf_str(&html), NULL, &back, &err), err.text);
    document_to_html(back, &again);
    require(str_equal(strbuf_str(&html), strbuf_str(&again)), "round trip");
    require(utf8_invalid_at(strbuf_str(&html)) == html.len, "UTF-8 of HTML");
    require(str_find_str(strbuf_str(&html), STR("<script")) == html.len,
            "no scripts");
}

static void write_all(const struct document *document)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    OWNED(text_links_free) struct text_links links = {.first = 1};
    document_to_text(document, &(struct text_options){.links = &links}, &out);
    text_links_flush(&links, &out);
    document_to_text(document, &(struct text_options){.width = 30}, &out);
    document_to_words(document, &out);
    document_summary(document, 40, &out);
    (void)document_word_count(document);
    require(utf8_invalid_at(strbuf_str(&out)) == out.len, "UTF-8 of text");
}

/* The first byte: even for HTML, odd for Markdown. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct err err = {0};
    OWNED(document_release) struct document *document = NULL;
    struct str text = {(const char *)data + 1, size - 1};
    const char *base = "https://example.org/a/b";
    bool is_read = data[0] & 1
                       ? document_from_markdown(text, base, &document, &err)
                       : document_from_html(text, base, &document, &err);
    if (!is_read)
        return 0;
    round_trip(document);
    write_all(document);
    return 0;
}
