/* Discovery: what a page says of itself and of its site, and its links, among
 * which each kind of source looks for its own. */
#ifndef DIGEST_SOURCES_DISCOVER_INTERNAL_H
#define DIGEST_SOURCES_DISCOVER_INTERNAL_H

#include "digest/base/arena.h"
#include "digest/fetch/fetch.h"

/* Texts are as the page has them, never NULL; "" is none. */
struct discovered_link {
    const char *href; /* against the page's base */
    bool is_anchor;   /* of <a>, which has nothing more; else of <link> */
    const char *rel;  /* words, parted by blanks */
    const char *type; /* a media type */
    const char *title, *language;
};

/* Texts are never NULL. */
struct discovery {
    const char *base;              /* what its links are resolved against */
    const char *name;              /* the site's title */
    const char *language;          /* BCP 47 */
    const char *image_url;         /* the site's logo */
    bool image_is_icon;            /* a small square */
    unsigned image_width;          /* pixels; 0: not said */
    struct discovered_link *links; /* in the page's order */
    size_t link_count;
};

/* Looks at the page that was fetched from `url`. Texts live in the arena, or
 * are lent by the reply. Fails: INPUT, for what is no page at all. */
FALLIBLE bool discover(const char *url, const struct fetch_reply *reply,
                       struct arena *arena, struct discovery *out,
                       struct err *err);

/* Whether a link is of that relation, among others. */
bool discovery_has_rel(const struct discovered_link *link, const char *word);

#endif
