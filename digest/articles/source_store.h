/* Sources in the database: where articles come from, again and again. No
 * policy: what is read and written, no more. */
#ifndef DIGEST_ARTICLES_SOURCE_STORE_H
#define DIGEST_ARTICLES_SOURCE_STORE_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"

/* A category of the source and ours for it; ours "": it is left away. */
struct source_map {
    const char *slug; /* theirs, folded */
    const char *theirs, *ours;
};

/* Texts are never NULL; "" is none. */
struct source {
    int64_t id;
    const char *address; /* a URL or an absolute path */
    const char *kind;    /* a name in the table of kinds */
    const char *name;
    const char *category; /* for every article of it */
    const char *language; /* of articles that don't say theirs */
    const char *etag;
    const char *last_modified; /* as the server said; of a WordPress site: up
                                  to when changes are known, in UTC */
    int64_t created_at;
    int64_t last_fetched_at; /* the last that went well; 0: none */
    int64_t failing_since;   /* 0: it isn't */
    int64_t failures;        /* in a row */
    int64_t next_at;         /* not before */
    const char *last_error;
    int64_t articles; /* how many are of it, after source_count */
    const struct source_map *map;
    size_t map_count;
};

/* Adds a source with its map, or takes up one that was removed. Sets its id.
 * Fails: CONFLICT when it is there, STORE. */
FALLIBLE bool source_add(struct db *db, struct source *source, struct err *err);

struct source_list {
    struct source *items; /* in the arena, by id; not the one by hand */
    size_t count;
};
FALLIBLE bool source_find(struct db *db, struct arena *arena,
                          struct source_list *out, struct err *err);

/* Gets a source by number or address, or by a path to its folder. Fails:
 * NOT_FOUND. */
FALLIBLE bool source_get(struct db *db, const char *name, struct arena *arena,
                         struct source *out, struct err *err);

/* Sets how many articles are of it, without those withdrawn. It costs a look at
 * each one's place in an index. Fails: STORE. */
FALLIBLE bool source_count(struct db *db, struct source *source,
                           struct err *err);

/* Writes how the fetching goes, and where to: address to next_at. Fails:
 * CONFLICT when another source has the address, STORE. */
FALLIBLE bool source_update(struct db *db, const struct source *source,
                            struct err *err);

/* Writes category, language and map. The next fetch asks for everything anew,
 * as if it had not been there. Fails: STORE. */
FALLIBLE bool source_set_rules(struct db *db, const struct source *source,
                               struct err *err);

/* Removes a source: it is fetched no more; its articles stay. */
FALLIBLE bool source_remove(struct db *db, int64_t id, int64_t now,
                            struct err *err);

/* How many sources are to be fetched at `now`, and when the next one is; one
 * that rests for longer than any does is due. Fails: STORE. */
FALLIBLE bool source_due(struct db *db, int64_t now, int64_t *due,
                         int64_t *next_at, struct err *err);

/* After a clock was set back to `now`: what was put off beyond it is due. */
FALLIBLE bool source_set_back(struct db *db, int64_t now, struct err *err);

#endif
