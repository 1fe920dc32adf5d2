/* Builds one variant of an issue: renders it, and composes its message. */
#include "digest/delivery/build_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/delivery/greeting_internal.h"
#include "digest/delivery/story_pages.h"
#include "digest/document/document.h"
#include "digest/document/images.h"
#include "digest/issues/issue_sources.h"
#include "digest/media/picture.h"
#include "digest/newsletters/text_words.h"
#include "digest/renderer/theme.h"
#include "subscribers/tokens/links.h"

enum { WORDS_A_MINUTE = 220, PREHEADER_TITLES = 3 };

/* A language that was asked for, and the voice that it got. */
struct asked {
    char *language;
    const struct build_voice *voice;
};

struct build_voices {
    struct build_voice **items; /* the newsletter's first */
    size_t count, capacity;
    struct asked *asked;
    size_t asked_count, asked_capacity;
    struct arena arena; /* the publication's own words */
};

/* The greeting is cut at its {name} once, not for each recipient. */
static bool fill_voice(const struct build *build, const char *language,
                       struct build_voice *voice, struct err *err)
{
    voice->language = mem_copy(language);
    if (!catalogue_new(build->templates, language, &voice->catalogue, err))
        return false;
    voice->words = texts_over(build->texts, language, voice->catalogue,
                              &build->voices->arena);
    struct str named = str_of(catalogue_get(voice->words, "greeting_name"));
    size_t at = str_find_str(named, STR("{name}"));
    struct str before = {named.ptr, at};
    bool has_name = at < named.len;
    voice->greeting[0] = mem_copy(catalogue_get(voice->words, "greeting"));
    voice->greeting[1] = str_dup(before);
    voice->greeting[2] =
        str_dup(has_name ? str_from(named, at + strlen("{name}")) : STR(""));
    return has_name ||
           err_set(err, ERR_INPUT,
                   "messages/%.40s.yaml: greeting_name: \"%.200s\" has no "
                   "{name} in it",
                   language, named.ptr);
}

static bool add_voice(const struct build *build, const char *language,
                      const struct build_voice **out, struct err *err)
{
    struct build_voices *voices = build->voices;
    struct build_voice *voice = MEM_NEW(struct build_voice);
    MEM_PUSH(voices->items, voices->count, voices->capacity, voice);
    *out = voice;
    return fill_voice(build, language, voice, err);
}

bool build_begin(struct build *build, struct err *err)
{
    build->voices = MEM_NEW(struct build_voices);
    return add_voice(build, build->newsletter->language, &build->voice, err);
}

void build_end(struct build *build)
{
    struct build_voices *voices = build->voices;
    if (!voices)
        return;
    for (size_t i = 0; i < voices->count; i++) {
        struct build_voice *voice = voices->items[i];
        catalogue_release(&voice->catalogue);
        for (size_t k = 0; k < ARRAY_SIZE(voice->greeting); k++)
            free(voice->greeting[k]);
        free((char *)voice->language);
        free(voice);
    }
    for (size_t i = 0; i < voices->asked_count; i++)
        free(voices->asked[i].language);
    free(voices->items);
    free(voices->asked);
    arena_free(&voices->arena);
    free(voices);
    build->voices = NULL;
}

static const struct build_voice *voice_there(const struct build_voices *voices,
                                             const char *language)
{
    for (size_t i = 0; i < voices->count; i++)
        if (strcmp(voices->items[i]->language, language) == 0)
            return voices->items[i];
    for (size_t i = 0; i < voices->asked_count; i++)
        if (strcmp(voices->asked[i].language, language) == 0)
            return voices->asked[i].voice;
    return NULL;
}

