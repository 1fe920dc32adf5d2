#include "digest/notices/retry.h"

#include "digest/delivery/patience.h"
#include "digest/sender/reply_class.h"

enum { UNKNOWN_S = 30 * 60 };

bool retry_is_final(const struct sender_result *r)
{
    if (r->outcome != SENDER_FAILED)
        return false;
    enum reply_class class = reply_classify(r->code, r->status, r->reply);
    return r->code == 0 || class == REPLY_ADDRESS || class == REPLY_MAILBOX ||
           class == REPLY_MESSAGE;
}

bool retry_is_handed_back(const struct sender_result *r)
{
    return r->outcome == SENDER_RETURNED && r->code >= 400;
}

static void defer(const struct retry_item *item, int64_t tries,
                  int64_t give_up_after, struct notice_result *out)
{
    out->state = NOTICE_DEFERRED;
    out->next_at = out->now + patience_delay(item->attempts);
    if (patience_is_over(item->first_at, tries, give_up_after, out->next_at))
        out->state = NOTICE_FAILED;
}

static void decide_unknown(const struct retry_item *item,
                           struct notice_result *out)
{
    out->unknown = true;
    out->state = NOTICE_DEFERRED;
    out->next_at = out->now + UNKNOWN_S;
    out->reply = "no answer after the message was handed over";
    if (!item->unknowns)
        return;
    out->state = NOTICE_FAILED;
    out->reply = "outcome unknown: twice no answer after the message was "
                 "handed over";
}

/* What wasn't offered keeps its place. */
static void give_back(const struct retry_item *item,
                      const struct sender_result *r, int64_t give_up_after,
                      struct notice_result *out)
{
    bool refused = retry_is_handed_back(r);
    out->state = NOTICE_QUEUED;
    out->next_at = refused ? out->now : item->next_at;
    if (refused && item->attempts) /* that it came back is a try as well */
        defer(item, item->attempts + 1, give_up_after, out);
}

void retry_decide(const struct retry_item *item, const struct sender_result *r,
                  bool relay_is_good, int64_t give_up_after,
                  struct notice_result *out)
{
    bool stands = relay_is_good && retry_is_handed_back(r);
    enum sender_outcome outcome =
        stands ? reply_outcome(r->stage, r->code) : r->outcome;
    out->id = item->id;
    out->code = r->code;
    out->status = r->status;
    out->reply = r->reply;
    out->relay = r->relay;
    out->attempted = outcome != SENDER_RETURNED;
    out->first_at = out->attempted ? item->first_at : 0;
    switch (outcome) {
    case SENDER_SENT:
        out->state = NOTICE_SENT;
        break;
    case SENDER_FAILED:
        if (relay_is_good || retry_is_final(r))
            out->state = NOTICE_FAILED;
        else
            defer(item, item->attempts, give_up_after, out);
        break;
    case SENDER_DEFERRED:
        defer(item, item->attempts, give_up_after, out);
        break;
    case SENDER_UNKNOWN:
        decide_unknown(item, out);
        break;
    case SENDER_RETURNED:
        give_back(item, r, give_up_after, out);
        break;
    }
}
