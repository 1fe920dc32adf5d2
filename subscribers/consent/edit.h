/* Changing what is known of a person, with its place in the record. */
#ifndef SUBSCRIBERS_CONSENT_EDIT_H
#define SUBSCRIBERS_CONSENT_EDIT_H

#include "subscribers/consent/consent.h"

/* NULL leaves what stands. */
struct consent_edit {
    const char *name;
    const char *email;
    const char *language;   /* "" is the newsletter's own */
    const char *timezone;   /* "" is the newsletter's own */
    const char *categories; /* of newsletter_id; one a line; "" is all */
    int64_t newsletter_id;
};

/* Edits a subscriber in one durable transaction; *changed is false where all of
 * it was so before. Links in messages that went out go on working. Fails: INPUT
 * (not an address), USAGE (no language tag), CONFLICT (the new address is
 * somebody else's, or suppressed; or the old one has left a newsletter, which
 * is remembered by it), NOT_FOUND (no such subscriber, or not on that
 * newsletter), STORE. The time zone is the caller's to check. */
FALLIBLE bool consent_edit(struct db *db, int64_t subscriber_id,
                           const struct consent_edit *edit,
                           const struct consent_origin *origin, bool *changed,
                           struct err *err);

#endif
