/* Preparing: messages made ready ahead of their turn.
 *
 * A ring of messages: the conductor fills in whom the next is for, a worker
 * splices and signs it beside the network loop, and it is taken again in
 * the same order. Without keys to sign with, splicing is so little work
 * that it is done on the spot.
 */
#ifndef DIGEST_DELIVERY_PREPARE_H
#define DIGEST_DELIVERY_PREPARE_H

#include "digest/delivery/signing.h"
#include "digest/delivery/build.h"
#include "digest/delivery/verdicts.h"

/* So many are made ready ahead. */
enum { PREPARE_RING = 64 };

struct prepared {
    /* Filled in by the conductor. */
    int64_t subscriber_id;
    struct inflight inflight;
    struct strbuf email, name;
    const struct message *message;
    struct build_values values; /* build_fill */
    /* Filled in by the worker. */
    struct strbuf bytes; /* signed, ready for SMTP */
    bool good;
    struct err err; /* why not */
    /* The ring's own. */
    int state;
    struct strbuf unsigned_bytes;
};

struct prepare;

/* `at` is the time of signing. Borrows: the signing, which lives longer.
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
