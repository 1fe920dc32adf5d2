/* Turns a story into values of a template's data. */
#include "digest/renderer/data_builder_internal.h"

#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/images.h"
#include "digest/document/sentence.h"

enum {
    IMAGE_WIDTH_MIN = 200,
    THUMB_HEIGHT_MAX = 144,
    THUMB_WIDTH_MIN = 48,
    LINE_BYTES = 140
};

bool data_is_web_address(const char *url)
{
    struct str text = str_of(url ? url : "");
    return str_starts_nocase(text, STR("https://")) ||
           str_starts_nocase(text, STR("http://"));
}

/* The link and its number in the text. What isn't an address on the web
 * (javascript: and its like) is no link. */
static void set_url(struct data_builder *b, struct value *object,
                    const char *url)
{
    if (!data_is_web_address(url))
        return;
    struct value *value = data_line(b, url);
    value_set(object, "url", value);
    if (!b->fit->omits_note)
        value_set_number(object, "note",
                         text_links_add(&b->links, value->text));
}

/* Without words of its own it says what the story is: it leads there. Where
 * the height isn't known, no height is said. */
static struct value *image_value(struct data_builder *b,
                                 const struct render_story *story)
{
    unsigned width = story->image_width, height = story->image_height;
    image_fit(data_column(b), &width, &height);
    if (width < IMAGE_WIDTH_MIN)
        return NULL;
    struct value *image = value_object(b->arena);
    value_set(image, "src", data_line(b, story->image_url));
    const char *small = story->image_small_url;
    value_set(image, "small", data_line(b, small ? small : story->image_url));
    struct value *alt = data_line(b, story->image_alt);
    alt = alt ? alt : data_line(b, story->title);
    value_set(image, "alt", alt);
    value_set_bool(image, "is_linked", alt && data_is_web_address(story->url));
    value_set_number(image, "width", width);
    value_set_bool(image, "is_wide", width == data_column(b));
    if (height)
        value_set_number(image, "height", height);
    return image;
}

/* A small copy beside the words. What is smaller than that is no picture of
 * anything. */
static struct value *thumb_value(struct data_builder *b,
                                 const struct render_story *story)
{
    unsigned long width = THUMB_WIDTH, height = 0;
    if (story->image_width && story->image_width < width)
        width = story->image_width;
    if (story->image_width && story->image_height) {
        height = width * story->image_height / story->image_width;
        if (height > THUMB_HEIGHT_MAX) {
            width = width * THUMB_HEIGHT_MAX / height;
            height = THUMB_HEIGHT_MAX;
        }
    }
    if (width < THUMB_WIDTH_MIN)
        return NULL;
    struct value *thumb = value_object(b->arena);
    const char *small = story->image_small_url;
    value_set(thumb, "src", data_line(b, small ? small : story->image_url));
    struct value *alt = data_line(b, story->image_alt);
    value_set(thumb, "alt", alt ? alt : data_line(b, story->title));
    value_set_number(thumb, "width", (int64_t)width);
    if (height)
        value_set_number(thumb, "height", (int64_t)height);
    return thumb;
}

static void set_details(struct data_builder *b, struct value *object,
                        const struct render_story *story)
{
    struct value *author = data_line(b, story->author);
    struct value *source = data_line(b, story->source);
    unsigned minutes = story->reading_minutes;
    value_set(object, "author", author);
    value_set(object, "source", source);
    if (minutes) {
        OWNED(strbuf_free) struct strbuf time = STRBUF_INIT;
        catalogue_add_count(b->issue->words, "minutes", minutes, &time);
        value_set_number(object, "minutes", minutes);
        value_set(object, "reading_time", data_line(b, strbuf_text(&time)));
    }
    value_set(object, "date", data_line(b, story->date));
    value_set_bool(object, "follows", author || minutes);
    value_set_bool(object, "has_details", author || minutes || source);
}

/* The end of the sentences that fit into so many bytes: the first alone, or as
 * many as there are. 0 when the first is too long. */
static size_t sentences_end(struct str text, size_t bytes, bool first_alone)
{
    struct str rest = text, sentence;
    size_t end = 0;
    while (sentence_next(&rest, &sentence)) {
        size_t here = (size_t)(sentence.ptr + sentence.len - text.ptr);
        if (here > bytes)
            break;
        end = here;
        if (first_alone)
            break;
    }
    return end;
}

/* Whole sentences, or as many words as there is room for. */
static struct str cut_line(struct str text, size_t bytes, bool first_alone,
                           bool *is_cut)
{
    size_t end = sentences_end(text, bytes, first_alone);
    *is_cut = end == 0 && text.len > bytes;
    if (!*is_cut)
        return str_trim((struct str){text.ptr, end ? end : text.len});
    size_t word = end = utf8_cut_length(text, bytes);
    while (word > bytes / 2 && text.ptr[word] != ' ')
        word--;
    return str_trim((struct str){text.ptr, word > bytes / 2 ? word : end});
}

