/* Images, and the embeds that become links. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/document/convert.h"
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

/* ---- images ----------------------------------------------------------- */

/* Where pages that load images late keep the real address, in order. */
static const struct source {
    const char *attribute;
    bool is_set; /* a srcset: the first of several */
} sources[] = {
    {"src", false},
    {"data-lazy-src", false},
    {"data-src", false},
    {"data-original", false},
    {"data-orig-file", false},
    {"data-lazy-srcset", true},
    {"data-srcset", true},
    {"srcset", true},
};

/* Names of pictures that only hold a place. */
static const struct str placeholders[] = {
    {"placeholder", 11},  {"spacer.", 7},  {"blank.", 6},       {"1x1.", 4},
    {"transparent.", 12}, {"lazyload", 8}, {"loading.gif", 11},
};

static bool is_placeholder(struct str url)
{
    for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++)
        if (str_find_str(url, placeholders[i]) < url.len)
            return true;
    return false;
}

static const char *source_in(struct converter *c, const xmlNode *image,
                             const struct source *source)
{
    struct str value = str_trim(element_attribute(image, source->attribute));
    if (source->is_set) {
        value.len = str_find(value, ' ');
        while (value.len && value.ptr[value.len - 1] == ',')
            value.len--;
    }
    return url_resolve(c->arena, value, c->base, URL_FILE);
}

/* The best address; one that looks like a placeholder if there is no other. */
static const char *image_url(struct converter *c, const xmlNode *image)
{
    const char *second_best = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
        const char *url = source_in(c, image, &sources[i]);
        if (url && !is_placeholder(str_of(url)))
            return url;
        if (!second_best)
            second_best = url;
    }
    return second_best;
}

static bool is_emoji(const xmlNode *image)
{
    return element_has_class(image, "emoji") ||
           element_has_class(image, "wp-smiley");
}

void convert_image(struct converter *c, const struct style *style,
                   const struct _xmlNode *image)
{
    struct str alt = element_attribute(image, "alt");
    if (element_look(image).is_tiny)
        return;
    const char *url = image_url(c, image);
    if (url && url_is_beacon(str_of(url)))
        return;
    if (!url || is_emoji(image)) {
        builder_text(c->builder, style, alt);
        return;
    }
    if (c->last_image_is_spare && strcmp(url, c->last_image) == 0)
        return;
    OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
    tree_clean_line(&title, element_attribute(image, "title"));
    builder_image(c->builder, style, url, alt,
                  title.len ? strbuf_text(&title) : NULL);
    c->last_image = url;
    c->last_image_is_spare = false;
}

void convert_noscript(struct converter *c, const struct style *style,
                      const struct _xmlNode *noscript)
{
    for (const xmlNode *n = noscript->children; n; n = n->next) {
        if (n->type != XML_ELEMENT_NODE || element_look(n).is_hidden)
            continue;
        if (!element_is(n, "img")) {
            convert_noscript(c, style, n);
            continue;
        }
        const char *url = image_url(c, n);
        if (!url || (c->last_image && strcmp(url, c->last_image) == 0))
            continue;
        convert_image(c, style, n);
        c->last_image_is_spare = c->last_image != NULL;
    }
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

/* What the link says: its title, else where it leads. */
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
