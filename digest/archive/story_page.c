/* A story's own page: the whole text of an article of an issue. */
#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "digest/archive/archive_internal.h"
#include "digest/articles/article_store.h"
#include "digest/base/clock.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "digest/base/zone.h"
#include "digest/delivery/build.h"
#include "digest/delivery/story_pages.h"
#include "digest/document/document.h"
#include "digest/document/headings.h"
#include "digest/document/images.h"
#include "digest/issues/issue_sources.h"
#include "digest/ledger/story.h"

/* The way from a story's page to the archive's top. */
#define TOP "../../../"

enum { DESCRIPTION_BYTES = 200, LEAD_WIDTH_MIN = 200 };

/* A story's page under way. */
struct story_page {
    struct archive_page page;
    struct newsletter newsletter;
    const struct issue *issue;
    const struct story_list *stories; /* all of the issue */
    const struct story *story;        /* this one, body included */
    const char *here;                 /* its absolute address; NULL: unknown */
    const char *top;                  /* the archive's; NULL: unknown */
    bool is_preview;
    bool is_changed; /* the article has another text since */
    struct correction_list corrections;
    struct value *data; /* {{story}} */
};

static void end_page(struct story_page *p)
{
    archive_page_end(&p->page);
}

static void set_text(struct story_page *p, const char *name, const char *text)
{
    if (text && *text)
        value_set_text(p->data, name, text);
}

/* "" where nobody knows it. */
static const char *time_text(struct arena *arena, int64_t at)
{
    char text[TIME_TEXT_SIZE];
    return !at ? "" : arena_copy(arena, time_rfc3339(at, text));
}

static const char *date_text(struct story_page *p, int64_t at)
{
    OWNED(strbuf_free) struct strbuf date = STRBUF_INIT;
    if (at)
        catalogue_add_date_in(p->page.words, p->newsletter.timezone, at, &date);
    return arena_copy_str(&p->page.arena, strbuf_str(&date));
}

/* ---- the text ---------------------------------------------------------- */

/* A table that is wider than the page scrolls by itself, also by keyboard. */
static void wrap_tables(struct str html, struct strbuf *out)
{
    static const char close[] = "</table>";
    for (size_t at; (at = str_find_str(html, STR("<table"))) < html.len;) {
        size_t end = str_find_str(html, STR(close));
        if (end == html.len)
            break;
        end += strlen(close);
        strbuf_add(out, html.ptr, at);
        strbuf_add_text(out, "<div class=\"wide\" tabindex=\"0\">");
        strbuf_add(out, html.ptr + at, end - at);
        strbuf_add_text(out, "</div>");
        html = str_from(html, end);
    }
    strbuf_add_str(out, html);
}

static const char *body_text(struct story_page *p, const char *html)
{
    OWNED(strbuf_free)
    struct strbuf lowered = STRBUF_INIT, wrapped = STRBUF_INIT,
                  body = STRBUF_INIT;
    headings_lower(str_of(html), 1, &lowered);
    wrap_tables(strbuf_str(&lowered), &wrapped);
    archive_picture_in(p->story, strbuf_str(&wrapped), TOP, &body);
    return arena_copy_str(&p->page.arena, strbuf_str(&body));
}

/* The summary in one line, for who sees the page in a list. */
static bool describe(struct story_page *p, const char **out, struct err *err)
{
    OWNED(document_release) struct document *document = NULL;
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT, line = STRBUF_INIT;
    if (!document_from_html(str_of(p->story->summary_html), NULL, &document,
                            err))
        return false;
    document_to_words(document, &words);
    utf8_clean_line(&line, strbuf_str(&words));
    size_t end = utf8_cut_length(strbuf_str(&line), DESCRIPTION_BYTES);
    if (end < line.len) {
        strbuf_cut(&line, end);
        strbuf_add_text(&line, "…");
    }
    *out = arena_copy_str(&p->page.arena, strbuf_str(&line));
    return true;
}

/* The picture's address for who doesn't come from this page; NULL: none. */
static const char *shared_picture(struct story_page *p)
{
    const struct story *s = p->story;
    if (*s->picture && p->top)
        return archive_picture(s, p->top, false, &p->page.arena);
    return *s->image_url ? s->image_url : NULL;
}

