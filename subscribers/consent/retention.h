/* Retention: what the record keeps no longer than it has to. */
#ifndef SUBSCRIBERS_CONSENT_RETENTION_H
#define SUBSCRIBERS_CONSENT_RETENTION_H

#include "subscribers/consent/consent.h"

/* The next who get nothing and of whom nothing was recorded since `before`,
 * by id from `after` on: their proofs have been kept long enough, and they are
 * to be erased. Those who get something keep theirs, however old. *count is as
 * many as there were, `most` at most. */
FALLIBLE bool retention_find(struct db *db, int64_t before, int64_t after,
                             int64_t *ids, size_t most, size_t *count,
                             struct err *err);

/* Drops new addresses that were never confirmed, and old ones that can be had
 * back no longer. */
FALLIBLE bool retention_drop_wishes(struct db *db, int64_t asked_before,
                                    int64_t moved_before, struct err *err);

#endif
