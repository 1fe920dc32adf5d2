/* A lease: the right to do something alone, for a while.
 *
 * The row in the database says who holds it and until when; the fence grows
 * with each new holder, so that one who slept through its time is found out
 * at its next transaction.
 */
#ifndef DIGEST_LEDGER_LEASE_H
#define DIGEST_LEDGER_LEASE_H

#include "digest/base/err.h"
#include "digest/store/db.h"

struct lease {
    char name[80];
    char holder[80]; /* host and process, for messages */
    int64_t fence;
};

/* Takes a lease that is free or expired. `alone_here`: the caller holds a lock
 * that no other living process of this host can hold, so what the host's
 * processes held is free as well; another host's lease never is before its
 * time. Fails: TEMPORARY naming the holder. */
FALLIBLE bool lease_take(struct db *db, const char *name, int64_t now,
                         int64_t seconds, bool alone_here, struct lease *out,
                         struct err *err);

/* Whether it is still ours, and until now + seconds from here on. Called in
 * the transaction that it protects. Fails: CONFLICT, when another has it. */
FALLIBLE bool lease_renew(struct db *db, const struct lease *lease, int64_t now,
                          int64_t seconds, struct err *err);

/* The same without writing: for each transaction on the way. */
FALLIBLE bool lease_check(struct db *db, const struct lease *lease,
                          struct err *err);

void lease_release(struct db *db, const struct lease *lease);

#endif
