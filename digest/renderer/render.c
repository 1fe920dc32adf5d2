#include "digest/renderer/render.h"

#include "digest/base/mem.h"
#include "digest/document/text.h"
#include "digest/renderer/css_inline.h"
#include "digest/renderer/render_data.h"

enum { TEXT_COLUMNS = 72, BLANK_LINES_MAX = 2 };

struct design {
    struct template_set *templates;
    const char *name;
};

static char *path_of(const struct design *design, const char *file)
{
    return mem_format("email/%s/%s", design->name, file);
}

static bool find_sheet(const struct design *design, struct css_sheet **sheet,
                       struct err *err)
{
    OWNED(mem_free) char *path = path_of(design, "style.css");
    struct str css;
    const char *origin;
    return template_set_source(design->templates, path, &css, &origin, err) &&
           css_sheet_parse(css, origin, sheet, err);
}

static bool render_html(const struct design *design, const struct value *data,
                        struct strbuf *out, struct err *err)
{
    OWNED(mem_free) char *path = path_of(design, "html.mustache");
    OWNED(css_sheet_release) struct css_sheet *sheet = NULL;
    OWNED(strbuf_free) struct strbuf markup = STRBUF_INIT;
    return template_set_apply(design->templates, path, data, EDGE_HTML, &markup,
                              err) &&
           find_sheet(design, &sheet, err) &&
           css_inline(sheet, strbuf_str(&markup), out, err);
}

/* Sections that are left out leave blank lines behind: a few are rhythm,
 * more are holes. White space at line ends goes too. */
static void tidy(struct str text, struct strbuf *out)
{
    size_t begin = out->len;
    unsigned blank = 0;
    struct str line;
    while (str_next_line(&text, &line)) {
        while (line.len && (line.ptr[line.len - 1] == ' ' ||
                            line.ptr[line.len - 1] == '\t'))
            line.len--;
        if (line.len == 0) {
            blank++;
            continue;
        }
        if (out->len == begin)
            blank = 0;
        for (unsigned i = 0; i < blank && i < BLANK_LINES_MAX; i++)
            strbuf_add_char(out, '\n');
        blank = 0;
        strbuf_add_str(out, line);
        strbuf_add_char(out, '\n');
    }
}

static bool render_text(const struct design *design, const struct value *data,
                        struct strbuf *out, struct err *err)
{
    OWNED(mem_free) char *path = path_of(design, "text.mustache");
    OWNED(strbuf_free) struct strbuf raw = STRBUF_INIT, wrapped = STRBUF_INIT;
    if (!template_set_apply(design->templates, path, data, EDGE_TEXT, &raw,
                            err))
        return false;
    text_wrap(strbuf_str(&raw), TEXT_COLUMNS, 0, &wrapped);
    tidy(strbuf_str(&wrapped), out);
    return true;
}

bool render_issue(const struct render_issue *issue,
                  struct template_set *templates, struct strbuf *html,
                  struct strbuf *text, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(words_release) struct words *found = NULL;
    struct render_issue known = *issue;
    if (!known.words) {
        if (!words_new(templates, issue->language, &found, err))
            return false;
        known.words = found;
    }
    const char *name = issue->template_name;
    struct design design = {templates, name && *name ? name : "default"};
    struct value *data = NULL;
    size_t html_before = html->len;
    if (!render_data(&known, &arena, &data, err) ||
        !render_html(&design, data, html, err))
        return false;
    if (render_text(&design, data, text, err))
        return true;
    strbuf_cut(html, html_before);
    return false;
}
