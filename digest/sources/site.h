/* A site: the one source that stands behind an address, and what it says of
 * itself.
 *
 * The address may be that of a home page, a feed or WordPress's API. What
 * is found is asked once, so that a source that is added can be fetched. */
#ifndef DIGEST_SOURCES_SITE_H
#define DIGEST_SOURCES_SITE_H

#include "digest/articles/source_store.h"

/* Texts are never NULL; "" is none. They live in the arena. */
struct site {
    const struct source_kind *kind;
    const char *address; /* of the feed, or of the API */
    const char *url;     /* of the site's home page */
    const char *name;
    const char *language; /* BCP 47 */
    const char *timezone; /* IANA */
    const char *logo_url; /* fit for mail */
    bool logo_is_icon;    /* a small square */
    unsigned logo_width;  /* pixels; 0: not known */
    const char **others;  /* addresses of further feeds */
    size_t other_count;
};

/* WordPress's API where it answers, else a feed that the page names, else
 * one that is in a usual place. An address without a scheme is taken for
 * https. Fails: as fetch_url does, and INPUT where nothing is found. */
FALLIBLE bool site_look(const char *address, bool allow_private,
                        struct arena *arena, struct site *out, struct err *err);

/* Whether it can be the name of a place on the net: "example.org/news". */
bool site_is_address(const char *text);

#endif
