#include "digest/renderer/render_data.h"

#include <stdlib.h>

#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/headings.h"
#include "digest/document/images.h"
#include "digest/document/sentence.h"
#include "digest/document/text.h"
#include "digest/renderer/capitals.h"
#include "digest/renderer/theme.h"
#include "digest/renderer/value_tree.h"

enum {
    IMAGE_WIDTH_MIN = 200,
    SUMMARY_INDENT = 2,
    THUMB_WIDTH = 96,
    THUMB_MARGIN = 16,
    THUMB_HEIGHT_MAX = 144,
    THUMB_WIDTH_MIN = 48,
    CONTENTS_FROM = 9, /* stories: fewer are seen at once */
    CONTENTS_MOST = 12,
    LINE_BYTES = 140
};

struct builder {
    const struct render_issue *issue;
    const struct render_fit *fit;
    struct arena *arena;
    struct text_links links;
    bool *placed; /* blocks that stand somewhere already */
    size_t stories_shown;
    size_t full; /* of the stories that may be shortened, still to be whole */
    struct value *contents; /* every headline that is shown */
    unsigned long minutes;  /* to read them all */
};

static struct value *line_value(struct builder *b, const char *text)
{
    if (!text)
        return NULL;
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean_line(&clean, str_of(text));
    return clean.len ? value_text_str(b->arena, strbuf_str(&clean)) : NULL;
}

/* Without the line ends at its end: templates write those. */
static struct value *block_value(struct builder *b, const struct strbuf *text)
{
    struct str block = strbuf_str(text);
    while (block.len && block.ptr[block.len - 1] == '\n')
        block.len--;
    return block.len ? value_text_str(b->arena, block) : NULL;
}

/* ---- language -------------------------------------------------------- */

static const char *issue_language(const struct render_issue *issue)
{
    return issue->language && *issue->language ? issue->language : "en";
}

static void set_language(struct builder *b, struct value *object,
                         const char *language)
{
    bool is_rtl = capitals_is_right_to_left(language);
    value_set(object, "language", line_value(b, language));
    value_set(object, "dir", value_text(b->arena, is_rtl ? "rtl" : "ltr"));
    value_set(object, "align", value_text(b->arena, is_rtl ? "right" : "left"));
}

/* ---- documents ------------------------------------------------------- */

static unsigned column_of(const struct builder *b)
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
static void add_image_widths(struct builder *b, struct str html,
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
        image_fit(column_of(b), &width, &height);
        strbuf_add_format(out, "width=\"%u\" ", width);
        if (is_known)
            strbuf_add_format(out, "style=\"width:%upx\" ", width);
    }
    strbuf_add_str(out, html);
}

/* The headings of a whole text keep their order, below the heading that it
 * comes to stand under. */
static void add_body_html(struct builder *b, const struct document *document,
                          unsigned level, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, lowered = STRBUF_INIT;
    document_to_html(document, &html);
    headings_lower(strbuf_str(&html), level, &lowered);
    add_image_widths(b, strbuf_str(&lowered), out);
}

/* All headings of a document take the one level that fits where it comes to
 * stand, so that the levels of the whole stay in order. */
static void add_html(struct builder *b, const struct document *document,
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

static void set_text(struct builder *b, struct value *object, const char *name,
                     const struct document *document, unsigned indent,
                     struct text_links *links)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct text_options options = {.links = links, .indent = indent};
    if (b->fit->html_only)
        return;
    document_to_text(document, &options, &out);
    value_set(object, name, block_value(b, &out));
}

/* Sets NAME_html and NAME_text, the latter indented and its links numbered,
 * where there are `links`. */
static void set_document(struct builder *b, struct value *object,
                         const char *name, const struct document *document,
                         char level, unsigned indent, struct text_links *links)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    if (document_is_empty(document))
        return;
    add_html(b, document, level, &out);
    value_set(object, arena_format(b->arena, "%s_html", name),
              block_value(b, &out));
    set_text(b, object, arena_format(b->arena, "%s_text", name), document,
             indent, links);
}

/* The same of a text of the issue; NULL is none. */
static bool set_issue_text(struct builder *b, struct value *object,
                           const char *name, const char *html, char level,
                           unsigned indent, struct text_links *links,
                           struct err *err)
{
    const struct document *document;
    if (!html || !*html)
        return true;
    if (!render_documents_read(b->fit->documents, html, &document, err))
        return false;
    set_document(b, object, name, document, level, indent, links);
    return true;
}

