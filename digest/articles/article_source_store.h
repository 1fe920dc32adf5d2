/* The articles of one source in the database: for telling which of them it
 * has taken back. */
#ifndef DIGEST_ARTICLES_ARTICLE_SOURCE_STORE_H
#define DIGEST_ARTICLES_ARTICLE_SOURCE_STORE_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"

struct source_article {
    int64_t id;
    const char *guid;
};

/* The newest `limit` that aren't withdrawn. In the arena. */
FALLIBLE bool article_of_source(struct db *db, int64_t source_id, size_t limit,
                                struct arena *arena,
                                struct source_article **out, size_t *count,
                                struct err *err);

/* Withdrawn until its source has it again (see article_store.h). */
FALLIBLE bool article_withdraw_lost(struct db *db, int64_t id, int64_t now,
                                    struct err *err);

#endif
