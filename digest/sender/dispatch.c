/* Gives messages of the feed to connections, as pace and domains permit. */
#include "digest/base/mem.h"
#include "digest/sender/envelope_internal.h"
#include "digest/sender/run_internal.h"

/* In messages by weight: how far a relay may fall behind (one that rested
 * doesn't get all messages afterwards), and how far ahead it may run. */
static const double lag_most = 8, lead_most = 4;

enum {
    STALLED_MS = 1000,
    WANTED_MS = 1000, /* after such a wait the feed is asked again */
};

bool run_may_ask_feed(const struct sender *s)
{
    return !s->feed_ended && s->now_ms >= s->ask_feed_ms &&
           s->offers.waiting_count < s->waiting_max;
}

static struct domain *domain_of(struct sender *s, struct relay *relay,
                                const struct offer *offer)
{
    struct str address = strbuf_str(&offer->job.to);
    return domains_get(&relay->domains, envelope_domain(address), s->now_ms);
}

/* Whether the recipient's domain lets this relay begin a message now. */
static bool domain_permits(struct sender *s, struct relay *relay,
                           const struct offer *offer)
{
    int64_t wait =
        domain_wait_ms(&relay->domains, domain_of(s, relay, offer), s->now_ms);
    if (wait > 0)
        run_wake_at(s, s->now_ms + wait);
    return wait == 0;
}

bool run_is_wanted(struct sender *s, const struct offer *offer)
{
    if (!s->feed->is_wanted || s->now_ms - offer->since_ms < WANTED_MS)
        return true;
    return s->feed->is_wanted(s->feed->context, offer->job.id);
}

static struct offer *take_waiting(struct sender *s, struct relay *relay)
{
    struct offer **at = &s->offers.waiting;
    while (*at) {
        if (!domain_permits(s, relay, *at)) {
            at = &(*at)->next;
            continue;
        }
        struct offer *offer = offers_take(&s->offers, at);
        if (run_is_wanted(s, offer))
            return offer;
        run_return_offer(s, offer, NULL, "it is no longer to be sent");
    }
    return NULL;
}

/* NULL when the feed has nothing now. */
static struct offer *ask_feed(struct sender *s)
{
    struct offer *offer = offers_get(&s->offers);
    struct err err = {0};
    int wait_ms = 0;
    enum sender_next next =
        s->feed->next(s->feed->context, &offer->job, &wait_ms, &err);
    /* Also without a job: somebody may have been skipped on the way. */
    s->dirty = true;
    switch (next) {
    case SENDER_JOB:
        offer->since_ms = s->now_ms;
        return offer;
    case SENDER_WAIT:
        s->ask_feed_ms = s->now_ms + (wait_ms > 0 ? wait_ms : 1000);
        break;
    case SENDER_END:
        s->feed_ended = true;
        if (err.kind != ERR_NONE)
            run_fail(s, &err);
        break;
    }
    offers_put(&s->offers, offer);
    return NULL;
}

static struct offer *next_offer(struct sender *s, struct relay *relay)
{
    struct offer *offer = take_waiting(s, relay);
    while (!offer && run_may_ask_feed(s)) {
        offer = ask_feed(s);
        if (offer && !domain_permits(s, relay, offer)) {
            offers_wait(&s->offers, offer, false);
            offer = NULL;
        }
    }
    return offer;
}

/* A connection that can take a message: an idle one rather than one that could
 * take the next ahead of time. */
static struct connection *ready_connection(const struct relay *relay)
{
    struct connection *ahead = NULL;
    for (unsigned i = 0; i < relay->connection_count; i++) {
        struct connection *connection = relay->connections[i];
        if (!relay->ops->ready(connection))
            continue;
        if (!connection->busy)
            return connection;
        if (!ahead)
            ahead = connection;
    }
    return ahead;
}

