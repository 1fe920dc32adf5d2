/* The categories that articles have, and how many lately. */
#ifndef DIGEST_ARTICLES_CATEGORY_STORE_H
#define DIGEST_ARTICLES_CATEGORY_STORE_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"

enum { CATEGORY_LOOKED_AT = 2000, CATEGORY_MAX = 60 };

struct category_count {
    const char *slug, *name;
    int64_t articles;
};
/* In the arena; those with most articles first. */
struct category_counts {
    struct category_count *items;
    size_t count;
    int64_t articles; /* that were looked at: with or without a category */
    bool is_all;      /* neither more articles than CATEGORY_LOOKED_AT nor more
                         categories than CATEGORY_MAX */
};

/* Counts the categories of articles that are fresh since a time: of the newest
 * ones, where there are more than are looked at. Fails: STORE. */
FALLIBLE bool category_count_recent(struct db *db, int64_t since,
                                    struct arena *arena,
                                    struct category_counts *out,
                                    struct err *err);

#endif
