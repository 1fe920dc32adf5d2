/* Renders an issue to HTML and text, and shortens it to its size. */
#include "digest/renderer/render.h"

#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/document/text.h"
#include "digest/renderer/capitals.h"
#include "digest/renderer/css_inline.h"
#include "digest/renderer/render_data_internal.h"
#include "digest/renderer/theme.h"

enum { TEXT_COLUMNS = 72, BLANK_LINES_MAX = 2 };

struct design_render {
    struct template_set *templates;
    const char *name;
    const struct render_issue *issue;
    struct css_sheet *sheet; /* once it was found */
    /* The page of the last try that was short enough, and how it was cut. */
    struct strbuf fitting;
    struct render_fit fitted;
};

static void design_free(struct design_render *design)
{
    css_sheet_free(design->sheet);
    strbuf_free(&design->fitting);
}

static char *path_of(const struct design_render *design, const char *file)
{
    return mem_format("email/%s/%s", design->name, file);
}

static bool find_imported(void *context, const char *name, struct strbuf *css,
                          const char **file, struct err *err)
{
    const struct design_render *design = context;
    OWNED(mem_free) char *path = path_of(design, "style.css");
    struct str source;
    if (!template_set_source_near(design->templates, path, name, &source, file,
                                  err))
        return false;
    theme_apply(design->issue->theme, design->issue->theme_count, source, css);
    return true;
}

static bool find_sheet(struct design_render *design, struct err *err)
{
    OWNED(mem_free) char *path = path_of(design, "style.css");
    struct css_library library = {find_imported, design};
    struct str css;
    const char *origin;
    OWNED(strbuf_free) struct strbuf themed = STRBUF_INIT;
    if (design->sheet)
        return true;
    if (!template_set_source(design->templates, path, &css, &origin, err))
        return false;
    theme_apply(design->issue->theme, design->issue->theme_count, css, &themed);
    return css_sheet_parse_with(&library, strbuf_str(&themed), origin,
                                &design->sheet, err);
}

