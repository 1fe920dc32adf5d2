/* Any style sheet is read or refused with its place; inlining it changes
 * nothing outside start tags, and inlining again with no rules changes
 * nothing at all.
 *
 * The input is cut at the first byte 0x1e into: style sheet, HTML. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/renderer/css_inline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void inline_it(const struct css_sheet *sheet, struct str html,
                      struct strbuf *out)
{
    struct err err = {0};
    must(css_inline(sheet, html, out, &err), "HTML is never refused");
}

/* Nothing is taken away, and what is added is style and five attributes: each
 * byte of the input comes in the output, in order, but for those of a style
 * attribute that is there already. */
static void check_order(struct str html, struct str out)
{
    for (struct str rest = html; rest.len; rest = str_from(rest, 1))
        if (str_starts_nocase(rest, STR("style")))
            return;
    size_t at = 0;
    for (size_t i = 0; i < out.len && at < html.len; i++)
        at += out.ptr[i] == html.ptr[at];
    must(at == html.len, "no byte is lost");
}

/* Whatever is imported, by whatever name, is one of these. */
static bool find_imported(void *context, const char *name, struct strbuf *css,
                          const char **file, struct err *err)
{
    (void)context;
    *file = "imported";
    if (strstr(name, "none"))
        return err_set(err, ERR_NOT_FOUND, "there is none");
    strbuf_add_text(css, strstr(name, "self") ? "@import 'self';"
                                              : "a{color:red}a:hover{b:c}");
    return true;
}

static void import(struct str css)
{
    const struct css_library library = {find_imported, NULL};
    OWNED(css_sheet_release) struct css_sheet *sheet = NULL;
    struct err err = {0};
    if (!css_sheet_parse_with(&library, css, "fuzz", &sheet, &err))
        must(err.kind == ERR_INPUT && (strncmp(err.text, "fuzz:", 5) == 0 ||
                                       strncmp(err.text, "imported:", 9) == 0),
             "an error names its place, imported or not");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str html = {size ? (const char *)data : "", size};
    struct str css = str_cut(&html, '\x1e');
    OWNED(css_sheet_release) struct css_sheet *sheet = NULL;
    OWNED(css_sheet_release) struct css_sheet *empty = NULL;
    struct err err = {0};
    import(css);
    must(css_sheet_parse(STR(""), "empty", &empty, &err), "nothing is a sheet");
    OWNED(strbuf_free) struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
    if (!css_sheet_parse(css, "fuzz", &sheet, &err)) {
        must(err.kind == ERR_INPUT && strncmp(err.text, "fuzz:", 5) == 0,
             "an error names its place");
        return 0;
    }
    if (str_find_str(html, STR(CSS_KEPT_MARK)) < html.len)
        return 0;
    inline_it(sheet, html, &once);
    check_order(html, strbuf_str(&once));
    inline_it(empty, strbuf_str(&once), &twice);
    must(str_equal(strbuf_str(&once), strbuf_str(&twice)),
         "a second pass changes nothing");
    return 0;
}
