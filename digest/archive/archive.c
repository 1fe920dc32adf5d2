/* Renders the archive's pages: an issue's, and the indexes. */
#include "digest/archive/archive.h"

#include <inttypes.h>

#include "digest/archive/archive_internal.h"
#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/delivery/build.h"
#include "digest/ledger/story.h"
#include "digest/renderer/capitals.h"
#include "digest/renderer/theme.h"
#include "subscribers/tokens/links.h"

/* Headlines of an issue, and the issues that show them: a year of weeks. Older
 * issues are a line, so that a long archive stays one page. */
enum { HEADLINES = 3, HEADLINED = 52 };

/* ---- what pages share ------------------------------------------------ */

/* Sorts issues by their start. They come by number, but a correction, or an
 * issue whose time was moved, may have started before one of a lower number. */
static void sort_by_start(struct issue_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        struct issue issue = list->items[i];
        size_t at = i;
        for (; at > 0 && list->items[at - 1].started_at < issue.started_at;
             at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = issue;
    }
}

static bool find_issues(struct archive_page *page, struct err *err)
{
    struct issue_list *list = &page->issues;
    if (!issue_find(page->conductor->db, page->newsletter->id, &page->arena,
                    list, err))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (issue_is_public(&list->items[i]))
            list->items[kept++] = list->items[i];
    list->count = kept;
    sort_by_start(list);
    return true;
}

static struct value *words_value(struct archive_page *page)
{
    struct arena *arena = &page->arena;
    struct value *object = value_object(arena);
    const struct catalogue_fill fills[] = {
        {"newsletter", str_of(page->newsletter->title)}};
    size_t index = 0;
    const char *name;
    while ((name = catalogue_next(page->words, NULL, &index))) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        catalogue_add(page->words, name, fills, ARRAY_SIZE(fills), &text);
        value_set_str(object, arena_copy(arena, name), strbuf_str(&text));
    }
    return object;
}

static struct value *site_value(struct archive_page *page)
{
    const struct conf *conf = page->conductor->conf;
    struct arena *arena = &page->arena;
    struct value *object = value_object(arena);
    value_set_text(object, "name", conf->site_name);
    return value_set_text(object, "url", conf->site_url);
}

void archive_set_language(struct value *object, const char *language)
{
    bool is_rtl = capitals_is_right_to_left(language);
    value_set_text(object, "language", language);
    value_set_text(object, "dir", is_rtl ? "rtl" : "ltr");
}

/* NULL: nobody serves it. */
static const char *signup_url(const struct conductor *c,
                              const struct newsletter *n, struct arena *arena)
{
    const char *base = c->conf->base_url;
    return base ? arena_format(arena, "%s%s%s", base, link_path(LINK_SIGN_UP),
                               n->slug)
                : NULL;
}

static void set_newsletter(struct archive_page *page)
{
    const struct newsletter *n = page->newsletter;
    struct arena *arena = &page->arena;
    struct value *data = page->data;
    archive_set_language(data, n->language);
    value_set_text(data, "title", n->title);
    value_set_text(data, "slug", n->slug);
    value_set(data, "site", site_value(page));
    value_set(data, "words", words_value(page));
    value_set_text(data, "signup_url", signup_url(page->conductor, n, arena));
}

bool archive_page_open(const struct conductor *c, const struct newsletter *n,
                       struct archive_page *out, struct err *err)
{
    *out = (struct archive_page){
        .conductor = c, .newsletter = n, .arena = ARENA_INIT};
    if (!catalogue_new(c->templates, n->language, &out->words, err))
        return false;
    out->data = value_object(&out->arena);
    set_newsletter(out);
    return true;
}

bool archive_page_begin(const struct conductor *c, const struct newsletter *n,
                        struct archive_page *out, struct err *err)
{
    return archive_page_open(c, n, out, err) && find_issues(out, err);
}

void archive_page_end(struct archive_page *page)
{
    catalogue_release(&page->words);
    arena_free(&page->arena);
}

const char *archive_subject(const struct archive_page *page,
                            const struct issue *issue)
{
    struct str subject = str_of(issue->subject);
    struct str title = str_of(page->newsletter->title);
    if (!str_starts(subject, title))
        return issue->subject;
    struct str rest = str_from(subject, title.len);
    if (!rest.len || rest.ptr[0] != ':')
        return issue->subject;
    rest = str_trim(str_from(rest, 1));
    return rest.len ? rest.ptr : issue->subject;
}

bool archive_style(const struct conductor *c, const char *theme,
                   struct arena *arena, struct value **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf themed = STRBUF_INIT;
    struct render_setting *settings;
    size_t count;
    struct str css;
    const char *origin;
    if (!theme_parse(str_of(theme), arena, &settings, &count, err) ||
        !template_set_source(c->templates, "archive/style.css", &css, &origin,
                             err))
        return false;
    theme_apply(settings, count, css, &themed);
    *out = value_text_str(arena, strbuf_str(&themed));
    return true;
}

