/* Searching articles by the words of their title, author and summary. */
#ifndef DIGEST_ARTICLES_ARTICLE_SEARCH_H
#define DIGEST_ARTICLES_ARTICLE_SEARCH_H

#include "digest/articles/article_store.h"

struct article_search {
    const char *words;    /* all of them have to be there, in any order; case
                             and accents don't count */
    const char *category; /* slug; NULL: all */
    int64_t source_id;    /* 0: all */
    int64_t published_from, published_until; /* >=, <; 0: open */
    size_t limit;                            /* 0: 100 */
    size_t latest; /* of those that have the words only so many that came last
                      are looked at; where each word has one or two letters,
                      which no index has, of all articles so many. 0: all */
};

/* Newest first, without those withdrawn; lives in the arena, bodies
 * included. Fails: USAGE (no words, or too many), STORE. */
FALLIBLE bool article_search_find(struct db *db,
                                  const struct article_search *search,
                                  struct arena *arena, struct article_list *out,
                                  struct err *err);

/* Writes the words of a stored article; for article_put. `is_new`: there are
 * none of it yet. */
FALLIBLE bool article_search_put(struct db *db, const struct article *article,
                                 bool is_new, struct err *err);

#endif
