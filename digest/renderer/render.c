#include "digest/renderer/render.h"

#include "digest/base/mem.h"
#include "digest/document/text.h"
#include "digest/renderer/capitals.h"
#include "digest/renderer/css_inline.h"
#include "digest/renderer/render_data.h"
#include "digest/renderer/theme.h"

enum { TEXT_COLUMNS = 72, BLANK_LINES_MAX = 2 };

struct design {
    struct template_set *templates;
    const char *name;
    const struct render_issue *issue;
};

static char *path_of(const struct design *design, const char *file)
{
    return mem_format("email/%s/%s", design->name, file);
}

static bool find_imported(void *context, const char *name, struct strbuf *css,
                          const char **file, struct err *err)
{
    const struct design *design = context;
    OWNED(mem_free) char *path = path_of(design, "style.css");
    struct str source;
    if (!template_set_source_near(design->templates, path, name, &source, file,
                                  err))
        return false;
    theme_apply(design->issue->theme, design->issue->theme_count, source, css);
    return true;
}

static bool find_sheet(const struct design *design, struct css_sheet **sheet,
                       struct err *err)
{
    OWNED(mem_free) char *path = path_of(design, "style.css");
    struct css_library library = {find_imported, (void *)design};
    struct str css;
    const char *origin;
    OWNED(strbuf_free) struct strbuf themed = STRBUF_INIT;
    if (!template_set_source(design->templates, path, &css, &origin, err))
        return false;
    theme_apply(design->issue->theme, design->issue->theme_count, css, &themed);
    return css_sheet_parse_with(&library, strbuf_str(&themed), origin, sheet,
                                err);
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
    strbuf_cut(&raw, 0);
    tidy(strbuf_str(&wrapped), &raw);
    text_mark_lines(strbuf_str(&raw),
                    capitals_is_right_to_left(design->issue->language), out);
    return true;
}

static bool render_fitted(const struct design *design,
                          const struct render_fit *fit, struct strbuf *html,
                          struct strbuf *text, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct value *data = NULL;
    struct render_fit shown = *fit;
    OWNED(mem_free) char *path = path_of(design, "text.mustache");
    strbuf_cut(html, 0);
    strbuf_cut(text, 0);
    return template_set_lacks(design->templates, path, "summary_text",
                              &shown.omits_summary, err) &&
           template_set_lacks(design->templates, path, "note",
                              &shown.omits_note, err) &&
           render_data(design->issue, &shown, &arena, &data, err) &&
           render_html(design, data, html, err) &&
           render_text(design, data, text, err);
}

static size_t count_stories(const struct render_issue *issue)
{
    size_t count = 0;
    for (size_t i = 0; i < issue->section_count; i++)
        count += issue->sections[i].story_count;
    return count;
}

/* The fewest stories left out that make it fit; the lead stays. */
static bool leave_out(const struct design *design, struct render_fit *fit,
                      struct strbuf *html, struct strbuf *text, struct err *err)
{
    size_t stories = count_stories(design->issue);
    size_t few = fit->left_out, many = stories ? stories - 1 : 0;
    while (few < many) {
        fit->left_out = few + (many - few) / 2;
        if (!render_fitted(design, fit, html, text, err))
            return false;
        if (html->len < RENDER_BYTES_MAX)
            many = fit->left_out;
        else
            few = fit->left_out + 1;
    }
    fit->left_out = many;
    return render_fitted(design, fit, html, text, err);
}

static bool render_to_fit(const struct design *design, struct strbuf *html,
                          struct strbuf *text, struct render_notes *notes,
                          struct err *err)
{
    static const size_t summary_bytes[] = {0, 400, 200, 100};
    struct render_fit fit = {0};
    for (size_t i = 0; i < ARRAY_SIZE(summary_bytes); i++) {
        fit.summary_bytes = summary_bytes[i];
        if (!render_fitted(design, &fit, html, text, err))
            return false;
        if (i == 0)
            notes->full_bytes = html->len;
        if (html->len < RENDER_BYTES_MAX || design->issue->public_copy)
            break;
    }
    if (html->len >= RENDER_BYTES_MAX && !design->issue->public_copy &&
        !leave_out(design, &fit, html, text, err))
        return false;
    notes->html_bytes = html->len;
    notes->summary_chars = fit.summary_bytes;
    notes->left_out = fit.left_out;
    return true;
}

bool render_issue_noted(const struct render_issue *issue,
                        struct template_set *templates, struct strbuf *html,
                        struct strbuf *text, struct render_notes *notes,
                        struct err *err)
{
    OWNED(words_release) struct words *found = NULL;
    OWNED(strbuf_free) struct strbuf page = STRBUF_INIT, plain = STRBUF_INIT;
    struct render_issue known = *issue;
    if (!known.words) {
        if (!words_new(templates, issue->language, &found, err))
            return false;
        known.words = found;
    }
    const char *name = issue->template_name;
    struct design design = {templates, name && *name ? name : "default",
                            &known};
    *notes = (struct render_notes){0};
    if (!render_to_fit(&design, &page, &plain, notes, err))
        return false;
    strbuf_add_str(html, strbuf_str(&page));
    strbuf_add_str(text, strbuf_str(&plain));
    return true;
}

bool render_issue(const struct render_issue *issue,
                  struct template_set *templates, struct strbuf *html,
                  struct strbuf *text, struct err *err)
{
    struct render_notes notes;
    return render_issue_noted(issue, templates, html, text, &notes, err);
}

void render_notes_write(const struct render_notes *notes, struct strbuf *out)
{
    if (notes->full_bytes >= RENDER_BYTES_MAX)
        strbuf_add_format(out,
                          "the HTML would be %zu KB, and Gmail clips mail near "
                          "102 KB: summaries were cut to %zu characters",
                          notes->full_bytes / 1024, notes->summary_chars);
    else if (notes->html_bytes >= RENDER_BYTES_WARN)
        strbuf_add_format(out,
                          "the HTML is %zu KB; from 100 KB on summaries are "
                          "cut, since Gmail clips mail near 102 KB",
                          notes->html_bytes / 1024);
    else
        return;
    if (notes->left_out)
        strbuf_add_format(out,
                          ", and %zu %s at the end of its longest sections "
                          "left out for a link to the whole issue",
                          notes->left_out,
                          notes->left_out == 1 ? "story" : "stories");
    strbuf_add_char(out, '\n');
    if (notes->html_bytes >= RENDER_BYTES_MAX)
        strbuf_add_text(out, "the HTML is still too long: shorten the "
                             "introduction or the design\n");
}
