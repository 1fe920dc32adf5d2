/* Opens connections where messages wait, and closes idle ones. */
#include "digest/sender/run_internal.h"

enum { IDLE_MS = 60 * 1000 };

bool run_nothing_to_come(const struct sender *s)
{
    return s->ending || (s->feed_ended && !s->offers.waiting_count);
}

static bool wants_connections(const struct sender *s)
{
    if (s->ending)
        return false;
    return s->offers.waiting_count || run_may_ask_feed(s);
}

static void close_idle(struct sender *s, struct relay *relay)
{
    for (unsigned i = 0; i < relay->connection_count; i++) {
        struct connection *connection = relay->connections[i];
        bool idle = connection->state == CONNECTION_OPEN && !connection->busy;
        bool opening = connection->state == CONNECTION_OPENING;
        bool done = idle && (connection->given >= connection->most ||
                             s->now_ms - connection->idle_since_ms > IDLE_MS);
        if (done || ((idle || opening) && run_nothing_to_come(s)))
            relay->ops->leave(connection, s->now_ms);
    }
}

void run_close_idle_connections(struct sender *s)
{
    for (size_t i = 0; i < s->relay_count; i++)
        close_idle(s, &s->relays[i]);
}

/* Where the next connection opens: where, by weight, there are fewest. */
static struct relay *relay_to_open(struct sender *s)
{
    struct relay *best = NULL;
    double best_load = 0;
    for (size_t i = 0; i < s->relay_count; i++) {
        struct relay *relay = &s->relays[i];
        unsigned weight = relay->settings.weight ? relay->settings.weight : 1;
        unsigned used = relay_in_use(relay);
        double load = (used + 1.0) / weight;
        if (!relay->dead && !relay_usable(relay, s->now_ms))
            run_wake_at(s, relay->rest_until_ms);
        if (!relay_usable(relay, s->now_ms) ||
            used >= relay_link_limit(relay, s->now_ms) ||
            (best && load >= best_load))
            continue;
        best = relay;
        best_load = load;
    }
    return best;
}

static void open_one(struct sender *s, struct relay *relay)
{
    for (unsigned i = 0; i < relay->connection_count; i++) {
        struct connection *connection = relay->connections[i];
        if (connection->state != CONNECTION_CLOSED || connection->busy)
            continue;
        connection->closing_told = false;
        relay->ops->open(connection, s->now_ms);
        run_wake_at(s, s->now_ms);
        return;
    }
}

static unsigned links_in_use(const struct sender *s)
{
    unsigned count = 0;
    for (size_t i = 0; i < s->relay_count; i++)
        count += relay_in_use(&s->relays[i]);
    return count;
}

/* Three new connections for each that has a message in hand, and at least one:
 * a short list needs few, a long one has all of them after a few turns. What
 * waits for one of them was asked for by look_ahead(). */
void run_open_connections(struct sender *s)
{
    unsigned busy = 0, idle = 0, opening = 0;
    for (size_t i = 0; i < s->relay_count; i++) {
        for (unsigned j = 0; j < s->relays[i].connection_count; j++) {
            const struct connection *connection = s->relays[i].connections[j];
            busy += connection->busy > 0;
            opening += connection->state == CONNECTION_OPENING;
            idle += connection->state == CONNECTION_OPEN && !connection->busy &&
                    relay_usable(&s->relays[i], s->now_ms);
        }
    }
    if (idle || !wants_connections(s) || (busy && !s->offers.waiting_count))
        return;
    for (unsigned most = busy ? busy * 3 : 1; opening < most; opening++) {
        if (s->connections && links_in_use(s) >= s->connections)
            return;
        struct relay *relay = relay_to_open(s);
        if (!relay)
            return;
        open_one(s, relay);
    }
}
