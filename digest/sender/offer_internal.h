/* Messages in the sender's hands, from next() to result(): with a connection,
 * or waiting (for their domain's turn, or for another connection after theirs
 * broke before the server said anything of them). */
#ifndef DIGEST_SENDER_OFFER_INTERNAL_H
#define DIGEST_SENDER_OFFER_INTERNAL_H

#include "digest/sender/pacing_internal.h"
#include "digest/sender/sender.h"

struct offer {
    struct sender_job job; /* first: a job leads back to its offer */
    unsigned times;        /* how often a connection broke under it */
    int64_t since_ms;      /* when the feed gave it */
    struct domain *domain; /* while a connection has it */
    struct offer *next;
};

struct offers {
    struct offer *unused, *waiting, **waiting_end;
    unsigned waiting_count;
};

void offers_begin(struct offers *offers);

/* An offer with an empty job whose buffers keep their memory. */
struct offer *offers_get(struct offers *offers);
void offers_put(struct offers *offers, struct offer *offer);

/* Waits its turn; `first` before all others. */
void offers_wait(struct offers *offers, struct offer *offer, bool first);

/* Takes one out of the waiting; `connection` points at what points to it. */
struct offer *offers_take(struct offers *offers, struct offer **connection);

static inline struct offer *offer_of(struct sender_job *job)
{
    return (struct offer *)(void *)job;
}

void offers_free(struct offers *offers);

#endif
