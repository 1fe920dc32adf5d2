/* One run of the sender, as its parts share it: sender.c takes the turns,
 * results.c tells the feed, giving.c finds a message for each connection that
 * is ready, connections.c opens and closes connections. */
#ifndef DIGEST_SENDER_RUN_INTERNAL_H
#define DIGEST_SENDER_RUN_INTERNAL_H

#include "digest/sender/offer_internal.h"
#include "digest/sender/relay_internal.h"

struct sender {
    struct relay *relays;
    size_t relay_count;
    struct dialer *dialer;
    struct offers offers;
    unsigned waiting_max;
    struct bucket bucket; /* over all relays */
    unsigned connections; /* over all relays; 0: no limit */
    struct pollfd *fds;
    struct connection **polled;

    /* of one run */
    const struct sender_feed *feed;
    int64_t now_ms;
    int64_t wake_ms;     /* when the next turn has something to do */
    int64_t ask_feed_ms; /* not before */
    bool feed_ended;     /* SENDER_END */
    bool ending;         /* nothing new goes out */
    bool unrecorded;     /* commit failed: nothing goes out at all */
    int64_t unrecorded_until_ms;
    int64_t break_off_ms; /* when what is on the wire is given up */
    double served;        /* the most of any relay */
    bool dirty;           /* claims or results since the last commit */
    struct err failure;
};

/* The next turn comes at this time at the latest. */
static inline void run_wake_at(struct sender *s, int64_t at_ms)
{
    if (at_ms < s->wake_ms)
        s->wake_ms = at_ms;
}

/* Fails the run: nothing new goes out; the first failure is sender_run's. */
void run_fail(struct sender *s, const struct err *err);

bool run_may_ask_feed(const struct sender *s);
bool run_nothing_to_come(const struct sender *s);

/* Reads, and tells the feed what became of messages. */
void run_read_link(struct sender *s, struct relay *relay,
                   struct connection *connection);

/* Returns a message to the feed, untouched. */
void run_return_offer(struct sender *s, struct offer *offer,
                      const struct relay *relay, const char *why);

/* Hands messages back that wait for a connection. */
void run_return_waiting(struct sender *s);

/* At the end: verdicts that were held because their relay was suspected. */
void run_settle_held(struct sender *s);

/* Whether one that the feed gave a while ago is still to go out. */
bool run_is_wanted(struct sender *s, const struct offer *offer);

void run_give_messages(struct sender *s);

void run_close_idle_connections(struct sender *s);
void run_open_connections(struct sender *s);

#endif
