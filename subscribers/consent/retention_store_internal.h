/* Retention in the database. No policy. For this room only. */
#ifndef SUBSCRIBERS_CONSENT_RETENTION_STORE_INTERNAL_H
#define SUBSCRIBERS_CONSENT_RETENTION_STORE_INTERNAL_H

#include "subscribers/consent/retention.h"

FALLIBLE bool retention_store_drop(struct db *db, int64_t asked_before,
                                   int64_t moved_before, struct err *err);

#endif
