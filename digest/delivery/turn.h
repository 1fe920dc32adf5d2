/* The turn at something that one process at a time does: starting an issue,
 * sending it, sending the outbox.
 *
 * The lock on a file is gone with its process, the lease tells other hosts,
 * and a run that woke too late finds its fence grown.
 */
#ifndef DIGEST_DELIVERY_TURN_H
#define DIGEST_DELIVERY_TURN_H

#include "digest/delivery/work_internal.h"
#include "digest/issues/issue.h"

/* The names of a turn: its lock, its lease, and words where it is taken. */
struct turn_name {
    const char *lock;  /* of the file beside the database: "notices" */
    const char *lease; /* "issue weekly/3" */
    const char *busy;  /* what is said where another process has the turn; how
                          it goes on is added */
};

/* Takes the lock and the lease. The lease is given back with lease_release.
 * Owns: *lock, for file_unlock. Fails: TEMPORARY (another has the turn), IO,
 * STORE. */
FALLIBLE bool turn_take(struct db *db, const struct turn_name *name,
                        struct work *work, int *lock, struct err *err);

/* The same for an issue; `doing` ("sent") is what others are told of. */
FALLIBLE bool turn_take_issue(struct db *db, const struct issue *issue,
                              const char *doing, struct work *work, int *lock,
                              struct err *err);

/* The lock of an issue alone, of a process that does nothing else to it. Owns:
 * *lock, for file_unlock. Fails: TEMPORARY (another has the turn), IO. */
FALLIBLE bool turn_lock_issue(struct db *db, int64_t issue_id, int *lock,
                              struct err *err);

/* Removes the lock's file, once there is nothing left to take turns at. */
void turn_remove_issue(struct db *db, int64_t issue_id);

#endif
