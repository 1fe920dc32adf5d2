#include "digest/delivery/verdicts.h"

#include "digest/delivery/patience.h"
#include "digest/sender/reply_class.h"

enum { UNKNOWN_S = 30 * 60 };

/* A deferred delivery is tried again until its time is up, and once more when
 * it is. */
static void defer(const struct inflight *job, int64_t delay,
                  int64_t give_up_after, struct ledger_record *row)
{
    int64_t limit = job->first_at + give_up_after;
    row->state =
        patience_is_over(job->first_at, job->attempts, give_up_after, row->now)
            ? DELIVERY_FAILED
            : DELIVERY_DEFERRED;
    row->next_at = row->now + delay;
    if (row->now < limit && limit < row->next_at)
        row->next_at = limit;
}

static bool is_refusal(const struct sender_result *r)
{
    return r->outcome == SENDER_RETURNED && r->code >= 400;
}

/* The relay wasn't at fault: it takes others. */
static enum sender_outcome outcome_of(const struct inflight *job,
                                      const struct sender_result *r,
                                      int64_t took_at)
{
    bool stands = is_refusal(r) && job->refused_at && took_at > job->refused_at;
    return stands ? reply_outcome(r->stage, r->code) : r->outcome;
}

/* What was deferred before stands behind the others that were. */
static void give_back(const struct inflight *job, const struct sender_result *r,
                      int64_t give_up_after, struct ledger_record *row)
{
    row->state = DELIVERY_QUEUED;
    if (job->attempts && is_refusal(r))
        defer(job, patience_delay(job->attempts), give_up_after, row);
}

void verdict_decide(const struct inflight *job, const struct sender_result *r,
                    int64_t took_at, int64_t give_up_after,
                    struct ledger_record *row)
{
    enum sender_outcome outcome = outcome_of(job, r, took_at);
    row->attempted = outcome != SENDER_RETURNED;
    switch (outcome) {
    case SENDER_SENT:
        row->state = DELIVERY_SENT;
        break;
    case SENDER_FAILED:
        row->state = DELIVERY_FAILED;
        break;
    case SENDER_DEFERRED:
        defer(job, patience_delay(job->attempts), give_up_after, row);
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
        give_back(job, r, give_up_after, row);
        break;
    }
}