/* Whether pace lets the relay have a message now. */
static bool pace_permits(struct sender *s, struct relay *relay)
{
    int64_t wait = bucket_wait_ms(&relay->bucket, s->now_ms);
    int64_t over_all = bucket_wait_ms(&s->bucket, s->now_ms);
    if (over_all > wait)
        wait = over_all;
    if (wait)
        run_wake_at(s, s->now_ms + wait);
    return !wait;
}

static bool can_serve(struct sender *s, struct relay *relay)
{
    return relay_usable(relay, s->now_ms) &&
           !(relay->refusing && relay_busy(relay)) && pace_permits(s, relay);
}

/* How far the relay that is most behind its weight has come. One that hasn't
 * answered for a while holds nobody up. */
static double least_served(struct sender *s)
{
    double least = s->served;
    for (size_t i = 0; i < s->relay_count; i++) {
        struct relay *relay = &s->relays[i];
        if (relay->served < s->served - lag_most)
            relay->served = s->served - lag_most;
        if (s->now_ms - relay->moved_at_ms < STALLED_MS &&
            can_serve(s, relay) && relay->served < least)
            least = relay->served;
    }
    return least;
}

/* The relay whose turn it is by weight, of those that can take a message
 * now and aren't passed over in this turn. */
static struct relay *pick_relay(struct sender *s, const bool *passed,
                                struct connection **connection)
{
    struct relay *best = NULL;
    double least = s->relay_count > 1 ? least_served(s) : s->served;
    for (size_t i = 0; i < s->relay_count; i++) {
        struct relay *relay = &s->relays[i];
        if (passed[i] || (best && best->served <= relay->served) ||
            !can_serve(s, relay))
            continue;
        if (relay->served > least + lead_most) {
            run_wake_at(s, s->now_ms + STALLED_MS);
            continue;
        }
        struct connection *found = ready_connection(relay);
        if (!found)
            continue;
        best = relay;
        *connection = found;
    }
    return best;
}

static void give(struct sender *s, struct relay *relay,
                 struct connection *connection, struct offer *offer)
{
    unsigned weight = relay->settings.weight ? relay->settings.weight : 1;
    offer->domain = domain_of(s, relay, offer);
    domain_begin(offer->domain, s->now_ms);
    bucket_take(&relay->bucket, s->now_ms);
    bucket_take(&s->bucket, s->now_ms);
    relay->served += 1.0 / weight;
    if (relay->served > s->served)
        s->served = relay->served;
    connection->given++;
    connection->busy++;
    relay->ops->bind(connection, &offer->job);
}

/* Whether one message more than there are connections to take it should be
 * known: while pace holds an idle connection back (a slow rate would wait long
 * to learn that there is none), and while another connection could be opened
 * for it. */
static bool is_worth_asking(struct sender *s)
{
    bool busy = false, room = false;
    for (size_t i = 0; i < s->relay_count; i++) {
        struct relay *relay = &s->relays[i];
        busy = busy || relay_busy(relay);
        if (!relay_usable(relay, s->now_ms))
            continue;
        const struct connection *connection = ready_connection(relay);
        if (connection && !connection->busy)
            return true;
        room = room || relay_in_use(relay) < relay_link_limit(relay, s->now_ms);
    }
    return busy && room;
}

static void look_ahead(struct sender *s)
{
    if (s->ending || s->offers.waiting_count || !run_may_ask_feed(s) ||
        !is_worth_asking(s))
        return;
    struct offer *offer = ask_feed(s);
    if (offer)
        offers_wait(&s->offers, offer, false);
}

void run_give_messages(struct sender *s)
{
    OWNED(mem_free) bool *passed = MEM_NEW_ARRAY(bool, s->relay_count);
    struct relay *relay;
    struct connection *connection = NULL;
    while (!s->ending && (relay = pick_relay(s, passed, &connection))) {
        struct offer *offer = next_offer(s, relay);
        if (offer)
            give(s, relay, connection, offer);
        else
            passed[relay - s->relays] = true;
    }
    look_ahead(s);
}