static bool set_lines(struct data_builder *b, struct value *object,
                      const char *html, struct strbuf *out, struct err *err)
{
    size_t bytes = b->fit->summary_bytes;
    const struct document *document;
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT, line = STRBUF_INIT;
    if (!html || !*html)
        return true;
    if (!render_documents_read(b->fit->documents, html, &document, err))
        return false;
    document_to_words(document, &words);
    utf8_clean_line(&line, strbuf_str(&words));
    bool is_cut;
    struct str first = cut_line(strbuf_str(&line), LINE_BYTES, true, &is_cut);
    value_set(object, "summary_line",
              data_line(b, arena_format(b->arena, "%.*s%s", STR_ARG(first),
                                        is_cut ? "…" : "")));
    if (!bytes || line.len <= bytes)
        return true;
    strbuf_add_str(out, cut_line(strbuf_str(&line), bytes, false, &is_cut));
    strbuf_add_text(out, is_cut ? "…" : "");
    return true;
}

/* The summary, or where room is short its beginning. */
static bool set_summary(struct data_builder *b, struct value *object,
                        const char *html, char level, struct err *err)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT, brief = STRBUF_INIT;
    OWNED(document_release) struct document *document = NULL;
    struct text_links *links = b->fit->omits_summary ? NULL : &b->links;
    if (!set_lines(b, object, html, &line, err))
        return false;
    if (!line.len)
        return data_set_issue_text(b, object, "summary", html, level,
                                   SUMMARY_INDENT, links, err);
    strbuf_add_text(&brief, "<p>");
    html_escape(&brief, strbuf_str(&line));
    strbuf_add_text(&brief, "</p>");
    if (!document_from_html(strbuf_str(&brief), NULL, &document, err))
        return false;
    data_set_document(b, object, "summary", document, level, SUMMARY_INDENT,
                      links);
    return true;
}

bool render_may_shorten(const struct render_story *story)
{
    return story->show == RENDER_FULL && story->body_html &&
           !story->is_only_here && data_is_web_address(story->url);
}

static bool is_whole(struct data_builder *b, const struct render_story *story)
{
    if (!render_may_shorten(story))
        return story->show == RENDER_FULL && story->body_html;
    if (!b->full)
        return false;
    b->full--;
    return true;
}

/* The whole text, its headings below the story's own. */
static bool set_body(struct data_builder *b, struct value *object,
                     const char *html, unsigned level, struct err *err)
{
    const struct document *document;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    if (!render_documents_read(b->fit->documents, html, &document, err))
        return false;
    data_add_body(b, document, level, &out);
    value_set(object, "body_html", data_block(b, &out));
    data_set_text(b, object, "body_text", document, SUMMARY_INDENT, &b->links);
    return true;
}

/* The text as it is to be shown, and what its link says. */
static bool set_words(struct data_builder *b, struct value *object,
                      const struct render_story *story, unsigned level,
                      struct err *err)
{
    const struct catalogue *words = b->issue->words;
    bool whole = !b->fit->omits_body && is_whole(b, story);
    bool cut = !whole && render_may_shorten(story);
    value_set_bool(object, "is_whole", whole);
    value_set_bool(object, "is_cut", cut);
    value_set(object, "read_on",
              whole ? NULL
                    : data_line(b, catalogue_get(words, cut ? "continue"
                                                            : "read_on")));
    if (whole)
        return set_body(b, object, story->body_html, level, err);
    return story->show == RENDER_HEADLINE ||
           set_summary(b, object, story->summary_html, (char)('1' + level),
                       err);
}

/* A picture that stands in the text as well isn't shown twice. */
static bool has_image(const struct render_story *story, bool whole)
{
    return data_is_web_address(story->image_url) &&
           !(whole && image_stands_in(str_of(story->body_html),
                                      str_of(story->image_url)));
}

static void set_images(struct data_builder *b, struct value *object,
                       const struct render_story *story)
{
    value_set(object, "image", image_value(b, story));
    value_set(object, "thumb", thumb_value(b, story));
}

struct value *data_story(struct data_builder *b,
                         const struct render_story *story,
                         bool has_section_title, struct err *err)
{
    struct value *object = value_object(b->arena);
    value_set(object, "title", data_line(b, story->title));
    set_url(b, object, story->url);
    value_set_text(object, "heading", has_section_title ? "h3" : "h2");
    value_set_bool(object, "is_lead", b->stories_shown == 0);
    value_set_bool(object, "is_second", b->stories_shown == 1);
    set_details(b, object, story);
    if (story->language && *story->language) {
        value_set_bool(object, "is_foreign", true);
        data_set_language(b, object, story->language);
    }
    if (!set_words(b, object, story, has_section_title ? 3 : 2, err)) {
        err_context(err, "%s of \"%.80s\"",
                    story->show == RENDER_FULL ? "text" : "summary",
                    story->title ? story->title : "");
        return NULL;
    }
    if (has_image(story, value_is_true(value_find(object, STR("is_whole")))))
        set_images(b, object, story);
    return object;
}
