/* Suppressions in the database, by what is compared. For this room only. */
#ifndef SUBSCRIBERS_CONSENT_SUPPRESSION_STORE_INTERNAL_H
#define SUBSCRIBERS_CONSENT_SUPPRESSION_STORE_INTERNAL_H

#include "subscribers/consent/suppression.h"

FALLIBLE bool suppression_store_add(struct db *db, const char *address_key,
                                    const char *reason, const char *note,
                                    int64_t now, bool *added, struct err *err);
FALLIBLE bool suppression_store_remove(struct db *db, const char *address_key,
                                       bool *removed, struct err *err);

/* Adds what stands in place of an erased address; of two reasons the one that
 * bars more stays. */
FALLIBLE bool suppression_store_seal(struct db *db, const char *hash,
                                     const char *reason, int64_t now,
                                     struct err *err);

/* Appends what stands in place of a forgotten address. */
void suppression_hash(const struct token_keys *keys, const char *email_key,
                      struct strbuf *out);

#endif
