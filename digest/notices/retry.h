/* Retrying: what a sender's result makes of a notice. Pure, but for the
 * chance in the delays. For the files of this room alone. */
#ifndef DIGEST_NOTICES_RETRY_H
#define DIGEST_NOTICES_RETRY_H

#include "digest/notices/notice_store.h"
#include "digest/sender/sender.h"

/* A notice in the sender's hands. */
struct retry_item {
    int64_t id, attempts, unknowns;
    int64_t first_at; /* this attempt, where it is the first */
    int64_t next_at;
    int64_t refused_at; /* before this time; 0: never */
};

/* Whether a refusal speaks of the recipient or the message alone, so that
 * it stands whatever the relay is like. */
bool retry_is_final(const struct sender_result *result);

/* Whether it came back refused, because its relay refused one after
 * another. */
bool retry_is_handed_back(const struct sender_result *result);

/* Fills what the ledger of notices gets; `out->now` is set. A refusal that
 * may be the relay's own fault is a deferral, unless `relay_is_good`: it took
 * other notices since. One that was handed back is no attempt, unless
 * `relay_is_good`; it waits behind all that is due. No answer after the final
 * dot is tried once more after half an hour, then it has failed. */
void retry_decide(const struct retry_item *item,
                  const struct sender_result *result, bool relay_is_good,
                  int64_t give_up_after, struct notice_result *out);

#endif
