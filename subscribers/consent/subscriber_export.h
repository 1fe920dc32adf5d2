/* Giving a list out as CSV, in the columns that an import takes back: export
 * and import into an empty list is the identity.
 */
#ifndef SUBSCRIBERS_CONSENT_SUBSCRIBER_EXPORT_H
#define SUBSCRIBERS_CONSENT_SUBSCRIBER_EXPORT_H

#include <stddef.h>

#include "digest/base/str.h"
#include "digest/store/db.h"

/* The target that the text goes to, piece by piece. */
struct subscriber_export_to {
    bool (*put)(void *context, struct str text, struct err *err);
    void *context;
};

/* Exports one row for each subscription to a newsletter (a slug; NULL: to all),
 * as it stood at one moment. Fails: STORE, and as `to` does. */
FALLIBLE bool subscriber_export(struct db *db, const char *newsletter,
                                const struct subscriber_export_to *to,
                                size_t *count, struct err *err);

#endif
