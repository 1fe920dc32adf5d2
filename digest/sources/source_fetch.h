/* Fetching the sources: what is new in them becomes stored articles.
 *
 * A source that fails rests, longer each time, and touches no other.
 */
#ifndef DIGEST_SOURCES_SOURCE_FETCH_H
#define DIGEST_SOURCES_SOURCE_FETCH_H

#include "digest/articles/source_rest.h"
#include "digest/articles/source_store.h"
#include "digest/sources/import.h"

/* The longest that a source rests. */

struct source_fetch_options {
    int64_t now;
    bool allow_private;
    bool only_due;        /* also pass over those that were fetched lately */
    const char *base_url; /* for Markdown's relative links; NULL: none */
    bool again;           /* those that rest after failures, too */
    size_t max_posts;     /* of a WordPress site the first time; 0: 2000 */
};

struct source_fetch_report {
    struct import_report import;
    size_t fetched, unchanged, failed, resting; /* sources */
};

/* Finds what stands behind a URL or a path, and fills kind, address and name
 * of a source to be added. Fails: as fetching does, and INPUT for what is no
 * source. */
FALLIBLE bool source_look(const char *url_or_path, bool allow_private,
                          struct arena *arena, struct source *out,
                          struct err *err);

struct site;
/* The same from a site that was looked at. */
void source_of_site(const struct site *site, struct source *out);

/* Fetches the given sources, and writes down how it went. Each failure is
 * told to report->import.tell. Fails: STORE and its kin. */
FALLIBLE bool sources_fetch(struct db *db, struct source *sources, size_t count,
                            const struct source_fetch_options *options,
                            struct source_fetch_report *report,
                            struct err *err);

#endif
