/* The embeds that become links, and the addresses that count readers. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/document/convert_internal.h"
#include "digest/document/url.h"

/* ---- beacons ---------------------------------------------------------- */

/* Addresses that count readers: the end of a host, the beginning of a path.
 * Collected from feeds and mails in the wild. */
static const struct beacon {
    struct str host;
    struct str path;
} beacons[] = {
    {{"analytics.twitter.com", 21}, {"/", 1}},
    {{"bat.bing.com", 12}, {"/", 1}},
    {{"blogger.googleusercontent.com", 29}, {"/tracker", 8}},
    {{"counter.theconversation.com", 27}, {"/", 1}},
    {{"counter.theconversation.edu.au", 30}, {"/", 1}},
    {{"doubleclick.net", 15}, {"/", 1}},
    {{"facebook.com", 12}, {"/tr", 3}},
    {{"feedburner.com", 14}, {"/~", 2}},
    {{"feeds.wordpress.com", 19}, {"/1.0/", 5}},
    {{"feedsportal.com", 15}, {"/", 1}},
    {{"feedblitz.com", 13}, {"/", 1}},
    {{"google-analytics.com", 20}, {"/", 1}},
    {{"googletagmanager.com", 20}, {"/", 1}},
    {{"googlesyndication.com", 21}, {"/", 1}},
    {{"googleadservices.com", 20}, {"/", 1}},
    {{"hubspot.com", 11}, {"/__ptq", 6}},
    {{"list-manage.com", 15}, {"/track/", 7}},
    {{"mailchimp.com", 13}, {"/track/", 7}},
    {{"metrics.apple.com", 17}, {"/", 1}},
    {{"pheedo.com", 10}, {"/", 1}},
    {{"pi.pardot.com", 13}, {"/", 1}},
    {{"pixel.propublica.org", 20}, {"/", 1}},
    {{"pixel.quantserve.com", 20}, {"/", 1}},
    {{"pixel.wp.com", 12}, {"/", 1}},
    {{"px.ads.linkedin.com", 19}, {"/", 1}},
    {{"scorecardresearch.com", 21}, {"/", 1}},
    {{"sendgrid.net", 12}, {"/wf/", 4}},
    {{"stats.wordpress.com", 19}, {"/", 1}},
    {{"t.co", 4}, {"/i/adsct", 8}},
    {{"track.hubspot.com", 17}, {"/", 1}},
    {{"trk.email", 9}, {"/", 1}},
};

/* `host` is the domain or below it. */
static bool is_within(struct str host, struct str domain)
{
    if (host.len < domain.len)
        return false;
    struct str end = str_from(host, host.len - domain.len);
    return str_equal_nocase(end, domain) &&
           (host.len == domain.len || end.ptr[-1] == '.');
}

bool url_is_beacon(struct str url)
{
    struct str host = url_host(url);
    if (!host.len)
        return false;
    struct str path = {host.ptr + host.len, 0};
    path.len = url.len - (size_t)(path.ptr - url.ptr);
    for (size_t i = 0; i < ARRAY_SIZE(beacons); i++)
        if (is_within(host, beacons[i].host) &&
            str_starts(path, beacons[i].path))
            return true;
    return false;
}

/* ---- embeds ----------------------------------------------------------- */

/* Players, and the pages that a reader would open instead. */
static const struct player {
    struct str host, path; /* of the embedded address */
    const char *page;      /* what its last part is put behind */
} players[] = {
    {{"youtube.com", 11}, {"/embed/", 7}, "https://www.youtube.com/watch?v="},
    {{"youtube-nocookie.com", 20},
     {"/embed/", 7},
     "https://www.youtube.com/watch?v="},
    {{"player.vimeo.com", 16}, {"/video/", 7}, "https://vimeo.com/"},
    {{"dailymotion.com", 15},
     {"/embed/video/", 13},
     "https://www.dailymotion.com/video/"},
    {{"open.spotify.com", 16}, {"/embed/", 7}, "https://open.spotify.com/"},
};

static const char *page_of(struct arena *arena, const char *embedded)
{
    struct str url = str_of(embedded), host = url_host(url);
    struct str path = {host.ptr + host.len, 0};
    path.len = url.len - (size_t)(path.ptr - url.ptr);
    path.len = str_find(path, '?');
    for (size_t i = 0; i < ARRAY_SIZE(players); i++) {
        const struct player *player = &players[i];
        if (!is_within(host, player->host) || !str_starts(path, player->path))
            continue;
        struct str id = str_from(path, player->path.len);
        /* A playlist's player names no video. */
        if (id.len && !str_starts(id, STR("videoseries")))
            return arena_format(arena, "%s%.*s", player->page, STR_ARG(id));
    }
    return embedded;
}

/* The parser doesn't know that <source> is empty, so that the next one stands
 * in it. */
static const char *first_source(struct converter *c, const xmlNode *media)
{
    for (const xmlNode *n = media->children; n; n = n->next) {
        if (!element_is(n, "source"))
            continue;
        const char *url = url_resolve(c->arena, element_attribute(n, "src"),
                                      c->base, URL_FILE);
        return url ? url : first_source(c, n);
    }
    return NULL;
}

static const char *embed_url(struct converter *c, const xmlNode *embed)
{
    static const char *const names[] = {"src", "data-src", "data-lazy-src",
                                        "data"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *url = url_resolve(
            c->arena, element_attribute(embed, names[i]), c->base, URL_FILE);
        if (url)
            return page_of(c->arena, url);
    }
    return first_source(c, embed);
}

/* The link's words: the embed's title, else the host it leads to. */
static struct str embed_words(const xmlNode *embed, const char *url)
{
    static const char *const names[] = {"title", "aria-label"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct str words = str_trim(element_attribute(embed, names[i]));
        if (words.len)
            return words;
    }
    return url_host(str_of(url));
}

void convert_embed(struct converter *c, const struct style *style,
                   const struct _xmlNode *embed)
{
    const char *url = embed_url(c, embed);
    if (!url || element_look(embed).is_tiny || url_is_beacon(str_of(url)))
        return;
    struct style inner = convert_block_style(c, style);
    style_add(&inner, &(struct format){FORMAT_LINK, url, NULL, embed});
    convert_words(c, &inner, embed_words(embed, url));
}

static bool has_fallback(const xmlNode *object)
{
    for (const xmlNode *n = object->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && !element_is(n, "param"))
            return true;
    return false;
}

void convert_object(struct converter *c, const struct style *style,
                    const struct _xmlNode *object)
{
    if (has_fallback(object))
        convert_children(c, style, object);
    else
        convert_embed(c, style, object);
}
