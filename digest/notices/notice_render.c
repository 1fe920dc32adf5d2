/* Renders a notice's subject, text and HTML from its templates. */
#include "digest/notices/notice_render.h"

#include "digest/newsletters/text_words.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/text.h"
#include "digest/renderer/capitals.h"
#include "digest/renderer/catalogue_value.h"
#include "digest/renderer/css_inline.h"

enum { TEXT_COLUMNS = 72 };

void notice_rendered_free(struct notice_rendered *rendered)
{
    strbuf_free(&rendered->subject);
    strbuf_free(&rendered->text);
    strbuf_free(&rendered->html);
}

void notice_use(struct notice *notice, const struct notice_rendered *rendered)
{
    notice->subject = strbuf_text(&rendered->subject);
    notice->text = strbuf_text(&rendered->text);
    notice->html = strbuf_text(&rendered->html);
}

/* ---- data ------------------------------------------------------------ */

static struct value *line_value(struct arena *arena, struct str text)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean_line(&clean, text);
    return clean.len ? value_text_str(arena, strbuf_str(&clean)) : NULL;
}

static struct value *text_value(struct arena *arena, const char *text)
{
    return text ? line_value(arena, str_of(text)) : NULL;
}

static const char *clean_line(struct arena *arena, const char *text)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean_line(&clean, str_of(text ? text : ""));
    return arena_copy_str(arena, strbuf_str(&clean));
}

static struct value *address_lines(struct arena *arena, const char *text)
{
    struct value *list = value_list(arena);
    struct str rest = str_of(text), line;
    while (str_next_line(&rest, &line)) {
        struct value *value = line_value(arena, line);
        if (value)
            value_append(list, value);
    }
    return list;
}

static struct value *report_lines(struct arena *arena,
                                  const struct notice_words *words)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < words->line_count; i++) {
        struct value *value = text_value(arena, words->lines[i]);
        if (value)
            value_append(list, value);
    }
    return list;
}

static void set_language(struct arena *arena, struct value *data,
                         const char *language)
{
    bool is_rtl = capitals_is_right_to_left(language);
    value_set(data, "language", text_value(arena, language));
    value_set_text(data, "dir", is_rtl ? "rtl" : "ltr");
    value_set_text(data, "align", is_rtl ? "right" : "left");
}

/* Sets the catalogue's words: the greeting, how long the link works, and the
 * texts of notices. */
static void set_words(struct arena *arena, struct value *data,
                      const struct notice_words *w,
                      const struct catalogue *words)
{
    OWNED(strbuf_free) struct strbuf days = STRBUF_INIT;
    const char *site = clean_line(arena, w->site_name);
    const char *title = clean_line(arena, w->newsletter);
    const char *name = clean_line(arena, w->name);
    const struct catalogue_part parts[] = {
        {"newsletter", *title ? title : site, MARK_STRONG},
        {"site", site, MARK_STRONG},
        {"address", clean_line(arena, w->address), MARK_STRONG},
        {"name", name, MARK_STRONG},
    };
    catalogue_value_set(words, "notice", parts, ARRAY_SIZE(parts), arena, data);
    value_set(data, "greeting",
              catalogue_value_text(words, *name ? "greeting_name" : "greeting",
                                   parts, ARRAY_SIZE(parts), arena));
    if (!w->days)
        return;
    catalogue_add_count(words, "notice_days", w->days, &days);
    value_set(data, "days", line_value(arena, strbuf_str(&days)));
}

static struct value *make_data(struct arena *arena,
                               const struct notice_words *w,
                               const struct catalogue *words)
{
    struct value *data = value_object(arena);
    const struct {
        const char *key, *text;
    } texts[] = {
        {"newsletter", w->newsletter},
        {"site_name", w->site_name},
        {"site_url", w->site_url},
        {"name", w->name},
        {"link", w->link},
        {"unsubscribe_link", w->unsubscribe_link},
        {"address", w->address},
        {"headline", w->headline},
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        value_set(data, texts[i].key, text_value(arena, texts[i].text));
    set_words(arena, data, w, words);
    if (w->postal_address)
        value_set(data, "postal_address",
                  address_lines(arena, w->postal_address));
    value_set(data, "lines", report_lines(arena, w));
    return data;
}

/* ---- parts ----------------------------------------------------------- */

static bool apply(struct template_set *templates, enum notice_kind kind,
                  const char *part, const struct value *data,
                  enum template_edge edge, struct strbuf *out, struct err *err)
{
    OWNED(mem_free)
    char *path =
        mem_format("notices/%s/%s.mustache", notice_kind_name(kind), part);
    return template_set_apply(templates, path, data, edge, out, err);
}

static bool render_subject(struct template_set *templates,
                           enum notice_kind kind, const struct value *data,
                           struct strbuf *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf raw = STRBUF_INIT;
    if (!apply(templates, kind, "subject", data, EDGE_HEADER, &raw, err))
        return false;
    utf8_clean_line(out, strbuf_str(&raw));
    return true;
}

static bool render_text(struct template_set *templates, enum notice_kind kind,
                        const struct value *data, const char *language,
                        struct strbuf *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf raw = STRBUF_INIT, wrapped = STRBUF_INIT;
    if (!apply(templates, kind, "text", data, EDGE_TEXT, &raw, err))
        return false;
    text_wrap(strbuf_str(&raw), TEXT_COLUMNS, 0, &wrapped);
    text_mark_lines(strbuf_str(&wrapped), capitals_is_right_to_left(language),
                    out);
    return true;
}

/* The subject is the page's title too. */
static bool render_html(struct template_set *templates, enum notice_kind kind,
                        const struct value *data, struct strbuf *out,
                        struct err *err)
{
    OWNED(css_sheet_release) struct css_sheet *sheet = NULL;
    OWNED(strbuf_free) struct strbuf markup = STRBUF_INIT;
    struct str css;
    const char *origin;
    return apply(templates, kind, "html", data, EDGE_HTML, &markup, err) &&
           template_set_source(templates, "notices/style.css", &css, &origin,
                               err) &&
           css_sheet_parse(css, origin, &sheet, err) &&
           css_inline(sheet, strbuf_str(&markup), out, err);
}

bool notice_render(struct template_set *templates, enum notice_kind kind,
                   const struct notice_words *words,
                   struct notice_rendered *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(catalogue_release) struct catalogue *catalogue = NULL;
    const char *language =
        catalogue_exists(templates, words->language) ? words->language : "en";
    if (!catalogue_new(templates, language, &catalogue, err))
        return false;
    struct value *data = make_data(
        &arena, words, texts_over(words->texts, language, catalogue, &arena));
    set_language(&arena, data, language);
    strbuf_cut(&out->subject, 0);
    strbuf_cut(&out->text, 0);
    strbuf_cut(&out->html, 0);
    if (!render_subject(templates, kind, data, &out->subject, err))
        return false;
    value_set(data, "subject", line_value(&arena, strbuf_str(&out->subject)));
    return render_text(templates, kind, data, language, &out->text, err) &&
           render_html(templates, kind, data, &out->html, err);
}
