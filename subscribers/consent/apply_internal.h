/* One change of one subscription inside the caller's transaction. For this
 * room only; others call consent.h. */
#ifndef SUBSCRIBERS_CONSENT_APPLY_INTERNAL_H
#define SUBSCRIBERS_CONSENT_APPLY_INTERNAL_H

#include "subscribers/consent/consent.h"
#include "subscribers/consent/transition_internal.h"
#include "subscribers/roster/address.h"

struct consent_change {
    int64_t subscriber_id, newsletter_id;
    enum consent_action action;
    bool pending; /* who comes in comes in pending, whatever the action */
    bool is_new;  /* the subscriber was just added: nothing to look up */
    bool silent;  /* the caller writes the event */
    const struct consent_origin *origin;
    const char *note; /* NULL: none */
};

/* Applies a change by the table of transitions: the state and its event. */
FALLIBLE bool consent_apply(struct db *db, const struct consent_change *change,
                            enum consent_result *result, struct err *err);

/* The same for a change to one (newsletter_id 0: to all) of the newsletters
 * of an existing subscriber, as a durable transaction. */
FALLIBLE bool consent_change_state(struct db *db, struct consent_change *change,
                                   enum consent_result *result,
                                   struct err *err);

/* Whether the address is suppressed in a way that this change may not pass
 * over; then `err` says which. */
FALLIBLE bool consent_is_barred(struct db *db, const struct address *address,
                                const struct consent_change *change,
                                bool *barred, struct err *err);

/* Adds the subscriber where there is none, and applies change->action.
 * `name` is clean already. Sets change->subscriber_id and is_new. */
FALLIBLE bool consent_enter(struct db *db, const struct address *address,
                            const char *name, const char *categories,
                            struct consent_change *change,
                            enum consent_result *result, struct err *err);

/* Appends a name as it is stored: one line of at most 200 bytes. */
void consent_clean_name(struct strbuf *out, struct str name);

#endif
