/* Retention in the database. No policy. For this room only. */
#ifndef SUBSCRIBERS_CONSENT_RETENTION_STORE_H
#define SUBSCRIBERS_CONSENT_RETENTION_STORE_H

#include "subscribers/consent/retention.h"

/* The next who get nothing and of whom nothing is newer than `before`, by
 * id from `after` on; *count is as many as there were, `most` at most. */
FALLIBLE bool retention_store_old(struct db *db, int64_t before, int64_t after,
                                  int64_t *ids, size_t most, size_t *count,
                                  struct err *err);
FALLIBLE bool retention_store_drop(struct db *db, int64_t asked_before,
                                   struct err *err);

#endif
