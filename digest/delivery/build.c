#include "digest/delivery/build_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/encode.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/base/slot.h"
#include "digest/document/document.h"
#include "digest/document/images.h"
#include "digest/delivery/greeting.h"
#include "digest/issues/issue_sources.h"
#include "digest/delivery/story_pages.h"
#include "digest/newsletters/text_words.h"
#include "digest/base/zone.h"
#include "digest/media/picture.h"
#include "digest/renderer/theme.h"

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
    if (!words_new(build->templates, language, &voice->catalogue, err))
        return false;
    voice->words = texts_over(build->texts, language, voice->catalogue,
                              &build->voices->arena);
    struct str named = str_of(words_get(voice->words, "greeting_name"));
    size_t at = str_find_str(named, STR("{name}"));
    struct str before = {named.ptr, at};
    bool has_name = at < named.len;
    voice->greeting[0] = mem_copy(words_get(voice->words, "greeting"));
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
        words_release(&voice->catalogue);
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
    if (words_exist(build->templates, language))
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
/* Ours, where somebody serves it; else the article's own, if it has one. */
static const char *image_url(const struct build *build,
                             const struct issue_article *item,
                             struct arena *arena)
{
    const char *base = build->conf->base_url;
    if (item->picture && base)
        return arena_format(arena, "%s/i/%s", base, item->picture);
    return *item->article.image_url ? item->article.image_url : NULL;
}

