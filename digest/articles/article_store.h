/* Articles in the database. No policy: what is read and written, no more. */
#ifndef DIGEST_ARTICLES_ARTICLE_STORE_H
#define DIGEST_ARTICLES_ARTICLE_STORE_H

#include "digest/articles/article.h"
#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"

enum article_change { ARTICLE_ADDED, ARTICLE_CHANGED, ARTICLE_UNCHANGED };

/* Adds or updates by (source, guid); else by (source, URL) where the URL isn't
 * empty, and either of both has no GUID but its URL, or a new one alone: of
 * one title and time. Several may share a link, as releases do. known_at stays
 * as it first was; a withdrawn article stays so. A published_at of 0 stays as
 * it is stored; of a new article it is the time that it became known. Sets *id.
 * Part of the caller's transaction. Fails: STORE and its kin. */
FALLIBLE bool article_put(struct db *db, const struct article *article,
                          int64_t *id, enum article_change *change,
                          struct err *err);

/* The bounds of an article's time where its date can't be read. */
struct article_undated {
    bool is_new;       /* it wasn't there when its source was last fetched */
    int64_t latest_at; /* at this time at the latest; 0: not said */
};

/* The same for such a one: one that isn't new is stored with a published_at
 * of 0. */
FALLIBLE bool article_put_undated(struct db *db, const struct article *article,
                                  const struct article_undated *undated,
                                  int64_t *id, enum article_change *change,
                                  struct err *err);

/* Gets one article, body included. Lives in the arena. Fails: NOT_FOUND. */
FALLIBLE bool article_get(struct db *db, int64_t id, struct arena *arena,
                          struct article *out, struct err *err);

/* Gets the one of that source and GUID, body included; id 0 for none. Lives in
 * the arena. Fails: STORE. */
FALLIBLE bool article_find_guid(struct db *db, int64_t source_id,
                                const char *guid, struct arena *arena,
                                struct article *out, struct err *err);

struct article_query {
    const char *category;            /* slug; NULL: all */
    int64_t fresh_from, fresh_until; /* later of published and known: >=, <;
                                        0: open */
    int64_t published_from, published_until; /* >=, <; 0: open */
    size_t limit;                            /* 0: all */
    bool with_withdrawn;
};

struct article_list {
    struct article *items; /* in the arena */
    size_t count;
};

/* Newest first (published_at, then id), without bodies. */
FALLIBLE bool article_find(struct db *db, const struct article_query *query,
                           struct arena *arena, struct article_list *out,
                           struct err *err);

/* Removed: it stays for history, and no issue takes it. Fails: NOT_FOUND. */
FALLIBLE bool article_withdraw(struct db *db, int64_t id, int64_t now,
                               struct err *err);

/* Withdraws an article that its source has taken back (made a draft again),
 * until it is imported anew. *id is 0 when there was none to withdraw. */
FALLIBLE bool article_withdraw_at_source(struct db *db, int64_t source_id,
                                         const char *url, int64_t now,
                                         int64_t *id, struct err *err);

FALLIBLE bool article_count(struct db *db, int64_t *out, struct err *err);

/* Adds a link that an editor gave to an issue as an article that no selection
 * sees, of a group ("12", the issue's); sets its id. And removes one. Part of
 * the caller's transaction. Fails: STORE and its kin. */
FALLIBLE bool article_add_link(struct db *db, const char *group,
                               struct article *link, struct err *err);
FALLIBLE bool article_remove_link(struct db *db, int64_t id, struct err *err);

/* Keeps the bytes of an article's signature (signature.h). Fails: TEMPORARY,
 * while another writes; STORE. */
FALLIBLE bool article_set_signature(struct db *db, int64_t id, struct str bytes,
                                    struct err *err);

#endif
