/* The feed: deliveries from the ledger to the sender, and the answers back.
 */
#ifndef DIGEST_DELIVERY_FEED_H
#define DIGEST_DELIVERY_FEED_H

#include "digest/delivery/work.h"
#include "digest/delivery/build.h"
#include "digest/delivery/conductor.h"
#include "digest/delivery/prepare.h"
#include "digest/delivery/verdicts.h"
#include "digest/sender/sender.h"

/* Messages that were used lately; those in the ring are among them. */
enum { FEED_MESSAGES = 2 * PREPARE_RING };
struct feed_message {
    int64_t variant_id;
    int64_t used; /* the turn of the ring that it was last used in */
    struct message *message;
};

struct feed {
    const struct conductor *conductor;
    const struct send_watch *watch;
    struct send_report *report;
    struct build build;
    struct prepare *prepare;
    struct ledger_walk walk;
    struct ledger_walk apart; /* from elsewhere in the list */
    unsigned turns;           /* of the two */
    struct work work;
    struct feed_message messages[FEED_MESSAGES];
    size_t message_count;
    int64_t uses;
    struct inflight *inflight;
    size_t inflight_count, inflight_capacity;
    int64_t give_up_after;
    int64_t took_at;       /* the last message was taken; 0: none was */
    struct sender *sender; /* whose pace is kept; NULL: none */
    int64_t looked_ms, shown_ms;
    bool exhausted;    /* the ledger has nothing more that is due */
    bool came_back;    /* some that the walk has passed wait again */
    bool ending;       /* no new message goes out */
    struct err broken; /* why, when it wasn't asked for */
};

/* The sender's hooks, with the feed as their context. */
struct sender_feed feed_hooks(struct feed *feed);

/* After the sender has ended: all is committed. Fails: STORE, and what broke
 * the feed. */
FALLIBLE bool feed_end(struct feed *feed, struct err *err);
void feed_free(struct feed *feed); /* for OWNED */

#endif
