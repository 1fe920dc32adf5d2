#include "digest/issues/verdicts.h"

#include "digest/base/random.h"

enum { SHORTEST_S = 300, LONGEST_S = 4 * 3600, UNKNOWN_S = 30 * 60 };

int64_t verdict_delay(int64_t attempts)
{
    int64_t delay = SHORTEST_S;
    for (int64_t i = 0; i < attempts && delay < LONGEST_S; i++)
        delay *= 2;
    if (delay > LONGEST_S)
        delay = LONGEST_S;
    uint32_t spread = (uint32_t)(delay * 2 / 5);
    return delay - spread / 2 + random_below(spread + 1);
}

/* A deferred delivery is tried again until its time is up. */
static void defer(const struct inflight *job, int64_t delay,
                  int64_t give_up_after, struct ledger_record *row)
{
    int64_t limit = job->first_at + give_up_after;
    row->state = row->now >= limit ? DELIVERY_FAILED : DELIVERY_DEFERRED;
    row->next_at = row->now + delay < limit ? row->now + delay : limit;
}

void verdict_decide(const struct inflight *job, const struct sender_result *r,
                    int64_t give_up_after, struct ledger_record *row)
{
    row->attempted = r->outcome != SENDER_RETURNED;
    switch (r->outcome) {
    case SENDER_SENT:
        row->state = DELIVERY_SENT;
        break;
    case SENDER_FAILED:
        row->state = DELIVERY_FAILED;
        break;
    case SENDER_DEFERRED:
        defer(job, verdict_delay(job->attempts), give_up_after, row);
        break;
    case SENDER_UNKNOWN:
        row->unknown = true;
        row->state = DELIVERY_DEFERRED;
        row->next_at = row->now + UNKNOWN_S;
        row->reply = "no answer after the message was handed over";
        if (job->unknowns) {
            row->state = DELIVERY_FAILED;
            row->reply = "outcome unknown: twice no answer after the "
                         "message was handed over";
        }
        break;
    case SENDER_RETURNED:
        row->state = DELIVERY_QUEUED;
        break;
    }
}
