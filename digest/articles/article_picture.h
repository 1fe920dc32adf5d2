/* Pictures of articles that are kept here: fetched from their addresses, or
 * given by an editor.
 *
 * A stored picture stands for one image_url of its article. When a source
 * brings another, that one is fetched; until then the article's own address is
 * shown. What an editor gives as a file has no address: the article's
 * image_url is "" then.
 */
#ifndef DIGEST_ARTICLES_ARTICLE_PICTURE_H
#define DIGEST_ARTICLES_ARTICLE_PICTURE_H

#include "digest/articles/article.h"
#include "digest/base/arena.h"
#include "digest/media/picture_store.h"

/* An article's picture: the copy that is kept, or why there is none. */
struct article_picture {
    const char *name;  /* of the stored one; NULL: none */
    const char *error; /* why it couldn't be had; "": nothing went wrong */
    int64_t failures;
};
FALLIBLE bool article_picture_get(struct db *db, const struct article *article,
                                  struct arena *arena,
                                  struct article_picture *out, struct err *err);

/* Keeps a picture for an article, whose image_url is `url` now; part of the
 * caller's transaction. */
FALLIBLE bool article_picture_put(struct db *db, int64_t article_id,
                                  const char *url,
                                  const struct picture *picture, int64_t now,
                                  struct err *err);
FALLIBLE bool article_picture_remove(struct db *db, int64_t article_id,
                                     struct err *err);

/* Notes that it couldn't be had, and when it is tried again. */
FALLIBLE bool article_picture_fail(struct db *db, int64_t article_id,
                                   const char *url, const char *error,
                                   int64_t now, struct err *err);

/* Which pictures are to be had. */
struct article_picture_wish {
    bool all;    /* also of articles with an address of their own */
    int64_t now; /* of articles of the last PICTURE_FRESH_S before */
    size_t limit;
};
enum {
    PICTURE_FRESH_S = 31 * 24 * 3600,
    PICTURE_TRIES = 8, /* then it is left alone */
};
struct article_picture_due {
    int64_t article_id;
    const char *url;
};
struct article_picture_list {
    struct article_picture_due *items; /* in the arena, the newest first */
    size_t count;
};
FALLIBLE bool article_picture_due(struct db *db,
                                  const struct article_picture_wish *wish,
                                  struct arena *arena,
                                  struct article_picture_list *out,
                                  struct err *err);

/* How many articles of the last PICTURE_FRESH_S have pictures that can't be
 * had, and why the newest of them can't. */
struct article_picture_trouble {
    int64_t count;
    int64_t article_id;
    const char *error; /* in the arena */
};
FALLIBLE bool article_picture_trouble(struct db *db, int64_t now,
                                      struct arena *arena,
                                      struct article_picture_trouble *out,
                                      struct err *err);

#endif
