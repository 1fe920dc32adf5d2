/* Erasing a subscriber: address, name, history and every text that names them
 * go from all tables, whatever waits for them in the outbox is withdrawn, and
 * the database's files hold it no longer (erasing.h). What was delivered stays
 * as numbers; a keyed hash keeps imports from bringing them back. An editor's
 * account of the same address, articles, and backups aren't touched.
 *
 * The command line, the desk and the retention of proofs all erase by this.
 */
#ifndef DIGEST_SCHEDULER_ERASE_H
#define DIGEST_SCHEDULER_ERASE_H

#include "subscribers/consent/consent.h"

/* Erases a subscriber in one durable transaction. origin->keys has to be there.
 * Idempotent. Fails: NOT_FOUND, STORE. */
FALLIBLE bool erase_subscriber(struct db *db, int64_t subscriber_id,
                               const struct consent_origin *origin,
                               struct err *err);

/* Everybody whose proofs have been kept long enough (retention.h), some at a
 * time, each lot a transaction of its own. */
FALLIBLE bool erase_expired(struct db *db, int64_t before,
                            const struct consent_origin *origin, size_t *count,
                            struct err *err);

#endif
