/* Verdicts: what a sender's result makes of a message that waited in a queue.
 * Pure, but for the chance in the delays (retry.h).
 */
#ifndef DIGEST_DELIVERY_VERDICT_INTERNAL_H
#define DIGEST_DELIVERY_VERDICT_INTERNAL_H

#include "digest/delivery/queue.h"
#include "digest/sender/sender.h"

struct verdict_rule {
    /* Seconds after the first try until a message is given up. */
    int64_t give_up_after;
    /* The queue is too short to show from its own messages whether a relay
     * that refuses one is at fault: a refusal that may be the relay's own is
     * final only where the relay took others lately. */
    bool is_short;
};

/* Whether the verdict hangs on the relay having taken a message at *since or
 * later: a refusal that came back because the relay refused one after another
 * stands where it took one since; so does, in a short queue, one that may be
 * the relay's own. */
bool verdict_asks(const struct verdict_rule *rule,
                  const struct queue_item *item,
                  const struct sender_result *result, int64_t now,
                  int64_t *since);

/* Fills in an outcome but for its `now`, which is set. Deferred messages are
 * tried again until their time is up, and once more when it is. No answer
 * after the final dot is tried once more after half an hour, then it has
 * failed. A refusal that came back is no try, unless the relay `took` others.
 */
void verdict_decide(const struct verdict_rule *rule,
                    const struct queue_item *item,
                    const struct sender_result *result, bool took,
                    struct queue_outcome *out);

#endif
