/* Turns an issue's texts into values of a template's data. */
#include "digest/renderer/data_builder_internal.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/headings.h"
#include "digest/document/images.h"
#include "digest/renderer/capitals.h"
#include "digest/renderer/theme.h"

struct value *data_line(struct data_builder *b, const char *text)
{
    if (!text)
        return NULL;
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean_line(&clean, str_of(text));
    return clean.len ? value_text_str(b->arena, strbuf_str(&clean)) : NULL;
}

/* A block without the line ends at its end: templates write those. */
struct value *data_block(struct data_builder *b, const struct strbuf *text)
{
    struct str block = strbuf_str(text);
    while (block.len && block.ptr[block.len - 1] == '\n')
        block.len--;
    return block.len ? value_text_str(b->arena, block) : NULL;
}

/* ---- language -------------------------------------------------------- */

const char *data_language(const struct render_issue *issue)
{
    return issue->language && *issue->language ? issue->language : "en";
}

void data_set_language(struct data_builder *b, struct value *object,
                       const char *language)
{
    bool is_rtl = capitals_is_right_to_left(language);
    value_set(object, "language", data_line(b, language));
    value_set_text(object, "dir", is_rtl ? "rtl" : "ltr");
    value_set_text(object, "align", is_rtl ? "right" : "left");
}

/* ---- documents ------------------------------------------------------- */

unsigned data_column(const struct data_builder *b)
{
    return theme_width(b->issue->theme, b->issue->theme_count) - THEME_MARGIN;
}

/* Takes an attribute that the document wrote first in the tag: `width="`. */
static unsigned take_length(struct str *html, struct str name)
{
    if (!str_starts(*html, name))
        return 0;
    struct str rest = str_from(*html, name.len);
    struct str text = str_cut(&rest, '"');
    *html = str_trim(rest);
    return image_pixels(text);
}

/* Outlook's Word engine shows an image as large as it is, unless an attribute
 * says how wide; everybody else goes by the style: where the size is known,
 * an image is never larger than that, and no tower. */
static void add_image_widths(struct data_builder *b, struct str html,
                             struct strbuf *out)
{
    static const char image[] = "<img ";
    for (size_t at; (at = str_find_str(html, STR(image))) < html.len;) {
        at += strlen(image);
        strbuf_add(out, html.ptr, at);
        html = str_from(html, at);
        unsigned width = take_length(&html, STR("width=\""));
        unsigned height = take_length(&html, STR("height=\""));
        bool is_known = width > 0;
        image_fit(data_column(b), &width, &height);
        strbuf_add_format(out, "width=\"%u\" ", width);
        if (is_known)
            strbuf_add_format(out, "style=\"width:%upx\" ", width);
    }
    strbuf_add_str(out, html);
}

/* The headings of a whole text keep their order, below the heading that it
 * comes to stand under. */
void data_add_body(struct data_builder *b, const struct document *document,
                   unsigned level, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, lowered = STRBUF_INIT;
    document_to_html(document, &html);
    headings_lower(strbuf_str(&html), level, &lowered);
    add_image_widths(b, strbuf_str(&lowered), out);
}

/* All headings of a document take the one level that fits where it comes to
 * stand, so that the levels of the whole stay in order. */
static void add_html(struct data_builder *b, const struct document *document,
                     char level, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    size_t from = out->len;
    document_to_html(document, &html);
    add_image_widths(b, strbuf_str(&html), out);
    for (char *c = out->ptr + from; out->len > from && *c; c++) {
        char *h = c[0] == '<' && c[1] == '/' ? c + 2 : c + 1;
        if (c[0] == '<' && h[0] == 'h' && h[1] >= '1' && h[1] <= '6' &&
            h[2] == '>')
            h[1] = level;
    }
}

void data_set_text(struct data_builder *b, struct value *object,
                   const char *name, const struct document *document,
                   unsigned indent, struct text_links *links)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct text_options options = {.links = links, .indent = indent};
    if (b->fit->html_only)
        return;
    document_to_text(document, &options, &out);
    value_set(object, name, data_block(b, &out));
}

/* Sets NAME_html and NAME_text, the latter indented and its links numbered,
 * where there are `links`. */
void data_set_document(struct data_builder *b, struct value *object,
                       const char *name, const struct document *document,
                       char level, unsigned indent, struct text_links *links)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    if (document_is_empty(document))
        return;
    add_html(b, document, level, &out);
    value_set(object, arena_format(b->arena, "%s_html", name),
              data_block(b, &out));
    data_set_text(b, object, arena_format(b->arena, "%s_text", name), document,
                  indent, links);
}

/* The same of a text of the issue; NULL is none. */
bool data_set_issue_text(struct data_builder *b, struct value *object,
                         const char *name, const char *html, char level,
                         unsigned indent, struct text_links *links,
                         struct err *err)
{
    const struct document *document;
    if (!html || !*html)
        return true;
    if (!render_documents_read(b->fit->documents, html, &document, err))
        return false;
    data_set_document(b, object, name, document, level, indent, links);
    return true;
}

struct value *data_take_notes(struct data_builder *b)
{
    OWNED(strbuf_free) struct strbuf notes = STRBUF_INIT;
    text_links_flush(&b->links, &notes);
    return data_block(b, &notes);
}