bool build_voice(const struct build *build, const char *language,
                 const struct build_voice **out, struct err *err)
{
    struct build_voices *voices = build->voices;
    *out = *language ? voice_there(voices, language) : voices->items[0];
    if (*out)
        return true;
    if (catalogue_exists(build->templates, language))
        return add_voice(build, language, out, err);
    *out = voices->items[0];
    struct asked asked = {mem_copy(language), *out};
    MEM_PUSH(voices->asked, voices->asked_count, voices->asked_capacity, asked);
    return true;
}

unsigned build_reading_minutes(int64_t word_count)
{
    int64_t minutes = (word_count + WORDS_A_MINUTE / 2) / WORDS_A_MINUTE;
    return word_count ? (unsigned)(minutes ? minutes : 1) : 0;
}

/* A story's page in the archive; for a preview with a token that lets its
 * reader in. NULL: the story has none, or nobody serves it. */
static const char *page_url(const struct build *build,
                            const struct issue_article *item,
                            struct arena *arena)
{
    const char *base = build->conf->base_url;
    if (!item->page || !base)
        return NULL;
    OWNED(strbuf_free) struct strbuf url = STRBUF_INIT;
    strbuf_add_format(&url, "%s/archive/%s/%" PRId64 "/", base,
                      build->newsletter->slug, build->issue->number);
    url_encode(&url, str_of(item->page));
    strbuf_add_char(&url, '/');
    if (build->is_preview && !build->issue->started_at) {
        strbuf_add_text(&url, "?preview=");
        token_write_preview(build->keys, build->issue->id,
                            build->date + BUILD_PREVIEW_S, &url);
    }
    return arena_copy_str(arena, strbuf_str(&url));
}

static const enum render_show shows[] = {
    [STORY_SUMMARY] = RENDER_SUMMARY,
    [STORY_HEADLINE] = RENDER_HEADLINE,
    [STORY_FULL] = RENDER_FULL,
};
/* The image's address: our copy's, where somebody serves it; else the article's
 * own, if it has one. */
static const char *image_url(const struct build *build,
                             const struct issue_article *item,
                             struct arena *arena)
{
    const char *base = build->conf->base_url;
    if (item->picture && base)
        return arena_format(arena, "%s/i/%s", base, item->picture);
    return *item->article.image_url ? item->article.image_url : NULL;
}

/* The image's address for places where it is shown small. */
static const char *image_small_url(const struct build *build,
                                   const struct issue_article *item,
                                   struct arena *arena)
{
    const char *base = build->conf->base_url;
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
    if (!item->picture || !base)
        return NULL;
    picture_small_name(str_of(item->picture), item->article.image_width, &name);
    return arena_format(arena, "%s/i/%s", base, strbuf_text(&name));
}

static const char *body_html(const struct build *build,
                             const struct issue_article *item,
                             struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
    const struct article *a = &item->article;
    if (!item->picture || !build->conf->base_url)
        return a->body_html;
    image_swap(str_of(a->body_html), str_of(a->image_url),
               str_of(image_url(build, item, arena)), &body);
    return arena_copy_str(arena, strbuf_str(&body));
}

static void fill_story(const struct build *build,
                       const struct issue_article *item, struct arena *arena,
                       struct render_story *story)
{
    const struct article *a = &item->article;
    OWNED(strbuf_free) struct strbuf date = STRBUF_INIT;
    if (a->published_at)
        catalogue_add_date_in(build->voice->words, build->newsletter->timezone,
                              a->published_at, &date);
    const char *language =
        *a->language ? a->language : build->newsletter->language;
    bool foreign = strcmp(language, build->voice->language) != 0;
    bool is_own = item->source &&
                  issue_source_is_own(item->source, build->newsletter->title,
                                      build->conf);
    const char *page = page_url(build, item, arena), *why;
    const char *base = build->conf->base_url;
    enum story_show show = issue_story_shows(item, base, &why);
    *story = (struct render_story){
        .title = a->title,
        .url = page ? page : a->url,
        .author = *a->author ? a->author : NULL,
        .source = is_own ? NULL : item->source,
        .summary_html = *a->summary_html ? a->summary_html : NULL,
        .show = shows[show],
        .body_html = show == STORY_FULL ? body_html(build, item, arena) : NULL,
        .is_only_here = show == STORY_FULL && !page && !*a->url,
        .image_url = image_url(build, item, arena),
        .image_small_url = image_small_url(build, item, arena),
        .image_alt = a->image_alt,
        .image_width = a->image_width,
        .image_height = a->image_height,
        .reading_minutes = build_reading_minutes(a->word_count),
        .date = arena_copy_str(arena, strbuf_str(&date)),
        .language = foreign ? language : NULL,
    };
}

