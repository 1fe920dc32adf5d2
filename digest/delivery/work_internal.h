/* A run's work on the database: the lease that gives it the right to a
 * queue, and the one transaction that claims and results share until the
 * sender asks to commit, so that one commit serves all connections of a turn.
 *
 * Each transaction looks at the lease, so that a run that was overtaken in
 * its sleep can't write; and one that an error of the database rolled back is
 * found out before anything else is claimed or recorded in it.
 */
#ifndef DIGEST_DELIVERY_WORK_INTERNAL_H
#define DIGEST_DELIVERY_WORK_INTERNAL_H

#include "digest/ledger/lease.h"
#include "digest/store/db.h"

enum { WORK_LEASE_S = 60 };

struct work {
    struct db *db;
    struct lease lease;
    struct tx tx; /* open from the first claim or result to the commit */
    int64_t synced_ms, renewed_ms;
};

/* Takes the lease `name`; the caller holds the file lock that goes with it.
 * Fails: STORE. */
FALLIBLE bool work_take(struct work *work, struct db *db, const char *name,
                        struct err *err);

/* Opens the transaction where it isn't open. Fails: CONFLICT (another took
 * over), STORE (the database has given the transaction up). */
FALLIBLE bool work_begin(struct work *work, struct err *err);
FALLIBLE bool work_commit(struct work *work, struct err *err);

/* Whether a second went by since the last time: what was committed is to be
 * synced. */
bool work_sync_is_due(struct work *work);

/* Renews the lease when that is due; called each turn. Commits what is open
 * then. Fails: as work_begin. */
FALLIBLE bool work_keep(struct work *work, struct err *err);

/* Rolls back what isn't committed. */
void work_end(struct work *work);

#endif
