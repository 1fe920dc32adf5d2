/* The yield of a source so far, which shows at a glance whether it was the
 * right one. */
#ifndef DIGEST_SOURCES_SOURCE_FOUND_H
#define DIGEST_SOURCES_SOURCE_FOUND_H

#include "digest/articles/category_store.h"

enum {
    SOURCE_FOUND_LOOKED_AT = 2000, /* articles at most: it is for a page */
    SOURCE_FOUND_CATEGORIES = 40,
    SOURCE_FOUND_HEADLINES = 5,
};

/* Texts live in the arena. */
struct source_headline {
    int64_t article_id, published_at;
    const char *title;
};
struct source_found {
    int64_t looked_at;     /* articles; withdrawn ones aside */
    int64_t uncategorised; /* of these */
    int64_t lately;        /* of these, that became known since `since` */
    int64_t newest_at, oldest_at; /* published; 0: there is none */
    struct category_count categories[SOURCE_FOUND_CATEGORIES];
    size_t category_count; /* those with most articles first */
    struct source_headline headlines[SOURCE_FOUND_HEADLINES];
    size_t headline_count; /* the newest first */
};

/* Fails: STORE. */
FALLIBLE bool source_found_get(struct db *db, int64_t source_id, int64_t since,
                               struct arena *arena, struct source_found *out,
                               struct err *err);

#endif
