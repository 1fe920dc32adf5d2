/* How long one article takes: in from HTML, out to HTML, text and summary.
 * usage: bench_document [FILE.html]; without one, an article of its own. */
#include <stdio.h>
#include <time.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/document/text.h"

enum { ROUNDS = 2000 };

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void make_article(struct strbuf *html)
{
    for (unsigned i = 0; i < 12; i++)
        strbuf_add_format(
            html,
            "<h2>Part %u</h2><p>The committee met on <b>Monday</b> and heard "
            "what <a href=\"/people/%u\">Dr. Smith</a> had found: prices rose "
            "by 3.5 percent, wages by less. \xe2\x80\x9cWe did not expect "
            "it,\xe2\x80\x9d she said.</p><ul><li>One<li>Two &amp; three</ul>"
            "<p><img src=\"/i/%u.jpg\" alt=\"A chart\"></p>\n",
            i, i, i);
}

static struct document *read_article(struct str html)
{
    struct document *document = NULL;
    struct err err = {0};
    if (!document_from_html(html, "https://example.org/", &document, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(err_exit_code(err.kind));
    }
    return document;
}

static void write_text(const struct document *document, struct strbuf *out)
{
    OWNED(text_links_free) struct text_links links = {.first = 1};
    document_to_text(document, &(struct text_options){.links = &links}, out);
}

static void write_summary(const struct document *document, struct strbuf *out)
{
    document_summary(document, 40, out);
}

static void measure(const char *name, const struct document *document,
                    void (*write)(const struct document *, struct strbuf *))
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    double start = microseconds();
    for (unsigned i = 0; i < ROUNDS; i++) {
        strbuf_cut(&out, 0);
        write(document, &out);
    }
    printf("%-10s %7.1f us\n", name, (microseconds() - start) / (double)ROUNDS);
}

int main(int argc, char **argv)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    struct err err = {0};
    if (argc < 2) {
        make_article(&html);
    } else if (!file_read(argv[1], 16u << 20, &html, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return err_exit_code(err.kind);
    }
    double start = microseconds();
    for (unsigned i = 0; i < ROUNDS; i++)
        document_free(read_article(strbuf_str(&html)));
    printf("%-10s %7.1f us for %zu bytes\n", "from HTML",
           (microseconds() - start) / (double)ROUNDS, html.len);
    OWNED(document_release)
    struct document *document = read_article(strbuf_str(&html));
    measure("to HTML", document, document_to_html);
    measure("to text", document, write_text);
    measure("summary", document, write_summary);
    return 0;
}
