/* The turn at an issue: one process at a time starts it, or sends it.
 *
 * The lock on a file is gone with its process, the lease tells other hosts,
 * and a run that woke too late finds its fence grown.
 */
#ifndef DIGEST_DELIVERY_TURN_H
#define DIGEST_DELIVERY_TURN_H

#include "digest/delivery/work.h"
#include "digest/issues/issue.h"

/* The lock alone, of a process that does nothing else to the issue. Owns:
 * *lock, for file_unlock. Fails: TEMPORARY (another has the turn), IO. */
FALLIBLE bool turn_lock(struct db *db, int64_t issue_id, int *lock,
                        struct err *err);

/* Takes the lock and the lease; `doing` ("sent") is what others are told of.
 * The lease is given back with lease_release. Fails: TEMPORARY (another has
 * the turn), IO, STORE. */
FALLIBLE bool turn_take(struct db *db, const struct issue *issue,
                        const char *doing, struct work *work, int *lock,
                        struct err *err);

/* Removes the lock's file, once there is nothing left to take turns at. */
void turn_remove(struct db *db, int64_t issue_id);

#endif