static bool render_html(struct design_render *design, const struct value *data,
                        struct strbuf *out, struct err *err)
{
    OWNED(mem_free) char *path = path_of(design, "html.mustache");
    OWNED(strbuf_free) struct strbuf markup = STRBUF_INIT;
    return template_set_apply(design->templates, path, data, EDGE_HTML, &markup,
                              err) &&
           find_sheet(design, err) &&
           css_inline(design->sheet, strbuf_str(&markup), out, err);
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

static bool render_text(const struct design_render *design,
                        const struct value *data, struct strbuf *out,
                        struct err *err)
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

/* Whether one of a design's parts has no place for whole texts. */
static bool find_omitted_body(const struct design_render *design, bool *out,
                              struct err *err)
{
    OWNED(mem_free) char *html = path_of(design, "html.mustache");
    OWNED(mem_free) char *text = path_of(design, "text.mustache");
    bool html_lacks, text_lacks;
    if (!template_set_lacks(design->templates, html, "body_html", &html_lacks,
                            err) ||
        !template_set_lacks(design->templates, text, "body_text", &text_lacks,
                            err))
        return false;
    *out = html_lacks || text_lacks;
    return true;
}

/* `html`: the page, where it is known already, else an empty buffer for it. */
static bool render_fitted(struct design_render *design,
                          const struct render_fit *fit, struct strbuf *html,
                          struct strbuf *text, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct value *data = NULL;
    struct render_fit shown = *fit;
    OWNED(mem_free) char *path = path_of(design, "text.mustache");
    strbuf_cut(text, 0);
    return find_omitted_body(design, &shown.omits_body, err) &&
           template_set_lacks(design->templates, path, "summary_text",
                              &shown.omits_summary, err) &&
           template_set_lacks(design->templates, path, "note",
                              &shown.omits_note, err) &&
           render_data(design->issue, &shown, &arena, &data, err) &&
           (html->len || render_html(design, data, html, err)) &&
           (fit->html_only || render_text(design, data, text, err));
}

/* Tries how long it gets. */
static bool try_fitted(struct design_render *design,
                       const struct render_fit *fit, struct strbuf *html,
                       struct strbuf *text, struct err *err)
{
    struct render_fit trial = *fit;
    trial.html_only = true;
    strbuf_cut(html, 0);
    if (!render_fitted(design, &trial, html, text, err))
        return false;
    if (html->len < RENDER_BYTES_MAX) {
        strbuf_cut(&design->fitting, 0);
        strbuf_add_str(&design->fitting, strbuf_str(html));
        design->fitted = *fit;
    }
    return true;
}

/* Renders what was found to fit: its page was made in a try, as a rule. */
static bool render_found(struct design_render *design,
                         const struct render_fit *fit, struct strbuf *html,
                         struct strbuf *text, struct err *err)
{
    const struct render_fit *made = &design->fitted;
    strbuf_cut(html, 0);
    if (made->shortened == fit->shortened &&
        made->summary_bytes == fit->summary_bytes &&
        made->left_out == fit->left_out &&
        made->omits_contents == fit->omits_contents)
        strbuf_add_str(html, strbuf_str(&design->fitting));
    return render_fitted(design, fit, html, text, err);
}

/* ---- to fit ---------------------------------------------------------- */

/* Counts the stories that may be left out: each behind the last of its section
 * that can be read nowhere else. */
static size_t count_to_leave_out(const struct render_issue *issue)
{
    size_t count = 0;
    for (size_t i = 0; i < issue->section_count; i++) {
        const struct render_section *section = &issue->sections[i];
        size_t kept = section->story_count;
        for (; kept && !section->stories[kept - 1].is_only_here; kept--)
            count++;
    }
    return count;
}

/* The stories in full that may become summaries, in reading order, and how many
 * bytes the bodies of the first so many have. */
struct shortenable {
    const struct render_story **items;
    size_t *bytes; /* [0] is 0 */
    size_t count;
};

static void list_shortenable(const struct render_issue *issue,
                             struct arena *arena, struct shortenable *out)
{
    size_t stories = 0;
    for (size_t i = 0; i < issue->section_count; i++)
        stories += issue->sections[i].story_count;
    out->items = ARENA_NEW_ARRAY(arena, const struct render_story *, stories);
    out->bytes = ARENA_NEW_ARRAY(arena, size_t, stories + 1);
    for (size_t i = 0; i < issue->section_count; i++)
        for (size_t k = 0; k < issue->sections[i].story_count; k++) {
            const struct render_story *story = &issue->sections[i].stories[k];
            if (!render_may_shorten(story))
                continue;
            out->bytes[out->count + 1] =
                out->bytes[out->count] + strlen(story->body_html);
            out->items[out->count++] = story;
        }
}

/* How many of them will have to be, where a body grows by a factor on its way
 * into a page that has `base` bytes without any. */
static size_t guess_shortened(const struct shortenable *list, size_t base,
                              double growth)
{
    const double most = (double)RENDER_BYTES_MAX;
    size_t shortened = list->count;
    while (shortened &&
           (double)base +
                   growth * (double)list->bytes[list->count - shortened + 1] <
               most)
        shortened--;
    return shortened;
}

/* The search for how many stories have to be shortened, as far as it is. */
struct shortening {
    size_t base;   /* bytes with none in full */
    double growth; /* of a body, on its way into the page */
    size_t few, many;
};

static double estimate(const struct shortening *known,
                       const struct shortenable *list, size_t shortened)
{
    size_t bodies = list->bytes[list->count - shortened];
    return (double)known->base + known->growth * (double)bodies;
}

/* Takes in what a try came to. One more in full that would be too long by far
 * isn't tried. */
static void narrow(struct shortening *known, const struct shortenable *list,
                   size_t shortened, size_t bytes)
{
    const double far = 1.01 * (double)RENDER_BYTES_MAX;
    known->growth = ((double)bytes - (double)known->base) /
                    (double)list->bytes[list->count - shortened];
    if (bytes >= RENDER_BYTES_MAX) {
        known->few = shortened + 1;
        return;
    }
    known->many = shortened;
    if (estimate(known, list, shortened - 1) > far)
        known->few = shortened;
}

/* Shortens as few stories as make the HTML fit; or all, where that doesn't.
 * *full_bytes: about how long it would be with none shortened. */
static bool shorten(struct design_render *design,
                    const struct shortenable *list, struct render_fit *fit,
                    struct strbuf *html, struct strbuf *text, bool *fits,
                    size_t *full_bytes, struct err *err)
{
    struct shortening known = {
        .growth = 3, .few = 1, .many = list->count}; /* what styles add */
    fit->shortened = list->count;
    if (!try_fitted(design, fit, html, text, err))
        return false;
    known.base = html->len;
    *fits = known.base < RENDER_BYTES_MAX;
    while (*fits && known.few < known.many) {
        size_t at = guess_shortened(list, known.base, known.growth);
        fit->shortened = at < known.few     ? known.few
                         : at >= known.many ? known.many - 1
                                            : at;
        if (!try_fitted(design, fit, html, text, err))
            return false;
        narrow(&known, list, fit->shortened, html->len);
    }
    fit->shortened = known.many;
    *full_bytes = (size_t)estimate(&known, list, 0);
    return true;
}

/* The fewest stories left out that make it fit; the lead stays. */
static bool leave_out(struct design_render *design, struct render_fit *fit,
                      struct strbuf *html, struct strbuf *text, struct err *err)
{
    size_t stories = count_to_leave_out(design->issue);
    size_t few = fit->left_out, many = stories ? stories - 1 : 0;
    while (few < many) {
        fit->left_out = few + (many - few) / 2;
        if (!try_fitted(design, fit, html, text, err))
            return false;
        if (html->len < RENDER_BYTES_MAX)
            many = fit->left_out;
        else
            few = fit->left_out + 1;
    }
    fit->left_out = many;
    return try_fitted(design, fit, html, text, err);
}

static size_t count_only_here(const struct render_issue *issue)
{
    size_t count = 0;
    for (size_t i = 0; i < issue->section_count; i++)
        for (size_t k = 0; k < issue->sections[i].story_count; k++)
            count += issue->sections[i].stories[k].is_only_here;
    return count;
}

static void note_shortened(const struct shortenable *list, size_t shortened,
                           struct render_notes *notes)
{
    OWNED(strbuf_free) struct strbuf titles = STRBUF_INIT;
    notes->shortened = shortened;
    if (!shortened)
        return;
    for (size_t i = list->count - shortened; i < list->count; i++) {
        const char *title = list->items[i]->title;
        strbuf_add_format(&titles, "%s%s", titles.len ? "\n" : "",
                          title ? title : "");
    }
    notes->shortened_titles = strbuf_take(&titles);
}

static bool cut_to_fit(struct design_render *design,
                       const struct shortenable *list, struct render_fit *fit,
                       struct strbuf *html, struct strbuf *text,
                       size_t *full_bytes, struct err *err)
{
    static const size_t summary_bytes[] = {400, 200, 100};
    size_t estimated = *full_bytes;
    bool fits = false;
    fit->omits_contents = true;
    if (!list->count) {
        if (!try_fitted(design, fit, html, text, err))
            return false;
        fits = html->len < RENDER_BYTES_MAX;
    } else if (!shorten(design, list, fit, html, text, &fits, &estimated,
                        err)) {
        return false;
    }
    if (!*full_bytes)
        *full_bytes = estimated;
    for (size_t i = 0; i < ARRAY_SIZE(summary_bytes) && !fits; i++) {
        fit->summary_bytes = summary_bytes[i];
        if (!try_fitted(design, fit, html, text, err))
            return false;
        fits = html->len < RENDER_BYTES_MAX;
    }
    return fits || leave_out(design, fit, html, text, err);
}

/* Texts alone that no mail has room for: all of it isn't tried. */
static bool is_surely_long(const struct render_issue *issue,
                           const struct shortenable *list)
{
    return list->count && list->bytes[list->count] >= RENDER_BYTES_MAX &&
           !issue->public_copy;
}

static bool render_to_fit(struct design_render *design, struct strbuf *html,
                          struct strbuf *text, struct render_notes *notes,
                          struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(render_documents_free) struct render_documents documents = {0};
    struct shortenable list = {0};
    struct render_fit fit = {.documents = &documents};
    bool omits_body;
    if (!find_omitted_body(design, &omits_body, err))
        return false;
    if (!omits_body)
        list_shortenable(design->issue, &arena, &list);
    bool is_long = is_surely_long(design->issue, &list);
    if (!is_long && !render_fitted(design, &fit, html, text, err))
        return false;
    notes->full_bytes = html->len;
    is_long |= html->len >= RENDER_BYTES_MAX && !design->issue->public_copy;
    if (is_long && (!cut_to_fit(design, &list, &fit, html, text,
                                &notes->full_bytes, err) ||
                    !render_found(design, &fit, html, text, err)))
        return false;
    notes->html_bytes = html->len;
    notes->summary_chars = fit.summary_bytes;
    notes->left_out = fit.left_out;
    notes->only_here = count_only_here(design->issue);
    note_shortened(&list, fit.shortened, notes);
    return true;
}

bool render_issue_noted(const struct render_issue *issue,
                        struct template_set *templates, struct strbuf *html,
                        struct strbuf *text, struct render_notes *notes,
                        struct err *err)
{
    OWNED(catalogue_release) struct catalogue *found = NULL;
    OWNED(strbuf_free) struct strbuf page = STRBUF_INIT, plain = STRBUF_INIT;
    struct render_issue known = *issue;
    if (!known.words) {
        if (!catalogue_new(templates, issue->language, &found, err))
            return false;
        known.words = found;
    }
    const char *name = issue->template_name;
    OWNED(design_free)
    struct design_render design = {
        .templates = templates,
        .name = name && *name ? name : "default",
        .issue = &known,
    };
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
    OWNED(render_notes_free) struct render_notes notes = {0};
    return render_issue_noted(issue, templates, html, text, &notes, err);
}

void render_notes_free(struct render_notes *notes)
{
    free(notes->shortened_titles);
    notes->shortened_titles = NULL;
}

static void write_cuts(const struct render_notes *notes, struct strbuf *out)
{
    struct str rest = str_of(notes->shortened_titles), title;
    strbuf_add_format(out,
                      "the HTML would be %zu KB, and Gmail clips mail near "
                      "102 KB",
                      notes->full_bytes / 1024);
    for (bool first = true; str_next_line(&rest, &title); first = false)
        strbuf_add_format(out, "%s\"%.*s\"",
                          first ? ": summaries stand in place of the whole "
                                  "text of "
                                : ", ",
                          STR_ARG(title));
    if (notes->summary_chars)
        strbuf_add_format(out, "%s summaries were cut to %zu characters",
                          notes->shortened ? "; all" : ":",
                          notes->summary_chars);
}

void render_notes_write(const struct render_notes *notes, struct strbuf *out)
{
    if (notes->full_bytes >= RENDER_BYTES_MAX)
        write_cuts(notes, out);
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
