/* Fetching a live WordPress site, one answer after another: what was
 * published or changed since the last time, then whether what is known of it
 * is still there; for the files of this room alone. */
#ifndef DIGEST_SOURCES_WORDPRESS_WORDPRESS_FETCH_INTERNAL_H
#define DIGEST_SOURCES_WORDPRESS_WORDPRESS_FETCH_INTERNAL_H

#include "digest/articles/article_source_store.h"
#include "digest/articles/source_store.h"
#include "digest/fetch/fetch.h"
#include "digest/sources/import.h"

struct wordpress_fetch {
    struct arena arena;
    const struct source *source;
    size_t max_posts;       /* of the first time: the newest */
    unsigned page;          /* asked for */
    const char *since;      /* asked from; "": all */
    const char *newest;     /* what stands for last_modified from now on */
    const char *moved_root; /* where the API now is for good; NULL: there */
    bool is_checking;       /* the second question */
    bool has_news;          /* something was added, changed or withdrawn */
    struct source_article *asked;
    size_t asked_count;
};

/* The first address to be fetched; lives until wordpress_fetch_free.
 * max_posts: of the first time, 0 for 2000. */
const char *wordpress_fetch_begin(struct wordpress_fetch *fetch,
                                  const struct source *source,
                                  size_t max_posts);

/* Takes one answer. *follow is what to fetch next; NULL when that was all.
 * Fails: INPUT for what can't be an answer, STORE and its kin. */
FALLIBLE bool wordpress_fetch_take(struct wordpress_fetch *fetch, struct db *db,
                                   const struct fetch_reply *reply,
                                   const struct import_options *options,
                                   struct import_report *report, char **follow,
                                   struct err *err);

void wordpress_fetch_free(struct wordpress_fetch *fetch);

/* Imports the posts of one answer. *newest, in the arena: the latest time in
 * UTC that one of them was changed; "" for none. Fails: as above. */
FALLIBLE bool import_posts(struct db *db, const char *name,
                           const struct fetch_reply *reply,
                           const struct import_options *options,
                           struct import_report *report, struct arena *arena,
                           const char **newest, struct err *err);

#endif
