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

/* Whether there is an event of that name for a subscription. */
FALLIBLE bool consent_store_has(struct db *db, int64_t newsletter_id,
                                int64_t subscriber_id, const char *event,
                                bool *out, struct err *err);

/* Takes somebody's events and former addresses out of the record. */
FALLIBLE bool consent_store_forget(struct db *db, int64_t subscriber_id,
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
