#include "digest/sources/site.h"

#include "digest/base/mem.h"
#include "digest/document/url.h"
#include "digest/fetch/fetch.h"
#include "digest/sources/discover_internal.h"
#include "digest/sources/feed/feed_parts_internal.h"
#include "digest/sources/wordpress/wordpress_api_internal.h"

enum { LOOK_TIMEOUT_S = 10, MAX_NAME = 40 /* bytes */ };

/* Where a feed is when nobody says so. */
static const char *const usual_places[] = {
    "/feed/",     "/rss.xml", "/feed.xml", "/atom.xml",
    "/index.xml", "/rss",     "/feed.json"};

struct looking {
    struct arena *arena;
    struct fetch_options options;
    struct discovery found;
    struct site *out;
};

static bool has_scheme(const char *text)
{
    return str_starts_nocase(str_of(text), STR("https://")) ||
           str_starts_nocase(str_of(text), STR("http://"));
}

bool site_is_address(const char *text)
{
    struct str host = str_of(text);
    if (has_scheme(text))
        return true;
    host.len = strcspn(text, "/?#");
    size_t dot = str_find(host, '.');
    if (dot == 0 || dot + 1 >= host.len)
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (host.ptr[i] <= ' ' || strchr("@\\\"'", host.ptr[i]))
            return false;
    return true;
}

/* Home, whatever was named below it. */
static const char *home_of(struct arena *arena, const char *url)
{
    const char *home = url_resolve(arena, STR("/"), url, URL_FILE);
    return home ? home : url;
}

/* A list of posts has to come: many sites name an API that is closed. */
static bool is_open(struct looking *l, const char *api)
{
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct err ignored;
    struct import_bytes input = {.name = api};
    const char **guids;
    size_t count;
    const char *url = wordpress_api_url(l->arena, api, "wp/v2/posts",
                                        "per_page=1&_fields=id");
    if (!fetch_url(url, &l->options, &reply, &ignored))
        return false;
    input.bytes = strbuf_str(&reply.body);
    return wordpress_api_read_guids(&input, l->arena, &guids, &count, &ignored);
}

static void take_if(const char **slot, const char *text)
{
    if (text && *text)
        *slot = text;
}

static void read_root(struct looking *l, const char *api)
{
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct wordpress_site site;
    struct err ignored;
    const char *url = wordpress_api_url(
        l->arena, api, "",
        "_fields=name,description,namespaces,timezone_string,site_icon_url");
    if (!fetch_url(url, &l->options, &reply, &ignored) ||
        !wordpress_api_read_site(strbuf_str(&reply.body), l->arena, &site))
        return;
    take_if(&l->out->name, feed_words(l->arena, site.name));
    take_if(&l->out->timezone, site.timezone);
    if (!*l->out->logo_url && *site.image_url) {
        l->out->logo_url = site.image_url;
        l->out->logo_is_icon = true;
    }
}

static bool take_api(struct looking *l, const char *api)
{
    if (!api || !is_open(l, api))
        return false;
    l->out->kind = SOURCE_WORDPRESS;
    l->out->address = api;
    read_root(l, api);
    return true;
}

static bool take_feed(struct looking *l, const char *address)
{
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct discovery feed;
    struct err ignored;
    if (!fetch_url(address, &l->options, &reply, &ignored) ||
        !discover(address, &reply, l->arena, &feed, &ignored) || !feed.is_feed)
        return false;
    l->out->kind = SOURCE_FEED;
    l->out->address = feed.feeds[0].address;
    /* A long <title> is a slogan rather than a name. */
    if (!*l->out->name || strlen(l->out->name) > MAX_NAME)
        take_if(&l->out->name, feed.name);
    if (!*l->out->language)
        take_if(&l->out->language, feed.language);
    if (!*l->out->logo_url)
        take_if(&l->out->logo_url, feed.image_url);
    return true;
}

static bool take_any_feed(struct looking *l)
{
    const struct discovery *found = &l->found;
    const struct discovered_feed *chosen = discovery_choose(found);
    if (chosen && take_feed(l, chosen->address))
        return true;
    for (size_t i = 0; i < found->feed_count; i++)
        if (&found->feeds[i] != chosen && take_feed(l, found->feeds[i].address))
            return true;
    for (size_t i = 0; i < found->guess_count; i++)
        if (take_feed(l, found->guesses[i]))
            return true;
    for (size_t i = 0; i < ARRAY_SIZE(usual_places); i++) {
        const char *address = url_resolve(l->arena, str_of(usual_places[i]),
                                          l->out->url, URL_FILE);
        if (address && take_feed(l, address))
            return true;
    }
    return false;
}

static void list_others(struct looking *l)
{
    const struct discovery *found = &l->found;
    l->out->others = ARENA_NEW_ARRAY(l->arena, const char *, found->feed_count);
    for (size_t i = 0; i < found->feed_count; i++)
        if (strcmp(found->feeds[i].address, l->out->address) != 0)
            l->out->others[l->out->other_count++] = found->feeds[i].address;
}

static bool look_at(struct looking *l, const char *url,
                    const struct fetch_reply *reply, struct err *err)
{
    struct site *out = l->out;
    struct wordpress_site api;
    out->url = home_of(l->arena, reply->url);
    if (wordpress_api_read_site(strbuf_str(&reply->body), l->arena, &api) &&
        take_api(l, arena_copy(l->arena, reply->url)))
        return true;
    if (!discover(url, reply, l->arena, &l->found, err))
        return false;
    out->name = l->found.name;
    out->language = l->found.language;
    out->logo_url = l->found.image_url;
    out->logo_is_icon = l->found.image_is_icon;
    out->logo_width = l->found.image_width;
    if (l->found.is_feed) {
        out->kind = SOURCE_FEED;
        out->address = l->found.feeds[0].address;
        return true;
    }
    if (!take_api(l, l->found.api) && !take_any_feed(l))
        return err_set(err, ERR_INPUT,
                       "%.300s: is neither a feed nor a page that names one, "
                       "and there is none in the usual places; look for the "
                       "site's feed and give its address",
                       url);
    if (out->kind == SOURCE_FEED)
        list_others(l);
    return true;
}

bool site_look(const char *address, bool allow_private, struct arena *arena,
               struct site *out, struct err *err)
{
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct looking l = {.arena = arena,
                        .options = {.allow_private = allow_private,
                                    .timeout_s = LOOK_TIMEOUT_S},
                        .out = out};
    const char *url = has_scheme(address)
                          ? address
                          : arena_format(arena, "https://%s", address);
    *out = (struct site){.name = "",
                         .url = "",
                         .address = "",
                         .language = "",
                         .timezone = "",
                         .logo_url = ""};
    return fetch_url(url, &l.options, &reply, err) &&
           look_at(&l, url, &reply, err);
}
