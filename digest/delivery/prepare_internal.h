/* Preparing: messages made ready ahead of their turn.
 *
 * A ring of messages: a queue says what the next consists of, a worker splices
 * and signs it beside the network loop, and it is taken again in the same
 * order. Without keys to sign with, splicing is so little work that it is done
 * on the spot.
 */
#ifndef DIGEST_DELIVERY_PREPARE_INTERNAL_H
#define DIGEST_DELIVERY_PREPARE_INTERNAL_H

#include "digest/delivery/build.h"
#include "digest/delivery/signing.h"
#include "digest/sender/sender.h"

/* The messages that are made ready ahead. */
enum { PREPARE_RING = 64 };

/* A message that waits, as its queue knows it. Times are Unix seconds. */
struct queue_item {
    int64_t id; /* the queue's own */
    int64_t attempts;
    int64_t unknowns;   /* of these, without an answer after the final dot */
    int64_t first_at;   /* the first attempt; 0: none yet */
    int64_t next_at;    /* it waits until then */
    int64_t refused_at; /* a server last refused it; 0: none did */
};

/* A place in the ring. Buffers are used again. */
struct prepared {
    /* Filled in by the queue. */
    struct queue_item item;
    struct strbuf from, to; /* envelope addresses */
    bool utf8;              /* headers or addresses need SMTPUTF8 */
    /* Either what is to be spliced and signed … */
    struct strbuf name;
    const struct message *message;
    struct build_values values; /* build_fill */
    /* … or nothing: the queue has put the whole message into `bytes`. */
    bool is_made;
    struct strbuf bytes; /* signed, ready for SMTP */
    /* Whether the message could be made, and why not. */
    bool good;
    struct err err;
    /* The ring's own. */
    int state;
    struct strbuf unsigned_bytes;
};

/* Replaces a buffer's text. */
void prepared_set(struct strbuf *buf, struct str text);

/* Whether a text needs SMTPUTF8 (RFC 6531 §3.4). */
bool prepared_needs_utf8(struct str text);

struct prepare;

/* `at` is the time of signing. Borrows: the signing, which lives longer;
 * NULL: every message is made by its queue.
 * Fails: what dkim_signer_new fails with, IO. */
FALLIBLE bool prepare_new(const struct signing *signing, int64_t at,
                          struct prepare **out, struct err *err);
/* Waits for the workers. */
void prepare_free(struct prepare *prepare);

/* A place to fill in, or NULL when the ring is full; then submit it. */
struct prepared *prepare_place(struct prepare *prepare);
void prepare_submit(struct prepare *prepare);

/* The oldest one when it is ready, or NULL: then either the ring is empty
 * or prepare_wake_fd becomes readable. Given back with prepare_drop. */
struct prepared *prepare_take(struct prepare *prepare);
void prepare_drop(struct prepare *prepare);

/* Gives a ready one's message and envelope to the sender's job; its bytes are
 * gone then. */
void prepared_hand_over(struct prepared *item, struct sender_job *job);

bool prepare_is_empty(struct prepare *prepare);
int prepare_wake_fd(const struct prepare *prepare); /* -1: not needed */

#endif
