/* Verdicts: what a sender's result makes of a delivery. Pure. */
#ifndef DIGEST_DELIVERY_VERDICTS_H
#define DIGEST_DELIVERY_VERDICTS_H

#include "digest/ledger/ledger.h"
#include "digest/sender/sender.h"

/* A delivery in the sender's hands. */
struct inflight {
    int64_t subscriber_id, attempts, unknowns, first_at;
    int64_t refused_at; /* before this time; 0: never */
};

/* Fills the state and time of a row from a result; the row has its `now`. No
 * answer after the final dot is tried once more after half an hour, then it
 * has failed. A refusal that came back, because its relay refused message
 * after message, is none, except where a message was taken (`took_at`) since
 * the same delivery was refused before. */
void verdict_decide(const struct inflight *job,
                    const struct sender_result *result, int64_t took_at,
                    int64_t give_up_after, struct ledger_record *row);

#endif