struct value *archive_corrections(struct archive_page *page,
                                  const struct correction_list *list,
                                  int64_t article_id)
{
    struct arena *arena = &page->arena;
    struct value *out = value_list(arena);
    for (size_t i = 0; i < list->count; i++) {
        const struct correction *c = &list->items[i];
        OWNED(strbuf_free) struct strbuf label = STRBUF_INIT;
        struct value *item = value_object(arena);
        if (article_id && c->article_id != article_id)
            continue;
        build_correction_label(page->words, page->newsletter->timezone, c,
                               &label);
        value_set_str(item, "label", strbuf_str(&label));
        value_set_text(item, "note", c->note);
        value_append(out, item);
    }
    return out;
}

/* ---- the index of a newsletter --------------------------------------- */

/* The headlines after the first, which is mostly the subject. */
static bool add_headlines(struct archive_page *page, const struct issue *issue,
                          struct value *object, struct err *err)
{
    struct story_list stories;
    struct value *list = value_list(&page->arena);
    size_t count = 0;
    if (!story_find(page->conductor->db, issue->id, false, &page->arena,
                    &stories, err))
        return false;
    for (size_t i = 1; i < stories.count && count < HEADLINES; i++) {
        if (stories.items[i].unpublished_at)
            continue;
        value_append(list, value_text(&page->arena, stories.items[i].title));
        count++;
    }
    value_set(object, "headlines", list);
    value_set_bool(object, "has_headlines", count > 0);
    return true;
}

void archive_set_issue(struct archive_page *page, const struct issue *issue,
                       struct value *object)
{
    OWNED(strbuf_free)
    struct strbuf date = STRBUF_INIT, label = STRBUF_INIT, number = STRBUF_INIT;
    catalogue_add_number(page->words, issue->number, &number);
    const struct catalogue_fill fills[] = {{"number", strbuf_str(&number)}};
    catalogue_add(page->words, "issue", fills, ARRAY_SIZE(fills), &label);
    catalogue_add_date_in(
        page->words, page->newsletter->timezone,
        issue->started_at ? issue->started_at : issue->drafted_at, &date);
    value_set_number(object, "number", issue->number);
    value_set_str(object, "label", strbuf_str(&label));
    value_set_str(object, "date", strbuf_str(&date));
}

static struct value *issue_value(struct archive_page *page,
                                 const struct issue *issue, bool is_late,
                                 struct err *err)
{
    struct arena *arena = &page->arena;
    struct value *object = value_object(arena);
    archive_set_issue(page, issue, object);
    value_set_text(object, "subject", archive_subject(page, issue));
    return !is_late || add_headlines(page, issue, object, err) ? object : NULL;
}

/* Issues in groups of a year each. */
static bool set_years(struct archive_page *page, struct err *err)
{
    struct arena *arena = &page->arena;
    struct value *years = value_list(arena), *issues = NULL;
    int current = 0;
    for (size_t i = 0; i < page->issues.count; i++) {
        const struct issue *issue = &page->issues.items[i];
        struct zone_time at;
        zone_local(page->newsletter->timezone, issue->started_at, &at);
        if (!issues || at.year != current) {
            OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
            struct value *year = value_object(arena);
            catalogue_add_number(page->words, at.year, &name);
            value_set_str(year, "year", strbuf_str(&name));
            issues = value_list(arena);
            value_set(year, "issues", issues);
            value_append(years, year);
            current = at.year;
        }
        struct value *value = issue_value(page, issue, i < HEADLINED, err);
        if (!value)
            return false;
        value_append(issues, value);
    }
    value_set(page->data, "years", years);
    return true;
}

void archive_set_logo(struct archive_page *page)
{
    struct render_setting *settings;
    size_t count;
    struct err ignored; /* archive_style has read it before */
    if (theme_parse(str_of(page->newsletter->theme), &page->arena, &settings,
                    &count, &ignored)) {
        const char *logo = theme_get(settings, count, STR("logo"));
        const char *width = theme_get(settings, count, STR("logo-width"));
        value_set_text(page->data, "logo", logo);
        value_set(page->data, "logo_width",
                  width ? value_text(&page->arena, width)
                        : value_number(&page->arena, THEME_LOGO_WIDTH));
    }
}

bool archive_index(const struct conductor *c, const struct newsletter *n,
                   struct strbuf *out, struct err *err)
{
    OWNED(archive_page_end) struct archive_page page = {0};
    struct value *style;
    if (!archive_page_begin(c, n, &page, err) ||
        !archive_style(c, n->theme, &page.arena, &style, err) ||
        !set_years(&page, err))
        return false;
    archive_set_logo(&page);
    value_set(page.data, "style", style);
    return template_set_apply(c->templates, "archive/index.mustache", page.data,
                              EDGE_HTML, out, err);
}

