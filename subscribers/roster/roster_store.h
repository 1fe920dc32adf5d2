/* The roster in the database: subscribers and subscriptions. No policy: who
 * may be on it and how is consent's. */
#ifndef SUBSCRIBERS_ROSTER_ROSTER_STORE_H
#define SUBSCRIBERS_ROSTER_ROSTER_STORE_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"
#include "subscribers/roster/subscriber.h"

/* Finds by folded key (struct address .key). Lives in the arena, with all
 * subscriptions. Fails: NOT_FOUND. */
FALLIBLE bool roster_get(struct db *db, const char *email_key,
                         struct arena *arena, struct subscriber *out,
                         struct err *err);
/* Finds by the random key of a token. Fails: NOT_FOUND. */
FALLIBLE bool roster_get_by_key(struct db *db,
                                const unsigned char key[ROSTER_KEY_SIZE],
                                struct arena *arena, struct subscriber *out,
                                struct err *err);

FALLIBLE bool roster_get_by_id(struct db *db, int64_t id, struct arena *arena,
                               struct subscriber *out, struct err *err);

struct roster_query {
    const char *newsletter; /* slug; NULL: all */
    const char *state;      /* NULL: all */
    int64_t after_id;       /* paging: ids greater than this */
    size_t limit;           /* 0: all */
};
struct roster_list {
    struct subscriber *items; /* in the arena, by id */
    size_t count;
};
FALLIBLE bool roster_find(struct db *db, const struct roster_query *query,
                          struct arena *arena, struct roster_list *out,
                          struct err *err);

/* Finds subscribers whose address begins with `beginning` (folded, as email_key
 * is), by address; `after` is the last one of the page before, or NULL. */
FALLIBLE bool roster_search(struct db *db, const char *beginning,
                            const char *after, size_t limit,
                            struct arena *arena, struct roster_list *out,
                            struct err *err);

/* Finds subscribers whose name has words that begin with each of the words
 * given (three of them at most), as far as names have been taken in
 * (name_store.h). Of a beginning that more than 10,000 share, some may be left
 * out. */
FALLIBLE bool roster_search_names(struct db *db, struct str name, size_t limit,
                                  struct arena *arena, struct roster_list *out,
                                  struct err *err);

/* Adds a subscriber with a fresh random key, or finds the one there; sets
 * *id and *added. An empty name leaves the old one. Part of the caller's
 * transaction. */
FALLIBLE bool roster_add(struct db *db, const char *email,
                         const char *email_key, const char *name, int64_t now,
                         int64_t *id, bool *added, struct err *err);

FALLIBLE bool roster_suppressed(struct db *db, const char *email_key, bool *out,
                                struct err *err);

/* One subscription as it stands. */
struct roster_state {
    bool exists; /* false: there never was one */
    enum subscription_state state;
    int64_t since;
    int64_t asked_at; /* pending: the last request; 0: an old program's */
};
FALLIBLE bool roster_get_state(struct db *db, int64_t newsletter_id,
                               int64_t subscriber_id, struct roster_state *out,
                               struct err *err);

/* Writes a state, or the chosen categories (one name a line; "" is all).
 * Which changes are allowed is consent's to say. */
FALLIBLE bool roster_set_state(struct db *db, int64_t newsletter_id,
                               int64_t subscriber_id,
                               enum subscription_state state, int64_t since,
                               struct err *err);
FALLIBLE bool roster_set_categories(struct db *db, int64_t newsletter_id,
                                    int64_t subscriber_id,
                                    const char *categories, struct err *err);

/* How many active subscriptions a newsletter has (0: all newsletters). */
FALLIBLE bool roster_count_active(struct db *db, int64_t newsletter_id,
                                  int64_t *out, struct err *err);

#endif
