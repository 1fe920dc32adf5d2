/* Retention: what the record keeps no longer than it has to. */
#ifndef SUBSCRIBERS_CONSENT_RETENTION_H
#define SUBSCRIBERS_CONSENT_RETENTION_H

#include "subscribers/consent/consent.h"

/* Forgets, as consent_forget does, everybody who gets nothing and of whom
 * nothing was recorded since `before`: their proofs have been kept long
 * enough. Those who get something keep theirs, however old. A few hundred at
 * a time, each lot a transaction of its own. */
FALLIBLE bool retention_forget(struct db *db, int64_t before,
                               const struct consent_origin *origin,
                               size_t *count, struct err *err);

/* Drops new addresses that were never confirmed. */
FALLIBLE bool retention_drop_wishes(struct db *db, int64_t asked_before,
                                    struct err *err);

#endif
