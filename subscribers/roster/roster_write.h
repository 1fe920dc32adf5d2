/* Writing subscribers and subscriptions in the database: bare rows. What may be
 * written of whom, and what is recorded of it, are consent's rules.
 *
 * All are part of the caller's transaction. Fails: STORE and its kin.
 */
#ifndef SUBSCRIBERS_ROSTER_ROSTER_WRITE_H
#define SUBSCRIBERS_ROSTER_ROSTER_WRITE_H

#include "subscribers/roster/address.h"
#include "subscribers/roster/roster_store.h"

/* ---- subscribers ---- */

/* A subscriber's row as a list brings it. Texts are never NULL. */
struct roster_entry {
    const unsigned char *key; /* ROSTER_KEY_SIZE bytes, if it is new */
    const char *email, *email_key, *name, *language, *timezone;
    int64_t created_at;
};

/* Adds a subscriber, unless the address is there: *added, and *id of either.
 * (roster_add is for one at a time, and makes the key.) */
FALLIBLE bool roster_enter(struct db *db, const struct roster_entry *entry,
                           int64_t *id, bool *added, struct err *err);

/* Writes name, language and time zone of an entry where they aren't "". */
FALLIBLE bool roster_fill(struct db *db, int64_t subscriber_id,
                          const struct roster_entry *entry, struct err *err);

/* Writes address, name, language and time zone. */
FALLIBLE bool roster_edit(struct db *db, int64_t subscriber_id,
                          const struct address *address,
                          const struct subscriber *person, struct err *err);
FALLIBLE bool roster_move(struct db *db, int64_t subscriber_id,
                          const char *email, const char *email_key,
                          struct err *err);
FALLIBLE bool roster_set_language(struct db *db, int64_t subscriber_id,
                                  const char *language, struct err *err);

/* Takes out what tells who somebody is, and their subscriptions; `key`
 * replaces the one in their tokens. The figures of the list learn that they
 * left at `now`. */
FALLIBLE bool roster_forget(struct db *db, int64_t subscriber_id,
                            const unsigned char key[ROSTER_KEY_SIZE],
                            int64_t now, struct err *err);

/* ---- subscriptions ---- */

/* The first subscription of somebody to a newsletter. */
FALLIBLE bool roster_subscribe(struct db *db, int64_t newsletter_id,
                               int64_t subscriber_id,
                               enum subscription_state state,
                               const char *categories, int64_t since,
                               struct err *err);

FALLIBLE bool roster_set_preferences(struct db *db, int64_t newsletter_id,
                                     int64_t subscriber_id,
                                     const char *categories,
                                     int64_t paused_until, struct err *err);

/* Notes when a pending subscription was asked about last. */
FALLIBLE bool roster_set_asked(struct db *db, int64_t newsletter_id,
                               int64_t subscriber_id, int64_t now,
                               struct err *err);

/* Takes a subscription away as if it never was. */
FALLIBLE bool roster_drop(struct db *db, int64_t newsletter_id,
                          int64_t subscriber_id, struct err *err);

#endif
