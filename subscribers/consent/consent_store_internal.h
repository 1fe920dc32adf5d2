/* The record of consent and the suppressions in the database. No policy. */
#ifndef SUBSCRIBERS_CONSENT_CONSENT_STORE_INTERNAL_H
#define SUBSCRIBERS_CONSENT_CONSENT_STORE_INTERNAL_H

#include "subscribers/consent/consent.h"
#include "subscribers/roster/address.h"

/* Writes one event; newsletter_id 0 is all. An issue that is gone is left
 * out of the record. `note` may be NULL. */
FALLIBLE bool consent_store_event(struct db *db, int64_t subscriber_id,
                                  int64_t newsletter_id, const char *event,
                                  const struct consent_origin *origin,
                                  const char *note, struct err *err);

/* Takes a subscription away as if it never was. */
FALLIBLE bool consent_store_drop(struct db *db, int64_t newsletter_id,
                                 int64_t subscriber_id, struct err *err);

/* A pending subscription was asked for, once more if it was before. */
FALLIBLE bool consent_store_asked(struct db *db, int64_t newsletter_id,
                                  int64_t subscriber_id, int64_t now,
                                  struct err *err);

/* Whether there is an event of that name for a subscription. */
FALLIBLE bool consent_store_has(struct db *db, int64_t newsletter_id,
                                int64_t subscriber_id, const char *event,
                                bool *out, struct err *err);

/* Takes out of the database what tells who somebody is; `key` replaces the
 * one in their tokens. */
FALLIBLE bool consent_store_forget(struct db *db, int64_t subscriber_id,
                                   const unsigned char key[ROSTER_KEY_SIZE],
                                   int64_t now, struct err *err);

/* Writes a person's address, name, language and time zone. */
FALLIBLE bool consent_store_edit(struct db *db, int64_t subscriber_id,
                                 const struct address *address,
                                 const struct subscriber *person,
                                 struct err *err);

/* The subscriptions pending since before a time. */
struct consent_waiting {
    struct {
        int64_t newsletter_id, subscriber_id;
    } * items; /* in the arena */
    size_t count;
};
FALLIBLE bool consent_store_waiting(struct db *db, int64_t before,
                                    struct arena *arena,
                                    struct consent_waiting *out,
                                    struct err *err);

#endif