static struct value *take_notes(struct builder *b)
{
    OWNED(strbuf_free) struct strbuf notes = STRBUF_INIT;
    text_links_flush(&b->links, &notes);
    return block_value(b, &notes);
}

/* ---- stories --------------------------------------------------------- */

static bool is_web_address(const char *url)
{
    struct str text = str_of(url ? url : "");
    return str_starts_nocase(text, STR("https://")) ||
           str_starts_nocase(text, STR("http://"));
}

/* The link and its number in the text. What isn't an address on the web
 * (javascript: and its like) is no link. */
static void set_url(struct builder *b, struct value *object, const char *url)
{
    if (!is_web_address(url))
        return;
    struct value *value = line_value(b, url);
    value_set(object, "url", value);
    if (!b->fit->omits_note)
        value_set(
            object, "note",
            value_number(b->arena, text_links_add(&b->links, value->text)));
}

/* Without words of its own it says what the story is: it leads there. Where
 * the height isn't known, no height is said. */
static struct value *image_value(struct builder *b,
                                 const struct render_story *story)
{
    unsigned width = story->image_width, height = story->image_height;
    image_fit(column_of(b), &width, &height);
    if (width < IMAGE_WIDTH_MIN)
        return NULL;
    struct value *image = value_object(b->arena);
    value_set(image, "src", line_value(b, story->image_url));
    const char *small = story->image_small_url;
    value_set(image, "small", line_value(b, small ? small : story->image_url));
    struct value *alt = line_value(b, story->image_alt);
    alt = alt ? alt : line_value(b, story->title);
    value_set(image, "alt", alt);
    value_set(image, "is_linked",
              value_bool(b->arena, alt && is_web_address(story->url)));
    value_set(image, "width", value_number(b->arena, width));
    value_set(image, "is_wide", value_bool(b->arena, width == column_of(b)));
    if (height)
        value_set(image, "height", value_number(b->arena, height));
    return image;
}

/* A small copy beside the words. What is smaller than that is no picture of
 * anything. */
static struct value *thumb_value(struct builder *b,
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
    value_set(thumb, "src", line_value(b, small ? small : story->image_url));
    struct value *alt = line_value(b, story->image_alt);
    value_set(thumb, "alt", alt ? alt : line_value(b, story->title));
    value_set(thumb, "width", value_number(b->arena, (int64_t)width));
    if (height)
        value_set(thumb, "height", value_number(b->arena, (int64_t)height));
    return thumb;
}

static void set_details(struct builder *b, struct value *object,
                        const struct render_story *story)
{
    struct value *author = line_value(b, story->author);
    struct value *source = line_value(b, story->source);
    unsigned minutes = story->reading_minutes;
    value_set(object, "author", author);
    value_set(object, "source", source);
    if (minutes) {
        OWNED(strbuf_free) struct strbuf time = STRBUF_INIT;
        words_add_count(b->issue->words, "minutes", minutes, &time);
        value_set(object, "minutes", value_number(b->arena, minutes));
        value_set(object, "reading_time", line_value(b, strbuf_text(&time)));
    }
    value_set(object, "date", line_value(b, story->date));
    value_set(object, "follows", value_bool(b->arena, author || minutes));
    value_set(object, "has_details",
              value_bool(b->arena, author || minutes || source));
}

/* Where the sentences end that fit into so many bytes: the first alone, or
 * as many as there are. 0 when the first is too long. */
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

static bool set_lines(struct builder *b, struct value *object, const char *html,
                      struct strbuf *out, struct err *err)
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
              line_value(b, arena_format(b->arena, "%.*s%s", STR_ARG(first),
                                         is_cut ? "…" : "")));
    if (!bytes || line.len <= bytes)
        return true;
    strbuf_add_str(out, cut_line(strbuf_str(&line), bytes, false, &is_cut));
    strbuf_add_text(out, is_cut ? "…" : "");
    return true;
}

