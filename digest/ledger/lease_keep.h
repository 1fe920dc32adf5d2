/* Keeping a lease: while its holder works, a thread of its own says so.
 *
 * The thread has a database handle of its own, opened only when the work
 * takes long enough for a first sign of life.
 */
#ifndef DIGEST_LEDGER_LEASE_KEEP_H
#define DIGEST_LEDGER_LEASE_KEEP_H

#include "digest/ledger/lease.h"

enum { LEASE_KEEP_S = 120 }; /* how long a dead holder stands in the way */

struct lease_keep;

/* Takes a lease and keeps it until it is given back. Fails: as lease_take. */
FALLIBLE bool lease_keep_take(struct db *db, const char *name, int64_t now,
                              struct lease_keep **out, struct err *err);
void lease_keep_release(struct lease_keep **keep); /* for OWNED */

/* The lease, to be looked at in transactions that it protects. */
const struct lease *lease_kept(const struct lease_keep *keep);

#endif
