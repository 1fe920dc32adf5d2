/* Whatever is looked at, as a message or as HTML: the findings are whole, each
 * in one line, errors first, and the same again when it is looked at again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/lint/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_line(const char *text)
{
    must(utf8_invalid_at(str_of(text)) == strlen(text), "it is UTF-8");
    for (; *text; text++)
        must((unsigned char)*text >= ' ', "it is one line");
}

static void check_report(const struct lint_report *report)
{
    must(report->errors + report->warnings == report->count, "it adds up");
    for (size_t i = 0; i < report->count; i++) {
        const struct lint_finding *f = &report->items[i];
        OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
        must((f->level == LINT_ERROR) == (i < report->errors),
             "errors come first");
        must(f->what[0] && f->remedy[0] && f->rule[0] && f->times > 0,
             "a finding is whole");
        lint_finding_write(f, &line);
        check_line(strbuf_text(&line));
    }
}

static bool look(struct str text, bool as_html, struct lint_report *report)
{
    struct err err = {0};
    bool good = as_html ? lint_html(text, NULL, report, &err)
                        : lint_message(text, NULL, report, &err);
    must(good || (err.kind == ERR_INPUT && err.text[0]), "an error says what");
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int as_html = 0; as_html < 2; as_html++) {
        OWNED(lint_report_free) struct lint_report one = {0}, two = {0};
        struct str text = {(const char *)data, size};
        if (!look(text, as_html, &one))
            continue;
        check_report(&one);
        must(look(text, as_html, &two) && one.count == two.count,
             "the same is found again");
    }
    return 0;
}