/* The summary, or where room is short its beginning. */
static bool set_summary(struct builder *b, struct value *object,
                        const char *html, char level, struct err *err)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT, brief = STRBUF_INIT;
    OWNED(document_release) struct document *document = NULL;
    struct text_links *links = b->fit->omits_summary ? NULL : &b->links;
    if (!set_lines(b, object, html, &line, err))
        return false;
    if (!line.len)
        return set_issue_text(b, object, "summary", html, level, SUMMARY_INDENT,
                              links, err);
    strbuf_add_text(&brief, "<p>");
    html_escape(&brief, strbuf_str(&line));
    strbuf_add_text(&brief, "</p>");
    if (!document_from_html(strbuf_str(&brief), NULL, &document, err))
        return false;
    set_document(b, object, "summary", document, level, SUMMARY_INDENT, links);
    return true;
}

bool render_may_shorten(const struct render_story *story)
{
    return story->show == RENDER_FULL && story->body_html &&
           !story->is_only_here && is_web_address(story->url);
}

static bool is_whole(struct builder *b, const struct render_story *story)
{
    if (!render_may_shorten(story))
        return story->show == RENDER_FULL && story->body_html;
    if (!b->full)
        return false;
    b->full--;
    return true;
}

/* The whole text, its headings below the story's own. */
static bool set_body(struct builder *b, struct value *object, const char *html,
                     unsigned level, struct err *err)
{
    const struct document *document;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    if (!render_documents_read(b->fit->documents, html, &document, err))
        return false;
    add_body_html(b, document, level, &out);
    value_set(object, "body_html", block_value(b, &out));
    set_text(b, object, "body_text", document, SUMMARY_INDENT, &b->links);
    return true;
}

/* The text as it is to be shown, and what its link says. */
static bool set_words(struct builder *b, struct value *object,
                      const struct render_story *story, unsigned level,
                      struct err *err)
{
    const struct words *words = b->issue->words;
    bool whole = !b->fit->omits_body && is_whole(b, story);
    bool cut = !whole && render_may_shorten(story);
    value_set(object, "is_whole", value_bool(b->arena, whole));
    value_set(object, "is_cut", value_bool(b->arena, cut));
    value_set(
        object, "read_on",
        whole ? NULL
              : line_value(b, words_get(words, cut ? "continue" : "read_on")));
    if (whole)
        return set_body(b, object, story->body_html, level, err);
    return story->show == RENDER_HEADLINE ||
           set_summary(b, object, story->summary_html, (char)('1' + level),
                       err);
}

/* A picture that stands in the text as well isn't shown twice. */
static bool has_image(const struct render_story *story, bool whole)
{
    return is_web_address(story->image_url) &&
           !(whole && image_stands_in(str_of(story->body_html),
                                      str_of(story->image_url)));
}

static void set_images(struct builder *b, struct value *object,
                       const struct render_story *story)
{
    value_set(object, "image", image_value(b, story));
    value_set(object, "thumb", thumb_value(b, story));
}

