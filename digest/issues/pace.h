/* The sender's pace, kept over a restart. */
#ifndef DIGEST_ISSUES_PACE_H
#define DIGEST_ISSUES_PACE_H

#include "digest/sender/sender.h"
#include "digest/store/db.h"

/* Writes what the buckets hold; a NULL sender has none. */
FALLIBLE bool pace_keep(struct db *db, struct sender *sender, struct err *err);
/* Gives a new sender what was written last. */
FALLIBLE bool pace_restore(struct db *db, struct sender *sender,
                           struct err *err);

#endif
