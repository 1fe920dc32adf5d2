/* Verdicts: what a sender's result makes of a delivery.
 *
 * A refusal may be the relay's fault as well as the reader's. So refusals
 * stand as deferred until the relay has shown by a success that it isn't;
 * when it refuses everybody for a while, nobody has been used up.
 */
#ifndef DIGEST_ISSUES_VERDICTS_H
#define DIGEST_ISSUES_VERDICTS_H

#include "digest/ledger/ledger.h"
#include "digest/sender/sender.h"

/* A delivery in the sender's hands. */
struct inflight {
    int64_t subscriber_id, attempts, unknowns, first_at;
};

/* 5 minutes, doubled for each attempt, up to 4 hours, give or take a fifth
 * (RFC 5321 §4.5.4.1). */
int64_t verdict_delay(int64_t attempts);

/* Fills the state and time of a row from a result; the row has its `now`. No
 * answer after the final dot is tried once more after half an hour, then it
 * has failed. */
void verdict_decide(const struct inflight *job,
                    const struct sender_result *result, int64_t give_up_after,
                    struct ledger_record *row);

/* Refusals by one relay since its last success. */
struct held {
    struct ledger_record row; /* the verdict; texts are copies */
    bool dead_address;
};
struct streak {
    char *relay;
    bool succeeded; /* in this run */
    struct held *items;
    size_t count, capacity;
};
struct streaks {
    struct streak *items;
    size_t count, capacity;
};
void streaks_free(struct streaks *streaks);

/* The streak of a relay, made when it is new. Borrowed until the next. */
struct streak *streaks_of(struct streaks *streaks, const char *relay);
void streak_hold(struct streak *streak, const struct ledger_record *verdict,
                 bool dead_address);
void streak_clear(struct streak *streak);

#endif
