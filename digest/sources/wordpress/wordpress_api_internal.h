/* WordPress's REST API: what is asked of a live site, and its posts as
 * entries; for the files of this room alone.
 * Source: developer.wordpress.org/rest-api, /wp/v2/posts. */
#ifndef DIGEST_SOURCES_WORDPRESS_WORDPRESS_API_INTERNAL_H
#define DIGEST_SOURCES_WORDPRESS_WORDPRESS_API_INTERNAL_H

#include "digest/sources/import_run_internal.h"

enum { WORDPRESS_API_PAGE = 100 /* posts in one answer: the most it gives */ };

/* A site, as its API describes it. Texts are never NULL; "" is none. */
struct wordpress_site {
    const char *name, *description, *timezone, *image_url;
};

/* The address of a route below an API's root, which is `…/wp-json/` or
 * `…/?rest_route=/`. In the arena. */
const char *wordpress_api_url(struct arena *arena, const char *root,
                              const char *route, const char *query);

/* The address of one page of the posts that were published or changed since
 * `since` (an ISO 8601 time in UTC; "": of all), the last changed first, or of
 * all the newest first. */
const char *wordpress_api_posts_url(struct arena *arena, const char *root,
                                    const char *since, unsigned page);

/* Which of the articles with these GUIDs there still are. */
const char *wordpress_api_check_url(struct arena *arena, const char *root,
                                    const char *const *guids, size_t count);

/* Imports the posts of one answer. *newest: the latest time that one was
 * changed, in the run's arena; "" for none. Fails: INPUT, when it is no list
 * of posts; STORE and its kin. */
FALLIBLE bool import_wordpress_posts(struct import_run *run,
                                     const struct import_bytes *input,
                                     const char **newest, struct err *err);

/* Reads the posts of an answer as GUIDs. Fails: INPUT. */
FALLIBLE bool wordpress_api_read_guids(const struct import_bytes *input,
                                       struct arena *arena, const char ***guids,
                                       size_t *count, struct err *err);

/* Reads the root's answer. False for anything else. */
bool wordpress_api_read_site(struct str json, struct arena *arena,
                             struct wordpress_site *out);

#endif