/* ---- the newsletters ------------------------------------------------- */

static bool add_newsletter(const struct conductor *c,
                           const struct newsletter *n, struct arena *arena,
                           struct value *list, struct err *err)
{
    OWNED(archive_page_end) struct archive_page page = {0};
    if (!archive_page_begin(c, n, &page, err))
        return false;
    const struct issue *last = page.issues.count ? page.issues.items : NULL;
    if (!last && !c->conf->base_url)
        return true;
    struct value *object = value_object(arena);
    archive_set_language(object, n->language);
    value_set_text(object, "title", n->title);
    if (c->conf->base_url) {
        value_set_text(object, "signup_url", signup_url(c, n, arena));
        value_set_text(object, "subscribe",
                       catalogue_get(page.words, "subscribe"));
    }
    if (last) {
        OWNED(strbuf_free) struct strbuf date = STRBUF_INIT;
        catalogue_add_date_in(page.words, n->timezone, last->started_at, &date);
        value_set_text(object, "slug", n->slug);
        value_set_str(object, "date", strbuf_str(&date));
        value_set_text(object, "subject", archive_subject(&page, last));
    } else {
        value_set_text(object, "none", catalogue_get(page.words, "no_issue"));
    }
    value_append(list, object);
    return true;
}

/* The language of the newsletter that was made first. */
static const char *home_language(const struct newsletter_list *list)
{
    const struct newsletter *first = NULL;
    for (size_t i = 0; i < list->count; i++)
        if (!first || list->items[i].id < first->id)
            first = &list->items[i];
    return first ? first->language : "en";
}

bool archive_home(const struct conductor *c, const char *root,
                  struct strbuf *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct newsletter_list newsletters;
    struct value *style, *data = value_object(&arena);
    struct value *list = value_list(&arena);
    if (!newsletter_find(c->db, &arena, &newsletters, err) ||
        !archive_style(c, "", &arena, &style, err))
        return false;
    for (size_t i = 0; i < newsletters.count; i++)
        if (!add_newsletter(c, &newsletters.items[i], &arena, list, err))
            return false;
    archive_set_language(data, home_language(&newsletters));
    value_set_text(data, "title",
                   c->conf->site_name ? c->conf->site_name : "Newsletters");
    value_set(data, "style", style);
    value_set_text(data, "root", root);
    value_set(data, "newsletters", list);
    return template_set_apply(c->templates, "archive/home.mustache", data,
                              EDGE_HTML, out, err);
}

/* ---- an issue -------------------------------------------------------- */

bool archive_issue(const struct conductor *c, const struct issue *issue,
                   struct strbuf *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    if (!conductor_public_html(c, issue, NULL, "../", &html, err))
        return false;
    archive_picture_relink(strbuf_str(&html), c->conf->base_url, "../../", out);
    return true;
}

/* ---- whether something has changed ----------------------------------- */

static void hash(uint64_t *state, const void *bytes, size_t length)
{
    const unsigned char *c = bytes;
    for (size_t i = 0; i < length; i++)
        *state = (*state ^ c[i]) * UINT64_C(0x100000001b3);
}

static void hash_text(uint64_t *state, const char *text)
{
    hash(state, text, strlen(text) + 1);
}

/* A change within this second may be followed by another that no stamp
 * tells: what is made now isn't kept for longer. */
static void hash_story_stamp(uint64_t *state, const struct story_stamp *stamp)
{
    int64_t now = clock_now();
    hash(state, &stamp->hash, sizeof stamp->hash);
    if (stamp->newest + 1 >= now)
        hash(state, &now, sizeof now);
}

bool archive_stamp(const struct conductor *c, const struct newsletter *n,
                   uint64_t *stamp, struct err *err)
{
    int64_t count, newest;
    struct story_stamp stories;
    if (!issue_count_public(c->db, n->id, &count, &newest, err) ||
        !story_newsletter_stamp(c->db, n->id, &stories, err))
        return false;
    *stamp = UINT64_C(0xcbf29ce484222325);
    hash(stamp, &count, sizeof count);
    hash(stamp, &newest, sizeof newest);
    hash_story_stamp(stamp, &stories);
    const char *const texts[] = {n->slug,     n->title, n->language,
                                 n->timezone, n->theme, n->from_name};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        hash_text(stamp, texts[i]);
    return true;
}

bool archive_story_stamp(const struct conductor *c, const struct newsletter *n,
                         const struct issue *issue, uint64_t *stamp,
                         struct err *err)
{
    struct story_stamp stories;
    if (!archive_stamp(c, n, stamp, err) ||
        !story_stamp(c->db, issue->id, &stories, err))
        return false;
    hash(stamp, &issue->id, sizeof issue->id);
    hash(stamp, &issue->state, sizeof issue->state);
    hash_story_stamp(stamp, &stories);
    return true;
}
