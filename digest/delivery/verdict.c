/* Decides what a sender's result makes of a message. */
#include "digest/delivery/verdict_internal.h"

#include "digest/delivery/retry.h"
#include "digest/sender/reply_class.h"

enum {
    UNKNOWN_S = 30 * 60,
    TRUST_S = 3600, /* a relay that took a message so lately isn't at fault */
};

/* The relay refused one message after another, so this one came back. */
static bool is_handed_back(const struct sender_result *r)
{
    return r->outcome == SENDER_RETURNED && r->code >= 400;
}

/* The refusal speaks of the recipient or the message alone, so that it stands
 * whatever the relay is like. */
static bool is_final(const struct sender_result *r)
{
    enum reply_class class = reply_classify(r->code, r->status, r->reply);
    return r->code == 0 || class == REPLY_ADDRESS || class == REPLY_MAILBOX ||
           class == REPLY_MESSAGE;
}

bool verdict_asks(const struct verdict_rule *rule,
                  const struct queue_item *item, const struct sender_result *r,
                  int64_t now, int64_t *since)
{
    if (is_handed_back(r)) {
        *since = item->refused_at + 1;
        return item->refused_at != 0;
    }
    *since = now - TRUST_S;
    if (*since > item->first_at)
        *since = item->first_at;
    return rule->is_short && r->outcome == SENDER_FAILED && !is_final(r);
}

/* A deferred message is tried again until its time is up, and once more when
 * it is. */
static void defer(const struct verdict_rule *rule,
                  const struct queue_item *item, struct queue_outcome *out)
{
    int64_t limit = item->first_at + rule->give_up_after;
    bool is_over = retry_is_over(item->first_at, item->attempts,
                                 rule->give_up_after, out->now);
    out->state = is_over ? DELIVERY_FAILED : DELIVERY_DEFERRED;
    out->next_at = out->now + retry_delay(item->attempts);
    if (out->now < limit && limit < out->next_at)
        out->next_at = limit;
}

static void decide_unknown(const struct queue_item *item,
                           struct queue_outcome *out)
{
    out->unknown = true;
    out->state = DELIVERY_DEFERRED;
    out->next_at = out->now + UNKNOWN_S;
    out->reply = "no answer after the message was handed over";
    if (!item->unknowns)
        return;
    out->state = DELIVERY_FAILED;
    out->reply = "outcome unknown: twice no answer after the message was "
                 "handed over";
}

/* A message that wasn't offered keeps its place; one that was refused and came
 * back stands behind all that is due, and behind the others where it was
 * deferred before. */
static void give_back(const struct verdict_rule *rule,
                      const struct queue_item *item,
                      const struct sender_result *r, struct queue_outcome *out)
{
    bool refused = is_handed_back(r);
    out->state = DELIVERY_QUEUED;
    out->next_at = refused ? out->now : item->next_at;
    if (refused && item->attempts)
        defer(rule, item, out);
}

void verdict_decide(const struct verdict_rule *rule,
                    const struct queue_item *item,
                    const struct sender_result *r, bool took,
                    struct queue_outcome *out)
{
    enum sender_outcome outcome = took && is_handed_back(r)
                                      ? reply_outcome(r->stage, r->code)
                                      : r->outcome;
    bool stands = took || !rule->is_short || is_final(r);
    out->id = item->id;
    out->code = r->code;
    out->status = r->status;
    out->reply = r->reply;
    out->relay = r->relay;
    out->attempted = outcome != SENDER_RETURNED;
    out->first_at = out->attempted ? item->first_at : 0;
    switch (outcome) {
    case SENDER_SENT:
        out->state = DELIVERY_SENT;
        break;
    case SENDER_FAILED:
        out->state = DELIVERY_FAILED;
        if (!stands)
            defer(rule, item, out);
        break;
    case SENDER_DEFERRED:
        defer(rule, item, out);
        break;
    case SENDER_UNKNOWN:
        decide_unknown(item, out);
        break;
    case SENDER_RETURNED:
        give_back(rule, item, r, out);
        break;
    }
}