/* The picture above the text, unless it stands in the text as well or is too
 * small to lead. */
static void set_images(struct story_page *p)
{
    const struct story *s = p->story;
    struct arena *arena = &p->page.arena;
    const char *there = shared_picture(p), *here;
    const char *alt = *s->image_alt ? s->image_alt : s->title;
    if (there) {
        struct value *shared = value_object(arena);
        value_set_text(shared, "src", there);
        value_set_text(shared, "alt", alt);
        value_set(p->data, "image", shared);
    }
    here = archive_picture(s, TOP, false, arena);
    if (!here || image_stands_in(str_of(s->body_html), str_of(s->image_url)) ||
        (s->image_width && s->image_width < LEAD_WIDTH_MIN))
        return;
    struct value *image = value_object(arena);
    value_set_text(image, "src", here);
    value_set_text(image, "small", archive_picture(s, TOP, true, arena));
    value_set_text(image, "alt", alt);
    if (s->image_width && s->image_height) {
        value_set_number(image, "width", s->image_width);
        value_set_number(image, "height", s->image_height);
    }
    value_set(p->data, "lead_image", image);
}

/* ---- what it has become since ------------------------------------------ */

static bool is_same_text(const struct story *story, const struct article *now)
{
    return strcmp(story->body_html, now->body_html) == 0 &&
           strcmp(story->own_title, now->title) == 0;
}

/* Sets the later text of an article that has changed since: the page keeps what
 * was sent, says so, and has the later text below. */
static bool set_later(struct story_page *p, struct err *err)
{
    struct article now;
    struct arena *arena = &p->page.arena;
    if (p->is_preview || p->story->changed_at <= p->issue->started_at)
        return true;
    if (!article_get(p->page.conductor->db, p->story->article_id, arena, &now,
                     err))
        return err->kind == ERR_NOT_FOUND;
    if (!*now.body_html || is_same_text(p->story, &now))
        return true;
    p->is_changed = true;
    OWNED(strbuf_free) struct strbuf updated = STRBUF_INIT;
    const struct catalogue_fill fills[] = {
        {"date", str_of(date_text(p, p->story->changed_at))}};
    catalogue_add(p->page.words, "story_updated", fills, ARRAY_SIZE(fills),
                  &updated);
    set_text(p, "updated", arena_copy_str(arena, strbuf_str(&updated)));
    set_text(p, "modified", time_text(arena, p->story->changed_at));
    set_text(p, "later_title", now.title);
    set_text(p, "later_body", body_text(p, now.body_html));
    return true;
}

/* ---- what was wrong in it ---------------------------------------------- */

static bool find_corrections(struct story_page *p, struct err *err)
{
    return p->is_preview ||
           correction_find(p->page.conductor->db, p->story->article_id,
                           &p->page.arena, &p->corrections, err);
}

/* ---- for programs ------------------------------------------------------ */

static void put(json_t *object, const char *name, const char *text)
{
    if (text && *text)
        json_object_set_new(object, name, json_string(text));
}

static json_t *named(const char *type, const char *name)
{
    return json_pack("{s:s, s:s}", "@type", type, "name", name);
}

/* schema.org's CorrectionComment. */
static void add_correction(json_t *article, struct arena *arena,
                           const struct correction *c)
{
    json_t *list = json_object_get(article, "correction");
    if (!list) {
        list = json_array();
        json_object_set_new(article, "correction", list);
    }
    json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "@type",
                                          "CorrectionComment", "text", c->note,
                                          "datePublished",
                                          time_text(arena, c->made_at)));
}

/* schema.org's NewsArticle. Nothing in it may end the element that it stands
 * in, so that "<" is written as an escape (RFC 8259 §7). */
