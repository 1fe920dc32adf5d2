/* The search for the source behind an address: what each kind is given to
 * find one of its own; for the files of this room alone. */
#ifndef DIGEST_SOURCES_SITE_SEARCH_INTERNAL_H
#define DIGEST_SOURCES_SITE_SEARCH_INTERNAL_H

#include "digest/fetch/fetch.h"
#include "digest/sources/discover_internal.h"
#include "digest/sources/site.h"

struct site_search {
    struct arena *arena;
    struct fetch_options options;    /* for whatever is asked */
    const char *url;                 /* what was asked for */
    const struct fetch_reply *reply; /* what answered */
    struct discovery page;           /* for is_behind: it is a page */
    struct site *out;
};

/* Sets *slot to a text that is there; NULL and "" are none. */
void site_take(const char **slot, const char *text);

#endif
