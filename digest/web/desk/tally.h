/* Tallies: how many deliveries of an issue are in which state, for pages that
 * ask each second.
 *
 * While an issue is being sent, its deliveries are counted anew; for a million
 * of them that takes a while. What was counted is shown until twenty times as
 * long as the counting took has passed.
 */
#ifndef DIGEST_WEB_DESK_TALLY_H
#define DIGEST_WEB_DESK_TALLY_H

#include "digest/ledger/ledger.h"

struct tallies;

struct tallies *tallies_new(void);
void tallies_free(struct tallies *tallies);

/* `tallies` NULL: always counted. Fails: STORE. */
FALLIBLE bool tally_count(struct tallies *tallies, struct db *db,
                          int64_t issue_id, struct ledger_counts *out,
                          struct err *err);

#endif
