/* An issue's deliveries as a queue (queue.h): read from the ledger, made of
 * frozen variants, and their outcomes kept in the ledger and the roster.
 */
#ifndef DIGEST_DELIVERY_ISSUE_QUEUE_INTERNAL_H
#define DIGEST_DELIVERY_ISSUE_QUEUE_INTERNAL_H

#include "digest/delivery/build.h"
#include "digest/delivery/conductor.h"
#include "digest/delivery/queue.h"

/* Messages that were used lately; those in the ring are among them. */
enum { ISSUE_QUEUE_MESSAGES = 2 * PREPARE_RING };
struct issue_queue_message {
    int64_t variant_id;
    int64_t used; /* the number of the last delivery that used it */
    struct message *message;
};

struct issue_queue {
    const struct conductor *conductor;
    struct build build;
    struct ledger_walk walk;
    struct ledger_walk apart; /* from elsewhere in the list */
    unsigned turns;           /* of the two */
    struct issue_queue_message messages[ISSUE_QUEUE_MESSAGES];
    size_t message_count;
    int64_t uses;
    int64_t took_at; /* a server last took a message; 0: none did */
    struct strbuf log_name;
};
void issue_queue_free(struct issue_queue *queue); /* for OWNED */

/* The interface to it; the queue's `conductor`, `build` and walks are set, and
 * it lives longer. */
struct delivery_queue issue_queue_open(struct issue_queue *queue);

#endif