/* The rest has a name where something stands before it. */
static const char *section_title(const struct build *build, const char *heading,
                                 bool is_first)
{
    if (strcmp(heading, NEWSLETTER_REST_TITLE) != 0)
        return heading;
    return is_first ? NULL : catalogue_get(build->voice->words, "rest");
}

/* Articles come in reading order; a new heading begins a new section. */
static size_t fill_sections(const struct build *build,
                            const struct issue_articles *articles,
                            struct arena *arena,
                            struct render_section *sections,
                            const char **headings)
{
    struct render_story *stories =
        ARENA_NEW_ARRAY(arena, struct render_story, articles->count);
    size_t count = 0;
    for (size_t i = 0; i < articles->count; i++) {
        const struct issue_article *item = &articles->items[i];
        if (i == 0 || item->section != articles->items[i - 1].section) {
            headings[count] = item->heading;
            sections[count++] = (struct render_section){
                .title = section_title(build, item->heading, i == 0),
                .stories = &stories[i]};
        }
        fill_story(build, item, arena, &stories[i]);
        sections[count - 1].story_count++;
    }
    return count;
}

/* The preheader, which an inbox shows behind the subject: the headlines after
 * the lead, or the correction that it is about. */
static const char *make_preheader(const struct build *build,
                                  const struct issue_articles *articles,
                                  struct arena *arena)
{
    if (build->issue->correction_id && build->corrections->count)
        return build->corrections->items[0].note;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    size_t last = articles->count < PREHEADER_TITLES + 1 ? articles->count
                                                         : PREHEADER_TITLES + 1;
    for (size_t i = 1; i < last; i++)
        strbuf_add_format(&text, "%s%s", text.len ? " · " : "",
                          articles->items[i].article.title);
    return text.len ? arena_copy_str(arena, strbuf_str(&text)) : NULL;
}

/* An issue's own introduction speaks the newsletter's language, whatever the
 * reader's is; a standing one the reader's. */
static bool intro_html(const struct build *build, struct strbuf *out,
                       bool *greets, struct err *err)
{
    *greets = false;
    const char *intro = build->issue->intro;
    if (!*intro && build->texts && !build->issue->correction_id)
        intro =
            text_for(build->texts, build->voice->language, TEXT_INTRODUCTION);
    if (!intro || !*intro)
        return true;
    OWNED(document_release) struct document *document = NULL;
    if (!document_from_markdown(str_of(intro), build->conf->base_url, &document,
                                err))
        return err_context(err, "introduction of %s/%" PRId64,
                           build->issue->newsletter, build->issue->number);
    document_to_html(document, out);
    *greets = greeting_begins(document, *build->issue->intro
                                            ? build->voices->items[0]->words
                                            : build->voice->words);
    return true;
}

