/* Discovery: what an answer tells of the sources behind it: that it is a
 * feed, or a page that names feeds and WordPress's API. */
#ifndef DIGEST_SOURCES_DISCOVER_INTERNAL_H
#define DIGEST_SOURCES_DISCOVER_INTERNAL_H

#include "digest/articles/source_store.h"
#include "digest/fetch/fetch.h"

struct discovered_feed {
    const char *address;
    const char *title;    /* "" for none */
    const char *language; /* as the page says; "" for none */
};

/* Texts are never NULL but for `api`. */
struct discovery {
    bool is_feed;          /* it is one itself: the only one in `feeds` */
    const char *api;       /* the root of WordPress's; NULL: none */
    const char *name;      /* the site's or the feed's title */
    const char *language;  /* BCP 47 */
    const char *image_url; /* the site's logo */
    bool image_is_icon;    /* a small square */
    unsigned image_width;  /* pixels; 0: not said */
    struct discovered_feed *feeds; /* in the page's order; none of comments */
    size_t feed_count;
    const char **guesses; /* links that look as if they led to a feed */
    size_t guess_count;
};

/* Looks at what was fetched from `url`. Texts live in the arena. Fails:
 * INPUT, for what is neither a feed nor a page at all. */
FALLIBLE bool discover(const char *url, const struct fetch_reply *reply,
                       struct arena *arena, struct discovery *out,
                       struct err *err);

/* The feed in the language of the page, where several are named; else the
 * first. NULL where there is none. */
const struct discovered_feed *discovery_choose(const struct discovery *found);

#endif