static struct value *story_value(struct builder *b,
                                 const struct render_story *story,
                                 bool has_section_title, struct err *err)
{
    struct value *object = value_object(b->arena);
    value_set(object, "title", line_value(b, story->title));
    set_url(b, object, story->url);
    value_set(object, "heading",
              value_text(b->arena, has_section_title ? "h3" : "h2"));
    value_set(object, "is_lead", value_bool(b->arena, b->stories_shown == 0));
    value_set(object, "is_second", value_bool(b->arena, b->stories_shown == 1));
    set_details(b, object, story);
    if (story->language && *story->language) {
        value_set(object, "is_foreign", value_bool(b->arena, true));
        set_language(b, object, story->language);
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

/* ---- blocks ---------------------------------------------------------- */

static struct value *block_object(struct builder *b,
                                  const struct render_block *block,
                                  struct err *err)
{
    struct value *object = value_object(b->arena);
    value_set(object, "kind", line_value(b, block->kind));
    if (block->is_advertisement)
        value_set(object, "label",
                  line_value(b, words_get(b->issue->words, "advertisement")));
    if (!set_issue_text(b, object, "block", block->html, '3', 0, &b->links,
                        err)) {
        err_context(err, "block");
        return NULL;
    }
    return object;
}

/* Sets the blocks of a place, and at the bottom all that found none. */
static bool set_blocks(struct builder *b, struct value *object,
                       const char *name, enum render_place place, size_t index,
                       struct err *err)
{
    struct value *list = value_list(b->arena);
    bool any = false;
    for (size_t i = 0; i < b->issue->block_count; i++) {
        const struct render_block *block = &b->issue->blocks[i];
        bool here = block->place == place && block->index == index;
        if (b->placed[i] || !(here || place == RENDER_BOTTOM))
            continue;
        struct value *item = block_object(b, block, err);
        if (!item)
            return false;
        value_append(list, item);
        b->placed[i] = any = true;
    }
    value_set(object, name, any ? list : NULL);
    return true;
}

static void note_shown(struct builder *b, const struct render_story *story)
{
    struct value *entry = value_object(b->arena);
    b->minutes += story->reading_minutes;
    if (b->stories_shown >= CONTENTS_MOST)
        return;
    value_set(entry, "title", line_value(b, story->title));
    if (is_web_address(story->url))
        value_set(entry, "url", line_value(b, story->url));
    value_append(b->contents, entry);
}

/* "12 stories · 34 min", and a list of what stands below where that isn't seen
 * at once. */
static void set_overview(struct builder *b, struct value *root)
{
    OWNED(strbuf_free) struct strbuf totals = STRBUF_INIT;
    const struct words *words = b->issue->words;
    if (!b->stories_shown)
        return;
    words_add_count(words, "stories", (int64_t)b->stories_shown, &totals);
    if (b->minutes) {
        strbuf_add_text(&totals, " · ");
        words_add_count(words, "minutes", (int64_t)b->minutes, &totals);
    }
    value_set(root, "totals", line_value(b, strbuf_text(&totals)));
    value_set(root, "contents", b->contents);
    value_set(root, "has_contents",
              value_bool(b->arena, b->stories_shown >= CONTENTS_FROM &&
                                       !b->fit->omits_contents));
}

static struct value *section_value(struct builder *b,
                                   const struct render_section *section,
                                   size_t kept, struct err *err)
{
    struct value *object = value_object(b->arena);
    const char *language = issue_language(b->issue);
    struct value *title = line_value(b, section->title);
    if (title) {
        OWNED(strbuf_free) struct strbuf capitals = STRBUF_INIT;
        capitals_add(&capitals, str_of(section->title), language);
        value_set(object, "title", title);
        value_set(object, "title_capitals",
                  line_value(b, strbuf_text(&capitals)));
        value_set(object, "is_spaced",
                  value_bool(b->arena, capitals_may_be_spaced(language)));
    }
    struct value *stories = value_list(b->arena);
    for (size_t i = 0; i < kept; i++) {
        struct value *story =
            story_value(b, &section->stories[i], title != NULL, err);
        if (!story)
            return NULL;
        value_append(stories, story);
        note_shown(b, &section->stories[i]);
        if (!set_blocks(b, story, "story_blocks", RENDER_AFTER_STORY,
                        ++b->stories_shown, err))
            return NULL;
    }
    value_set(object, "stories", stories);
    if (!set_blocks(b, object, "section_blocks", RENDER_AFTER_SECTION,
                    (size_t)(section - b->issue->sections), err))
        return NULL;
    return value_set(object, "notes", take_notes(b));
}

static bool may_leave_out(const struct render_section *section, size_t kept)
{
    return kept && !section->stories[kept - 1].is_only_here;
}

/* How many stories of each section are shown: those left out come from the
 * end of the section that is longest, since there the least stand. */
static size_t *choose_kept(const struct builder *b)
{
    size_t count = b->issue->section_count;
    size_t *kept = ARENA_NEW_ARRAY(b->arena, size_t, count + 1);
    for (size_t i = 0; i < count; i++)
        kept[i] = b->issue->sections[i].story_count;
    for (size_t n = 0; n < b->fit->left_out; n++) {
        size_t longest = count;
        for (size_t i = 0; i < count; i++)
            if (may_leave_out(&b->issue->sections[i], kept[i]) &&
                (longest == count || kept[i] >= kept[longest]))
                longest = i;
        if (longest < count)
            kept[longest]--;
    }
    return kept;
}

static void set_more(struct builder *b, struct value *root)
{
    if (!b->fit->left_out)
        return;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    words_add_count(b->issue->words, "more_stories", (int64_t)b->fit->left_out,
                    &text);
    const struct render_issue *issue = b->issue;
    value_set(root, "more_stories", line_value(b, strbuf_text(&text)));
    value_set(root, "more_url",
              issue->has_view_link ? value_slot(b->arena, RENDER_SLOT_VIEW)
                                   : line_value(b, issue->site_url));
}

/* {{theme.NAME}}, the hyphens of names being underscores. */
static struct value *theme_value(struct builder *b)
{
    const struct render_issue *issue = b->issue;
    struct value *object = value_object(b->arena);
    value_set(object, "logo_width", value_number(b->arena, THEME_LOGO_WIDTH));
    value_set(object, "thumb_width",
              value_number(b->arena, THUMB_WIDTH + THUMB_MARGIN));
    value_set(object, "width", value_number(b->arena, THEME_WIDTH));
    for (size_t i = 0; i < issue->theme_count; i++) {
        char *name = arena_copy(b->arena, issue->theme[i].name);
        for (char *c = name; *c; c++)
            *c = *c == '-' ? '_' : *c;
        value_set(object, name, line_value(b, issue->theme[i].value));
    }
    return object;
}

static bool set_sections(struct builder *b, struct value *root, struct err *err)
{
    struct value *sections = value_list(b->arena);
    const size_t *kept = choose_kept(b);
    for (size_t i = 0; i < b->issue->section_count; i++) {
        if (kept[i] == 0)
            continue;
        struct value *section =
            section_value(b, &b->issue->sections[i], kept[i], err);
        if (!section)
            return false;
        value_append(sections, section);
    }
    value_set(root, "sections", sections);
    return true;
}

/* ---- the rest -------------------------------------------------------- */

static struct value *newsletter_value(struct builder *b)
{
    struct value *object = value_object(b->arena);
    value_set(object, "title", line_value(b, b->issue->newsletter_title));
    return value_set(object, "slug", line_value(b, b->issue->newsletter_slug));
}

static struct value *issue_value(struct builder *b)
{
    struct value *object = value_object(b->arena);
    set_language(b, object, issue_language(b->issue));
    value_set(object, "number", value_number(b->arena, b->issue->number));
    return value_set(object, "date", line_value(b, b->issue->date));
}

/* The address, as lines and as one. */
static void set_address(struct builder *b, struct value *object,
                        const char *address)
{
    struct value *lines = value_list(b->arena);
    OWNED(strbuf_free) struct strbuf joined = STRBUF_INIT;
    struct str rest = str_of(address ? address : ""), line;
    while (str_next_line(&rest, &line)) {
        line = str_trim(line);
        if (line.len == 0)
            continue;
        value_append(lines, value_text_str(b->arena, line));
        strbuf_add_format(&joined, "%s%.*s", joined.len ? ", " : "",
                          STR_ARG(line));
    }
    value_set(object, "address", lines);
    value_set(object, "address_line", line_value(b, strbuf_text(&joined)));
    value_set(object, "has_address", value_bool(b->arena, joined.len > 0));
}

static struct value *site_value(struct builder *b)
{
    struct value *object = value_object(b->arena);
    const char *url = b->issue->site_url;
    value_set(object, "name", line_value(b, b->issue->site_name));
    value_set(object, "url", line_value(b, url));
    value_set(object, "label",
              line_value(b, b->issue->site_name ? b->issue->site_name : url));
    set_address(b, object, b->issue->postal_address);
    return object;
}

/* Every text of the catalogue, filled in. */
static struct value *words_value(struct builder *b)
{
    const struct render_issue *issue = b->issue;
    OWNED(strbuf_free) struct strbuf number = STRBUF_INIT;
    words_add_number(issue->words, issue->number, &number);
    const struct words_fill fills[] = {
        {"number", strbuf_str(&number)},
        {"newsletter", str_of(issue->newsletter_title)},
        {"site", str_of(issue->site_name)},
        {"date", str_of(issue->date)},
    };
    struct value *object = value_object(b->arena);
    size_t index = 0;
    const char *name;
    while ((name = words_next(issue->words, NULL, &index))) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        const char *from = name;
        if (strcmp(name, "why") == 0 && issue->site_name && *issue->site_name)
            from = "why_site";
        words_add(issue->words, from, fills, ARRAY_SIZE(fills), &text);
        value_set(object, arena_copy(b->arena, name),
                  line_value(b, strbuf_text(&text)));
    }
    return object;
}

static bool has_greeting(const struct render_issue *issue)
{
    return !issue->public_copy && !issue->omits_greeting;
}

static struct value *slot_value(struct builder *b)
{
    const struct render_issue *issue = b->issue;
    const struct {
        const char *name;
        bool there;
    } slots[] = {
        {RENDER_SLOT_GREETING, has_greeting(issue)},
        {RENDER_SLOT_UNSUBSCRIBE,
         !issue->public_copy && issue->has_unsubscribe_link},
        {RENDER_SLOT_PREFERENCES,
         !issue->public_copy && issue->has_preferences_link},
        {RENDER_SLOT_VIEW, !issue->public_copy && issue->has_view_link},
        {RENDER_SLOT_ARCHIVE, issue->public_copy && issue->has_archive_link},
    };
    struct value *object = value_object(b->arena);
    for (size_t i = 0; i < ARRAY_SIZE(slots); i++)
        if (slots[i].there)
            value_set(object, slots[i].name,
                      value_slot(b->arena, slots[i].name));
    return object;
}

static bool set_all(struct builder *b, struct value *root, struct err *err)
{
    const struct render_issue *issue = b->issue;
    set_language(b, root, issue_language(issue));
    value_set(root, "newsletter", newsletter_value(b));
    value_set(root, "issue", issue_value(b));
    value_set(root, "site", site_value(b));
    value_set(root, "slot", slot_value(b));
    value_set(root, "words", words_value(b));
    value_set(root, "theme", theme_value(b));
    set_more(b, root);
    value_set(root, "subject",
              line_value(b, issue->subject ? issue->subject
                                           : issue->newsletter_title));
    value_set(root, "preheader", line_value(b, issue->preheader));
    value_set(root, "public_copy", value_bool(b->arena, issue->public_copy));
    bool more = issue->has_preferences_link || issue->has_view_link;
    bool personal = issue->has_unsubscribe_link || more;
    bool open = issue->has_archive_link || issue->signup_url;
    value_set(root, "signup_url",
              issue->public_copy ? line_value(b, issue->signup_url) : NULL);
    value_set(root, "site_follows", value_bool(b->arena, open));
    value_set(root, "links_follow", value_bool(b->arena, more));
    value_set(root, "has_links",
              value_bool(b->arena, issue->public_copy
                                       ? open || issue->site_url != NULL
                                       : personal));
    if (!set_issue_text(b, root, "intro", issue->intro_html, '2', 0, &b->links,
                        err))
        return err_context(err, "introduction");
    value_set(root, "intro_notes", take_notes(b));
    bool has_intro = value_is_true(value_find(root, STR("intro_html")));
    value_set(root, "has_opening",
              value_bool(b->arena, has_intro || has_greeting(issue)));
    if (!set_blocks(b, root, "blocks_top", RENDER_TOP, 0, err))
        return false;
    value_set(root, "top_notes", take_notes(b));
    if (!set_sections(b, root, err) ||
        !set_blocks(b, root, "blocks_bottom", RENDER_BOTTOM, 0, err))
        return false;
    value_set(root, "bottom_notes", take_notes(b));
    set_overview(b, root);
    return true;
}

static size_t count_to_shorten(const struct render_issue *issue)
{
    size_t count = 0;
    for (size_t i = 0; i < issue->section_count; i++)
        for (size_t k = 0; k < issue->sections[i].story_count; k++)
            count += render_may_shorten(&issue->sections[i].stories[k]);
    return count;
}

bool render_data(const struct render_issue *issue, const struct render_fit *fit,
                 struct arena *arena, struct value **out, struct err *err)
{
    struct builder builder = {
        .issue = issue,
        .fit = fit,
        .arena = arena,
        .links = {.first = 1},
        .contents = value_list(arena),
        .placed = ARENA_NEW_ARRAY(arena, bool, issue->block_count + 1),
        .full = count_to_shorten(issue) - fit->shortened};
    struct value *root = value_object(arena);
    bool good = set_all(&builder, root, err);
    text_links_free(&builder.links);
    if (good)
        *out = root;
    return good;
}
