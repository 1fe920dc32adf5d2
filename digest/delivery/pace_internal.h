/* The sender's pace, kept over a restart: whatever goes out next, an issue,
 * notices or test copies, goes on with it. */
#ifndef DIGEST_DELIVERY_PACE_INTERNAL_H
#define DIGEST_DELIVERY_PACE_INTERNAL_H

#include "digest/sender/sender.h"
#include "digest/store/db.h"

/* Bounds a new sender over all its relays (sender_limit), and gives its
 * buckets what was written last. */
FALLIBLE bool pace_begin(struct db *db, struct sender *sender, double rate,
                         unsigned connections, struct err *err);
/* Writes what the buckets hold; a NULL sender has none. */
FALLIBLE bool pace_keep(struct db *db, struct sender *sender, struct err *err);

#endif
