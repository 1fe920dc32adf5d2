/* Discovery: from what an address gives to the source that stands behind
 * it: a feed as it is, or the one that a home page names. */
#ifndef DIGEST_ARTICLES_DISCOVER_H
#define DIGEST_ARTICLES_DISCOVER_H

#include "digest/articles/fetch.h"
#include "digest/articles/source_store.h"

struct discovery {
    enum source_kind kind;
    const char *address;
    const char *name;      /* the site's or the feed's title; "" for none */
    const char *language;  /* "" for none */
    const char *image_url; /* the site's logo; "" for none */
    const char **feeds;    /* all that the page names, the first taken */
    size_t feed_count;
};

/* Looks at what was fetched from `url`. Texts live in the arena. Fails:
 * INPUT, when it is neither a feed nor a page that names one. */
FALLIBLE bool discover(const char *url, const struct fetch_reply *reply,
                       struct arena *arena, struct discovery *out,
                       struct err *err);

#endif
