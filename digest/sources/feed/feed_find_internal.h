/* Finding feeds: whether an answer is one, and which of a page's links lead
 * to one; for the files of this room alone. */
#ifndef DIGEST_SOURCES_FEED_FEED_FIND_INTERNAL_H
#define DIGEST_SOURCES_FEED_FEED_FIND_INTERNAL_H

#include "digest/sources/site_search_internal.h"

/* A feed that answered, as it describes itself. Texts are never NULL; "" is
 * none. */
struct feed_about {
    const char *address; /* where it is from now on */
    const char *title;
    const char *language; /* BCP 47 */
    const char *image_url;
};

/* *found: it is a feed. Texts live in the arena. Fails: INPUT, for one that
 * is broken before its first item. */
FALLIBLE bool feed_about_read(const char *url, const struct fetch_reply *reply,
                              struct arena *arena, struct feed_about *out,
                              bool *found, struct err *err);

struct feed_link {
    const char *address;
    const char *title;    /* "" for none */
    const char *language; /* as the page says; "" for none */
};

struct feed_links {
    struct feed_link *named; /* in the page's order; none of comments */
    size_t named_count;
    const char **guesses; /* links that look as if they led to a feed */
    size_t guess_count;
};

void feed_links_find(const struct discovery *page, struct arena *arena,
                     struct feed_links *out);

/* The named feed in the language of the page, where several are named; else
 * the first. NULL where there is none. */
const struct feed_link *feed_links_choose(const struct feed_links *links,
                                          const char *language);

/* As struct source_kind has them. */
FALLIBLE bool feed_is_at(struct site_search *search, bool *found,
                         struct err *err);
bool feed_is_behind(struct site_search *search);

#endif
