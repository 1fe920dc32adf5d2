/* Resolves the styles of HTML, in light and in dark. */
#include "digest/lint/styles_internal.h"

#include "digest/base/mem.h"
#include "digest/lint/css_text_internal.h"
#include "digest/renderer/css_inline.h"

/* A sheet for some media alone is an @media rule. */
static void add_sheet(const struct markup_node *style, struct strbuf *out)
{
    const char *media = markup_get(style, "media");
    bool some = media && *media && strcmp(media, "all") != 0 &&
                strcmp(media, "screen") != 0;
    if (some)
        strbuf_add_format(out, "@media %s {\n", media);
    strbuf_add_str(out, style->first->text);
    strbuf_add_text(out, some ? "\n}\n" : "\n");
}

void styles_text(const struct lint *lint, struct strbuf *out)
{
    for (size_t i = 0; i < lint->markup.count; i++) {
        const struct markup_node *node = lint->markup.nodes[i];
        if (!markup_is(node, "style") || !node->first)
            continue;
        add_sheet(node, out);
    }
}

static bool is_dark(struct str prelude)
{
    size_t at = str_find_str(prelude, STR("prefers-color-scheme"));
    struct str rest = str_from(prelude, at);
    rest = str_from(rest, str_find(rest, ':'));
    return rest.len &&
           str_starts_nocase(str_trim(str_from(rest, 1)), STR("dark"));
}

void styles_dark_text(struct str css, struct strbuf *out)
{
    struct css_text_at_rule rule;
    while (css_text_next_at_rule(&css, &rule))
        if (is_dark(rule.prelude)) {
            strbuf_add_str(out, rule.block);
            strbuf_add_char(out, '\n');
        }
}

void styled_free(struct styled *styled)
{
    markup_free(&styled->markup);
    strbuf_free(&styled->html);
}

static void free_sheet(struct css_sheet **sheet)
{
    css_sheet_free(*sheet);
}

bool styles_resolve(const struct lint *lint, struct str css, struct styled *out,
                    struct err *err)
{
    OWNED(free_sheet) struct css_sheet *sheet = NULL;
    *out = (struct styled){0};
    if (!css_sheet_parse(css, "style", &sheet, err) ||
        !css_inline(sheet, lint->markup.source, &out->html, err) ||
        !markup_read(strbuf_str(&out->html), &out->markup, err))
        return false;
    return out->markup.count == lint->markup.count ||
           err_set(err, ERR_INPUT, "its tags are too broken to be styled");
}