bool build_render(const struct build *build,
                  const struct issue_articles *articles, bool public_copy,
                  struct strbuf *html, struct strbuf *text,
                  struct render_notes *notes, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf intro = STRBUF_INIT, date = STRBUF_INIT;
    struct render_setting *theme;
    size_t theme_count;
    bool greets;
    if (!intro_html(build, &intro, &greets, err) ||
        !theme_parse(str_of(build->newsletter->theme), &arena, &theme,
                     &theme_count, err))
        return false;
    catalogue_add_date_in(build->voice->words, build->newsletter->timezone,
                          build->date, &date);
    struct render_section *sections =
        ARENA_NEW_ARRAY(&arena, struct render_section, articles->count);
    const char **headings =
        ARENA_NEW_ARRAY(&arena, const char *, articles->count);
    size_t section_count =
        fill_sections(build, articles, &arena, sections, headings);
    struct render_block *blocks;
    size_t block_count;
    if (!build_fill_blocks(build, strbuf_text(&date), headings, section_count,
                           &arena, &blocks, &block_count, err))
        return false;
    const struct conf *conf = build->conf;
    struct render_issue issue = {
        .template_name = build->newsletter->template_name,
        .newsletter_title = build->newsletter->title,
        .newsletter_slug = build->newsletter->slug,
        .number = build->issue->number,
        .date = strbuf_text(&date),
        .language = build->voice->language,
        .words = build->voice->words,
        .subject = build->issue->subject,
        .preheader = *build->issue->preheader
                         ? build->issue->preheader
                         : make_preheader(build, articles, &arena),
        .intro_html = intro.len ? strbuf_text(&intro) : NULL,
        .omits_greeting = build->newsletter->omits_greeting || greets,
        .sections = sections,
        .section_count = section_count,
        .blocks = blocks,
        .block_count = block_count,
        .site_name = conf->site_name,
        .site_url = conf_site(conf),
        .postal_address = conf->postal_address,
        .has_unsubscribe_link = !public_copy,
        .has_preferences_link = !public_copy && conf->base_url,
        .has_view_link = !public_copy && conf->base_url,
        .public_copy = public_copy,
        .has_archive_link = public_copy,
        .signup_url =
            conf->base_url
                ? arena_format(&arena, "%s%s%s", conf->base_url,
                               link_path(LINK_SIGN_UP), build->newsletter->slug)
                : NULL,
        .theme = theme,
        .theme_count = theme_count,
    };
    return render_issue_noted(&issue, build->templates, html, text, notes, err);
}

const char *build_domain(const char *address)
{
    const char *at = strrchr(address, '@');
    return at ? at + 1 : address;
}

/* A sender's identifier of 5 to 15 characters that never changes: letters
 * and digits of its domain. */
static void sender_id(const char *domain, char out[16])
{
    size_t n = 0;
    for (const char *c = domain; *c && n < 15; c++)
        if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9'))
            out[n++] = *c;
    while (n < 5)
        out[n++] = 'x';
    out[n] = '\0';
}

static bool is_https(const char *url)
{
    return url && str_starts(str_of(url), STR("https://"));
}

bool build_compose(const struct build *build, const char *html,
                   const char *text, struct message **out, struct err *err)
{
    const struct newsletter *n = build->newsletter;
    const char *domain = build_domain(n->from_address);
    char sender[16];
    sender_id(domain, sender);
    OWNED(mem_free)
    char *feedback = mem_format("%s-%" PRId64 ":%s:digest:%s", n->slug,
                                build->issue->number, n->slug, sender);
    const char *base = build->conf->base_url;
    OWNED(mem_free)
    char *archive =
        is_https(base) ? mem_format("%s/archive/%s/", base, n->slug) : NULL;
    struct message_spec spec = {
        .from_name = *n->from_name ? n->from_name : n->title,
        .from_address = n->from_address,
        .reply_to = *n->reply_to ? n->reply_to : NULL,
        .subject = build->issue->subject,
        .date = build->date,
        .html = html,
        .text = text,
        .list_label = n->slug,
        .list_domain = domain,
        .list_title = n->title,
        .list_archive = archive,
        .unsubscribe_https = is_https(base),
        .unsubscribe_mailto = true,
        .feedback_id = feedback,
        .auto_submitted = "auto-generated",
        .precedence_bulk = true,
    };
    return message_compose(&spec, out, err);
}
