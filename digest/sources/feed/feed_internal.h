/* Feeds: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed, with the
 * extensions in daily use, read into entries.
 *
 * Read as a stream: no more than one entry is held at a time. No entity of
 * a feed's own is expanded and nothing is fetched for it; what is
 * ill-formed is read as far as it can be.
 */
#ifndef DIGEST_SOURCES_FEED_FEED_INTERNAL_H
#define DIGEST_SOURCES_FEED_FEED_INTERNAL_H

#include "digest/sources/entry_internal.h"
#include "digest/sources/import_run_internal.h"

/* The feed as a whole. Texts live in the arena of feed_read; NULL: none. */
struct feed {
    const char *title; /* words alone */
    const char *url;   /* the site's */
    const char *description;
    const char *language;
    const char *author;
    const char *image_url;
    int64_t updated_at; /* 0: not said */
};

struct feed_reading {
    struct arena *feed_arena; /* for the feed's texts */
    struct feed feed;         /* what is known of it so far */
    size_t entries;           /* how many there were */
    /* Takes each entry, whose texts live until it returns. False ends the
     * reading with *err. */
    bool (*take)(void *context, struct feed_reading *reading,
                 struct entry *entry, struct err *err);
    void *context;
};

/* Reads a feed of any kind. Fails: INPUT "name:line: …", for what isn't a
 * feed, or ends in the middle (what stood before was taken); what `take`
 * fails with. */
FALLIBLE bool feed_read(const struct import_bytes *input,
                        struct feed_reading *reading, struct err *err);

/* Stores the entries of a feed. Fails: as feed_read does, STORE and its
 * kin. */
FALLIBLE bool import_feed(struct import_run *run,
                          const struct import_bytes *input, struct err *err);

extern const struct source_kind source_kind_feed;

#endif