static const char *linked_data(struct story_page *p, const char *description)
{
    const struct story *s = p->story;
    const struct conf *conf = p->page.conductor->conf;
    struct arena *arena = &p->page.arena;
    const char *url = *s->url ? s->url : p->here;
    json_t *o = json_pack("{s:s, s:s}", "@context", "https://schema.org",
                          "@type", "NewsArticle");
    put(o, "headline", s->title);
    put(o, "datePublished", time_text(arena, s->published_at));
    if (p->is_changed)
        put(o, "dateModified", time_text(arena, s->changed_at));
    put(o, "description", description);
    put(o, "inLanguage", *s->language ? s->language : p->newsletter.language);
    put(o, "image", shared_picture(p));
    put(o, "url", url);
    put(o, "mainEntityOfPage", url);
    for (size_t i = 0; i < p->corrections.count; i++)
        add_correction(o, arena, &p->corrections.items[i]);
    if (*s->author)
        json_object_set_new(o, "author", named("Person", s->author));
    json_object_set_new(o, "publisher",
                        named("Organization", conf->site_name
                                                  ? conf->site_name
                                                  : p->newsletter.title));
    char *text = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(o);
    OWNED(strbuf_free) struct strbuf safe = STRBUF_INIT;
    for (const char *c = text ? text : "{}"; *c; c++)
        if (*c == '<' || *c == '>' || *c == '&')
            strbuf_add_format(&safe, "\\u%04x", (unsigned)(unsigned char)*c);
        else
            strbuf_add_char(&safe, *c);
    free(text);
    return arena_copy_str(arena, strbuf_str(&safe));
}

static const char *locale_text(struct arena *arena, const char *language)
{
    char *locale = arena_copy(arena, language);
    for (char *c = locale; *c; c++)
        *c = *c == '-' ? '_' : *c;
    return locale;
}

/* ---- the other stories ------------------------------------------------- */

/* Relative to this story's page; NULL: it can't be read anywhere. */
static const char *way_to(struct story_page *p, const struct story *s)
{
    if (!*s->name)
        return *s->url ? s->url : NULL;
    OWNED(strbuf_free) struct strbuf href = STRBUF_INIT;
    strbuf_add_text(&href, "../");
    url_encode(&href, str_of(s->name));
    strbuf_add_char(&href, '/');
    return arena_copy_str(&p->page.arena, strbuf_str(&href));
}

static struct value *other_value(struct story_page *p, const struct story *s)
{
    struct arena *arena = &p->page.arena;
    struct value *other = value_object(arena);
    value_set_text(other, "title", s->title);
    return value_set_text(other, "href", way_to(p, s));
}

/* Sets the other stories of the issue, and those on either side that have
 * pages. A preview has none: their links would need its token. */
static void set_others(struct story_page *p)
{
    struct arena *arena = &p->page.arena;
    struct value *list = value_list(arena);
    const struct story *previous = NULL, *next = NULL;
    size_t count = 0;
    for (size_t i = 0; !p->is_preview && i < p->stories->count; i++) {
        const struct story *s = &p->stories->items[i];
        if (s->article_id == p->story->article_id || s->unpublished_at ||
            !way_to(p, s))
            continue;
        value_append(list, other_value(p, s));
        count++;
        if (!*s->name)
            continue;
        if (s->position < p->story->position)
            previous = s;
        else if (!next)
            next = s;
    }
    value_set(p->page.data, "others", list);
    value_set_bool(p->page.data, "has_others", count > 0);
    if (previous)
        value_set(p->page.data, "previous", other_value(p, previous));
    if (next)
        value_set(p->page.data, "next", other_value(p, next));
}

/* ---- the page ---------------------------------------------------------- */

static void set_byline(struct story_page *p)
{
    const struct story *s = p->story;
    set_text(p, "title", s->title);
    set_text(p, "author", s->author);
    if (!issue_source_is_own(s->source, p->newsletter.title,
                             p->page.conductor->conf))
        set_text(p, "source", s->source);
    set_text(p, "published", time_text(&p->page.arena, s->published_at));
    set_text(p, "date", date_text(p, s->published_at));
    unsigned minutes = build_reading_minutes(s->word_count);
    if (minutes) {
        OWNED(strbuf_free) struct strbuf time = STRBUF_INIT;
        catalogue_add_count(p->page.words, "minutes", minutes, &time);
        set_text(p, "reading_time",
                 arena_copy_str(&p->page.arena, strbuf_str(&time)));
    }
}

