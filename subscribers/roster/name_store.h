/* The words of names in the database. They are taken in bit by bit, behind
 * the list's growth. */
#ifndef SUBSCRIBERS_ROSTER_NAME_STORE_H
#define SUBSCRIBERS_ROSTER_NAME_STORE_H

#include "digest/store/db.h"

/* How many names wait at most: exact but for holes in the ids. */
FALLIBLE bool names_waiting(struct db *db, int64_t *count, struct err *err);

/* Takes in up to `most` of those that wait, as a transaction of its own.
 * Fails: TEMPORARY (somebody else writes), STORE. */
FALLIBLE bool names_take_in(struct db *db, int64_t most, struct err *err);

#endif