/* For where it is shown small. */
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
        words_add_date_in(build->voice->words, build->newsletter->timezone,
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
    return is_first ? NULL : words_get(build->voice->words, "rest");
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

/* What an inbox shows behind the subject: the headlines after the lead. */
static const char *make_preheader(const struct issue_articles *articles,
                                  struct arena *arena)
{
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
    if (!*intro && build->texts)
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
    words_add_date_in(build->voice->words, build->newsletter->timezone,
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
                         : make_preheader(articles, &arena),
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
        .signup_url = conf->base_url
                          ? arena_format(&arena, "%s/s/%s", conf->base_url,
                                         build->newsletter->slug)
                          : NULL,
        .theme = theme,
        .theme_count = theme_count,
    };
    return render_issue_noted(&issue, build->templates, html, text, notes, err);
}

static bool has(struct str text, const char *what)
{
    return str_find_str(text, str_of(what)) < text.len;
}

static bool is_wordy(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           c >= 0x80;
}

/* The longest word of the address: a design may break its lines, and
 * escaping changes what stands between the words. */
static struct str longest_word(const char *text)
{
    struct str best = {text, 0};
    while (*text) {
        size_t length = 0;
        while (is_wordy((unsigned char)text[length]))
            length++;
        if (length > best.len)
            best = (struct str){text, length};
        text += length ? length : 1;
    }
    return best;
}

static bool check_part(const struct build *build, struct str part,
                       const char *name, struct err *err)
{
    static const char slot[] = {SLOT_OPEN, 'u', 'n', 's', 'u',        'b',
                                's',       'c', 'r', 'i', 'b',        'e',
                                '_',       'u', 'r', 'l', SLOT_CLOSE, '\0'};
    const char *postal = build->conf->postal_address;
    const char *lacks = NULL;
    if (!has(part, slot))
        lacks = "no link to unsubscribe ({{{slot.unsubscribe_url}}})";
    else if (postal && str_find_str(part, longest_word(postal)) == part.len)
        lacks = "no postal address ({{site.address_line}})";
    return !lacks ||
           err_set(err, ERR_INPUT,
                   "the design %s: its %s part has %s; it can't go out like "
                   "this",
                   build->newsletter->template_name, name, lacks);
}

/* What is paid for is labelled, whatever the design. */
static bool check_labels(const struct build *build, struct str part,
                         const char *name, struct err *err)
{
    struct str label = str_of(words_get(build->voice->words, "advertisement"));
    size_t wanted = 0, at;
    for (size_t i = 0; build->blocks && i < build->blocks->count; i++)
        wanted +=
            build->blocks->items[i].kind == BLOCK_SPONSOR &&
            block_speaks_to(&build->blocks->items[i], build->voice->language);
    while (wanted && (at = str_find_str(part, label)) < part.len) {
        part = str_from(part, at + label.len);
        wanted--;
    }
    return !wanted ||
           err_set(err, ERR_INPUT,
                   "the design \"%s\" doesn't label a sponsor's block as "
                   "\"%s\" in its %s part: it has to show {{label}} of each "
                   "block, as the designs that come with digest do",
                   build->newsletter->template_name, label.ptr, name);
}

bool build_check(const struct build *build, struct str html, struct str text,
                 struct err *err)
{
    return check_part(build, html, "HTML", err) &&
           check_part(build, text, "text", err) &&
           check_labels(build, html, "HTML", err) &&
           check_labels(build, text, "text", err);
}

static const char *domain_of(const char *address)
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
    const char *domain = domain_of(n->from_address);
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

void build_values_free(struct build_values *values)
{
    strbuf_free(&values->greeting);
    strbuf_free(&values->unsubscribe_url);
    strbuf_free(&values->unsubscribe_mailto);
    strbuf_free(&values->preferences_url);
    strbuf_free(&values->view_url);
    strbuf_free(&values->message_id);
    strbuf_free(&values->envelope);
}

static void write_link(const struct build *build, const char *path,
                       const struct token *token, bool inert,
                       struct strbuf *out)
{
    strbuf_cut(out, 0);
    if (!build->conf->base_url)
        return;
    strbuf_add_text(out, build->conf->base_url);
    strbuf_add_text(out, path);
    if (inert)
        strbuf_add_text(out, "preview");
    else
        token_write(build->keys, token, out);
}

/* Mail to this address with the token in its subject unsubscribes. */
static void write_mailto(const struct build *build, const struct token *token,
                         bool inert, struct strbuf *out)
{
    const char *address = build->conf->bounce_address
                              ? build->conf->bounce_address
                              : build->newsletter->from_address;
    strbuf_cut(out, 0);
    strbuf_add_text(out, "mailto:");
    for (const char *c = address; *c; c++)
        if (*c == '@')
            strbuf_add_char(out, '@');
        else
            url_encode(out, (struct str){c, 1});
    strbuf_add_text(out,
                    inert ? "?subject=preview" : "?subject=unsubscribe%20");
    if (!inert)
        token_write_local(build->keys, token, out);
}

/* The same for the same issue and reader, so that a repeat is known for one;
 * a copy for nobody in particular has one of its own each time. */
static void write_message_id(const struct build *build,
                             const unsigned char *key, struct strbuf *out)
{
    strbuf_cut(out, 0);
    if (key) {
        token_message_id(build->keys, build->issue->id, key, out);
    } else {
        char bytes[16];
        random_bytes(bytes, sizeof bytes);
        base32_encode(out, (struct str){bytes, sizeof bytes});
    }
    strbuf_add_format(out, ".%s.%" PRId64 "@%s", build->newsletter->slug,
                      build->issue->number,
                      domain_of(build->newsletter->from_address));
}

/* bounces+TOKEN@example.org where bounces are read, so that each comes back
 * with its reader's name on it; the sender's address elsewhere. */
static void write_envelope(const struct build *build, const struct token *token,
                           bool inert, struct strbuf *out)
{
    const char *bounces = build->conf->bounce_address;
    strbuf_cut(out, 0);
    if (!bounces || inert) {
        strbuf_add_text(out,
                        bounces ? bounces : build->newsletter->from_address);
        return;
    }
    const char *at = strrchr(bounces, '@');
    strbuf_add(out, bounces, (size_t)(at - bounces));
    strbuf_add_char(out, '+');
    token_write_local(build->keys, token, out);
    strbuf_add_text(out, at);
}

void build_fill(const struct build *build,
                const struct build_recipient *recipient, struct build_values *v)
{
    struct token token = {.newsletter_id = build->newsletter->id,
                          .issue_id = build->issue->id};
    bool inert = !recipient->key;
    if (!inert)
        memcpy(token.subscriber_key, recipient->key, SUBSCRIBER_KEY_SIZE);
    strbuf_cut(&v->greeting, 0);
    const struct build_voice *voice =
        recipient->voice ? recipient->voice : build->voice;
    strbuf_add_text(&v->greeting, voice->greeting[recipient->name.len ? 1 : 0]);
    strbuf_add_str(&v->greeting, recipient->name);
    if (recipient->name.len)
        strbuf_add_text(&v->greeting, voice->greeting[2]);
    token.purpose = TOKEN_UNSUBSCRIBE;
    write_mailto(build, &token, inert, &v->unsubscribe_mailto);
    write_link(build, "/u/", &token, inert, &v->unsubscribe_url);
    if (!v->unsubscribe_url.len)
        strbuf_add_str(&v->unsubscribe_url, strbuf_str(&v->unsubscribe_mailto));
    token.purpose = TOKEN_PREFERENCES;
    write_link(build, "/p/", &token, inert, &v->preferences_url);
    token.purpose = TOKEN_VIEW;
    write_link(build, "/v/", &token, inert, &v->view_url);
    token.purpose = TOKEN_RETURN_PATH;
    write_envelope(build, &token, inert, &v->envelope);
    write_message_id(build, recipient->key, &v->message_id);
    v->values[0] =
        (struct message_value){RENDER_SLOT_GREETING, strbuf_str(&v->greeting)};
    v->values[1] = (struct message_value){RENDER_SLOT_UNSUBSCRIBE,
                                          strbuf_str(&v->unsubscribe_url)};
    v->values[2] = (struct message_value){"unsubscribe_mailto",
                                          strbuf_str(&v->unsubscribe_mailto)};
    v->values[3] =
        (struct message_value){RENDER_SLOT_VIEW, strbuf_str(&v->view_url)};
    v->values[4] = (struct message_value){RENDER_SLOT_PREFERENCES,
                                          strbuf_str(&v->preferences_url)};
}

bool build_splice(const struct message *message,
                  const struct build_recipient *recipient,
                  const struct build_values *values, struct strbuf *out,
                  struct err *err)
{
    struct message_recipient to = {
        .address = recipient->email,
        .name = recipient->name,
        .message_id = strbuf_str(&values->message_id),
        .values = values->values,
        .value_count = ARRAY_SIZE(values->values),
    };
    return message_splice(message, &to, out, err);
}

static struct str value_of(const struct build_values *values, struct str slot)
{
    for (size_t i = 0; i < ARRAY_SIZE(values->values); i++)
        if (str_equal(slot, str_of(values->values[i].slot)))
            return values->values[i].value;
    return STR("");
}

void build_fill_text(struct str rendered, bool is_html,
                     const struct build_values *values, struct strbuf *out)
{
    while (rendered.len) {
        bool marked = str_find(rendered, SLOT_OPEN) < rendered.len;
        strbuf_add_str(out, str_cut(&rendered, SLOT_OPEN));
        if (!marked)
            return;
        struct str value = value_of(values, str_cut(&rendered, SLOT_CLOSE));
        if (is_html)
            html_escape(out, value);
        else
            strbuf_add_str(out, value);
    }
}
