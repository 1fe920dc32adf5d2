/* Finds the feed that an answer is, or that a page leads to. */
#include "digest/sources/feed/feed_find_internal.h"

#include "digest/base/mem.h"
#include "digest/document/url.h"
#include "digest/sources/feed/feed_internal.h"
#include "digest/sources/page/page_internal.h"
#include "digest/sources/source_kind_internal.h"

enum { MAX_FEEDS = 16, MAX_GUESSES = 4, MAX_NAME = 40 /* bytes */ };

static const char *const feed_types[] = {
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
};

/* A feed of comments is no feed of articles. */
static const char *const comment_words[] = {
    "comments/feed", "/comments",        "comments.xml",     "feed/comments",
    "comments-rss",  "feed=comments",    "comment-feed",     "comments-feed",
    "/commentaires", "type=comment_rss", "comments/rss",     "comments/atom",
    "comments.rss",  "comments.atom",    "comments/default", NULL};

/* Ends of addresses that feeds have. */
static const char *const feed_ends[] = {
    "/feed",     "/feed/",    "/rss",      "/rss/",     "/atom",
    ".rss",      ".atom",     "rss.xml",   "atom.xml",  "feed.xml",
    "feed.json", "index.xml", "index.rdf", "feeds.xml",
};

/* Places where a feed usually is, for pages that name none. */
static const char *const usual_places[] = {
    "/feed/",     "/rss.xml", "/feed.xml", "/atom.xml",
    "/index.xml", "/rss",     "/feed.json"};

static bool is_feed_type(const char *type)
{
    struct str rest = str_of(type);
    struct str name = str_trim(str_cut(&rest, ';'));
    for (size_t i = 0; i < ARRAY_SIZE(feed_types); i++)
        if (str_equal_nocase(name, str_of(feed_types[i])))
            return true;
    return false;
}

/* ---- an answer ---- */

static bool pass_over(void *context, struct feed_reading *reading,
                      struct entry *entry, struct err *err)
{
    (void)context, (void)reading, (void)entry, (void)err;
    return true;
}

bool feed_about_read(const char *url, const struct fetch_reply *reply,
                     struct arena *arena, struct feed_about *out, bool *found,
                     struct err *err)
{
    const struct source_kind *kind =
        source_kind_recognise("", strbuf_str(&reply->body));
    struct feed_reading reading = {.feed_arena = arena, .take = pass_over};
    struct import_bytes input = {.name = url,
                                 .url = reply->url,
                                 .charset =
                                     *reply->charset ? reply->charset : NULL,
                                 .bytes = strbuf_str(&reply->body)};
    struct err why = {0};
    *found = kind == &source_kind_feed ||
             (is_feed_type(reply->content_type) && kind != &source_kind_page);
    if (!*found)
        return true;
    /* A feed that is broken further down is one all the same. */
    if (!feed_read(&input, &reading, &why) && !reading.entries) {
        *err = why;
        return false;
    }
    *out = (struct feed_about){
        arena_copy(arena, reply->moved_url ? reply->moved_url : url),
        reading.feed.title ? reading.feed.title : "",
        reading.feed.language ? reading.feed.language : "",
        reading.feed.image_url ? reading.feed.image_url : ""};
    return true;
}

bool feed_is_at(struct site_search *search, bool *found, struct err *err)
{
    struct site *out = search->out;
    struct feed_about feed;
    if (!feed_about_read(search->url, search->reply, search->arena, &feed,
                         found, err))
        return false;
    if (*found) {
        out->address = feed.address;
        out->name = feed.title;
        out->language = feed.language;
        out->logo_url = feed.image_url;
    }
    return true;
}

/* ---- a page's links ---- */

static bool is_known(const struct feed_links *links, const char *address)
{
    for (size_t i = 0; i < links->named_count; i++)
        if (strcmp(links->named[i].address, address) == 0)
            return true;
    for (size_t i = 0; i < links->guess_count; i++)
        if (strcmp(links->guesses[i], address) == 0)
            return true;
    return false;
}

