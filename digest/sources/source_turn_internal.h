/* One source while it is fetched: what its kind is given, and what it says
 * back; for the files of this room alone. */
#ifndef DIGEST_SOURCES_SOURCE_TURN_INTERNAL_H
#define DIGEST_SOURCES_SOURCE_TURN_INTERNAL_H

#include "digest/articles/source_store.h"
#include "digest/fetch/fetch.h"
#include "digest/sources/import.h"

struct source_turn {
    struct db *db;
    const struct source_kind *kind;
    /* `take` sets etag and last_modified to what is to be stored; they are
     * borrowed until it has returned. */
    struct source *source;
    struct import_options options;
    struct import_report *report;
    size_t max_posts;  /* of a site the first time; 0: as many as is usual */
    bool is_unchanged; /* for the report: the source had nothing new */
    void *state;       /* the kind's own, from `begin` to `end` */
};

/* Notes that the source is elsewhere for good; NULL: it isn't. Where another
 * source has the new address already, the old one stays. Fails: STORE. */
FALLIBLE bool source_turn_move(struct source_turn *turn, const char *address,
                               struct err *err);

#endif
