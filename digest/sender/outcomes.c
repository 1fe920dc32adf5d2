/* Tells the feed what became of messages, and offers some again. */
#include <assert.h>

#include "digest/sender/run_internal.h"

enum { TIMES_MAX = 4 }; /* connections that may break under one message */

static void tell(struct sender *s, const struct relay *relay, int64_t id,
                 const struct verdict *v)
{
    struct sender_result result = {
        .id = id,
        .outcome = v->outcome,
        .stage = v->stage,
        .code = v->code,
        .reply = v->text,
        .relay = relay ? relay->name : "",
    };
    memcpy(result.status, v->status, sizeof result.status);
    s->feed->result(s->feed->context, &result);
    s->dirty = true;
}

void run_return_offer(struct sender *s, struct offer *offer,
                      const struct relay *relay, const char *why)
{
    struct verdict verdict;
    verdict_say(&verdict, SENDER_RETURNED, STAGE_CONNECT, "", why);
    tell(s, relay, offer->job.id, &verdict);
    offers_put(&s->offers, offer);
}

/* The verdicts of a run of refusals; when the relay is the likelier fault,
 * the messages go back untouched. */
static void tell_held(struct sender *s, struct relay *relay, bool stand)
{
    for (size_t i = 0; i < relay->held_count; i++) {
        struct held *held = &relay->held[i];
        if (!stand)
            held->verdict.outcome = SENDER_RETURNED;
        tell(s, relay, held->id, &held->verdict);
    }
    relay->held_count = 0;
}

/* Messages held by a relay that refuses everybody go to another that doesn't:
 * the feed has them back, and is asked again. */
static void hand_to_others(struct sender *s, struct relay *relay)
{
    bool others = false;
    for (size_t i = 0; i < s->relay_count; i++) {
        const struct relay *other = &s->relays[i];
        others = others || (other != relay && !other->refusing &&
                            relay_usable(other, s->now_ms));
    }
    if (!relay->refusing || !others || s->ending)
        return;
    tell_held(s, relay, false);
    s->feed_ended = false;
    s->ask_feed_ms = 0;
}

/* The connection broke before the server said anything of the message: another
 * connection gets it. */
static void offer_again(struct sender *s, struct relay *relay,
                        struct offer *offer, struct verdict *v)
{
    if (s->ending) {
        run_return_offer(s, offer, relay, v->text);
    } else if (++offer->times < TIMES_MAX) {
        offers_wait(&s->offers, offer, true);
    } else {
        v->outcome = SENDER_DEFERRED;
        tell(s, relay, offer->job.id, v);
        offers_put(&s->offers, offer);
    }
}

static void take_verdict(struct sender *s, struct relay *relay,
                         struct connection *connection, struct verdict *v)
{
    struct offer *offer = offer_of(v->job);
    assert(connection->busy > 0);
    connection->busy--;
    relay->moved_at_ms = s->now_ms;
    connection->idle_since_ms = s->now_ms;
    domain_end(offer->domain);
    offer->domain = NULL;
    if (v->outcome == SENDER_RETURNED) {
        offer_again(s, relay, offer, v);
        return;
    }
    if (v->outcome == SENDER_SENT) {
        connection->sent++;
        relay_accepted(relay, s->now_ms);
        if (relay->held_count)
            tell_held(s, relay, true);
    }
    /* A message that we refuse for the relay's sake (too long for it) weighs
     * alike. */
    if (v->outcome == SENDER_FAILED ||
        (v->outcome == SENDER_DEFERRED && v->code >= 400))
        relay_refused(relay, v, offer->job.id, s->now_ms);
    else
        tell(s, relay, offer->job.id, v);
    offers_put(&s->offers, offer);
    hand_to_others(s, relay);
}

void run_read_link(struct sender *s, struct relay *relay,
                   struct connection *connection)
{
    struct verdict verdict;
    relay->ops->read(connection, s->now_ms);
    while (relay->ops->verdict(connection, &verdict))
        take_verdict(s, relay, connection, &verdict);
    if (connection->state != CONNECTION_CLOSED || connection->closing_told)
        return;
    connection->closing_told = true;
    relay_link_closed(relay, connection, s->now_ms);
}

void run_return_waiting(struct sender *s)
{
    const char *why = s->failure.kind ? s->failure.text : "the sending stops";
    while (s->offers.waiting)
        run_return_offer(s, offers_take(&s->offers, &s->offers.waiting), NULL,
                         why);
}

/* Whether we refused an address ourselves, before any server was asked: 5.1.x
 * and no code. */
static bool is_no_address(const struct verdict *v)
{
    return v->code == 0 && str_starts(str_of(v->status), STR("5.1."));
}

void run_settle_held(struct sender *s)
{
    for (size_t i = 0; i < s->relay_count; i++) {
        struct relay *relay = &s->relays[i];
        bool stand = relay_verdicts_stand(relay);
        /* It took nothing at all: too few refusals to pause for, and still
         * nothing shows that the addresses are at fault. */
        bool proven = relay->worked || relay->held_count < 2;
        for (size_t j = 0; stand && !proven && j < relay->held_count; j++)
            if (!is_no_address(&relay->held[j].verdict))
                relay->held[j].verdict.outcome = SENDER_DEFERRED;
        if (!stand && relay->held_count)
            run_fail(s, &relay->fault);
        tell_held(s, relay, stand);
    }
}