static void take_named(const struct discovered_link *link, const char *address,
                       struct feed_links *out)
{
    if (address && discovery_has_rel(link, "alternate") &&
        is_feed_type(link->type) && !strstr(address, "/wp-json/") &&
        !strstr(address, "/oembed") &&
        !source_has_word(address, comment_words) &&
        out->named_count < MAX_FEEDS && !is_known(out, address))
        out->named[out->named_count++] =
            (struct feed_link){address, link->title, link->language};
}

static bool looks_like_feed(const char *href)
{
    struct str path = str_of(href);
    path.len = str_find(path, '?');
    for (size_t i = 0; i < ARRAY_SIZE(feed_ends); i++)
        if (str_ends(path, str_of(feed_ends[i])))
            return !source_has_word(href, comment_words);
    return false;
}

void feed_links_find(const struct discovery *page, struct arena *arena,
                     struct feed_links *out)
{
    *out = (struct feed_links){0};
    out->named = ARENA_NEW_ARRAY(arena, struct feed_link, MAX_FEEDS);
    out->guesses = ARENA_NEW_ARRAY(arena, const char *, MAX_GUESSES);
    for (size_t i = 0; i < page->link_count; i++) {
        const struct discovered_link *link = &page->links[i];
        bool is_guess = link->is_anchor && looks_like_feed(link->href);
        if (link->is_anchor && (!is_guess || out->guess_count == MAX_GUESSES))
            continue;
        const char *address =
            url_resolve(arena, str_of(link->href), page->base, URL_FILE);
        if (!is_guess)
            take_named(link, address, out);
        else if (address && !is_known(out, address))
            out->guesses[out->guess_count++] = address;
    }
}

/* "pt-BR" and "pt" are near enough. */
static bool is_near(const char *a, const char *b)
{
    struct str one = str_of(a), other = str_of(b);
    one.len = strcspn(a, "-_");
    other.len = strcspn(b, "-_");
    return one.len && str_equal_nocase(one, other);
}

const struct feed_link *feed_links_choose(const struct feed_links *links,
                                          const char *language)
{
    for (size_t i = 0; i < links->named_count; i++)
        if (is_near(links->named[i].language, language))
            return &links->named[i];
    for (size_t i = 0; i < links->named_count; i++)
        if (!*links->named[i].language)
            return &links->named[i];
    return links->named_count ? &links->named[0] : NULL;
}

/* ---- behind a page ---- */

static bool take_feed(struct site_search *search, const char *address)
{
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct site *out = search->out;
    struct feed_about feed;
    struct err ignored;
    bool found = false;
    if (!fetch_url(address, &search->options, &reply, &ignored) ||
        !feed_about_read(address, &reply, search->arena, &feed, &found,
                         &ignored) ||
        !found)
        return false;
    out->address = feed.address;
    /* A long <title> is a slogan rather than a name. */
    if (!*out->name || strlen(out->name) > MAX_NAME)
        site_take(&out->name, feed.title);
    if (!*out->language)
        site_take(&out->language, feed.language);
    if (!*out->logo_url)
        site_take(&out->logo_url, feed.image_url);
    return true;
}

static bool take_any(struct site_search *search, const struct feed_links *links)
{
    const struct feed_link *chosen =
        feed_links_choose(links, search->page.language);
    if (chosen && take_feed(search, chosen->address))
        return true;
    for (size_t i = 0; i < links->named_count; i++)
        if (&links->named[i] != chosen &&
            take_feed(search, links->named[i].address))
            return true;
    for (size_t i = 0; i < links->guess_count; i++)
        if (take_feed(search, links->guesses[i]))
            return true;
    for (size_t i = 0; i < ARRAY_SIZE(usual_places); i++) {
        const char *address = url_resolve(
            search->arena, str_of(usual_places[i]), search->out->url, URL_FILE);
        if (address && take_feed(search, address))
            return true;
    }
    return false;
}

bool feed_is_behind(struct site_search *search)
{
    struct site *out = search->out;
    struct feed_links links;
    feed_links_find(&search->page, search->arena, &links);
    if (!take_any(search, &links))
        return false;
    out->others =
        ARENA_NEW_ARRAY(search->arena, const char *, links.named_count);
    for (size_t i = 0; i < links.named_count; i++)
        if (strcmp(links.named[i].address, out->address) != 0)
            out->others[out->other_count++] = links.named[i].address;
    return true;
}