static bool set_story(struct story_page *p, struct err *err)
{
    const struct story *s = p->story;
    struct arena *arena = &p->page.arena;
    const char *language = *s->language ? s->language : p->newsletter.language;
    const char *description = "";
    p->data = value_object(arena);
    if (!describe(p, &description, err) || !set_later(p, err) ||
        !find_corrections(p, err))
        return false;
    value_set(p->data, "corrections",
              archive_corrections(&p->page, &p->corrections, 0));
    archive_set_language(p->data, language);
    set_byline(p);
    set_images(p);
    set_text(p, "body", body_text(p, s->body_html));
    set_text(p, "url", s->url);
    set_text(p, "here", p->here);
    set_text(p, "canonical", *s->url ? s->url : p->here);
    set_text(p, "description", description);
    set_text(p, "locale", locale_text(arena, language));
    set_text(p, "linked_data", linked_data(p, description));
    value_set_bool(p->data, "is_preview", p->is_preview);
    value_set(p->page.data, "story", p->data);
    const char *site = p->page.conductor->conf->site_name;
    value_set_text(p->page.data, "site_title",
                   site ? site : p->newsletter.title);
    set_others(p);
    return true;
}

/* Opens the page of the newsletter that the issue is of. */
static bool begin_page(const struct conductor *c, const struct issue *issue,
                       struct arena *arena, struct story_page *p,
                       struct err *err)
{
    struct value *style, *object;
    p->issue = issue;
    if (!newsletter_get_by_id(c->db, issue->newsletter_id, arena,
                              &p->newsletter, err) ||
        !archive_page_open(c, &p->newsletter, &p->page, err) ||
        !archive_style(c, p->newsletter.theme, &p->page.arena, &style, err))
        return false;
    object = value_object(&p->page.arena);
    archive_set_issue(&p->page, issue, object);
    archive_set_logo(&p->page);
    value_set(p->page.data, "issue", object);
    value_set(p->page.data, "style", style);
    return true;
}

static bool apply(struct story_page *p, const char *template_name,
                  struct strbuf *out, struct err *err)
{
    return template_set_apply(p->page.conductor->templates, template_name,
                              p->page.data, EDGE_HTML, out, err);
}

static const char *address(const struct issue *issue, const char *url,
                           struct str name, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf here = STRBUF_INIT;
    if (!url)
        return NULL;
    strbuf_add_format(&here, "%s%s/%" PRId64 "/", url, issue->newsletter,
                      issue->number);
    url_encode(&here, name);
    strbuf_add_char(&here, '/');
    return arena_copy_str(arena, strbuf_str(&here));
}

bool archive_story(const struct conductor *c, const struct issue *issue,
                   struct str name, const char *url, struct strbuf *out,
                   bool *gone, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(end_page) struct story_page p = {0};
    struct story story;
    struct story_list stories;
    if (!story_get(c->db, issue->id, name, &arena, &story, err) ||
        !story_find(c->db, issue->id, false, &arena, &stories, err) ||
        !begin_page(c, issue, &arena, &p, err))
        return false;
    *gone = story.unpublished_at != 0;
    if (*gone) {
        value_set_text(p.page.data, "note",
                       *story.unpublished_note ? story.unpublished_note : NULL);
        return apply(&p, "archive/withdrawn.mustache", out, err);
    }
    p.story = &story;
    p.stories = &stories;
    p.here = address(issue, url, name, &arena);
    p.top = url;
    return set_story(&p, err) && apply(&p, "archive/story.mustache", out, err);
}

bool archive_story_preview(const struct conductor *c, const struct issue *issue,
                           struct str name, struct strbuf *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(end_page) struct story_page p = {.is_preview = true};
    struct issue_articles articles;
    if (!begin_page(c, issue, &arena, &p, err) ||
        !issue_get_articles(c->db, issue->id, &arena, &articles, err) ||
        !issue_name_pages(c->db, issue, &p.newsletter, &articles, &arena, err))
        return false;
    for (size_t i = 0; i < articles.count; i++) {
        const struct issue_article *item = &articles.items[i];
        if (!item->page || !str_equal(name, str_of(item->page)))
            continue;
        struct story story = story_of_item(issue, item, i);
        struct story_list none = {0};
        p.story = &story;
        p.stories = &none;
        return set_story(&p, err) &&
               apply(&p, "archive/story.mustache", out, err);
    }
    return err_set(err, ERR_NOT_FOUND, "this issue has no such story");
}
