/* Pace: token buckets, and counts per recipient domain. The clock is given,
 * in milliseconds, so that a test holds it still. */
#ifndef DIGEST_SENDER_PACING_INTERNAL_H
#define DIGEST_SENDER_PACING_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest/base/str.h"

/* One second's worth may go at once (at least one message), then `rate` a
 * second. A rate of 0 is no limit. */
struct bucket {
    double rate, tokens;
    int64_t at_ms;
};

void bucket_begin(struct bucket *bucket, double rate, int64_t now_ms);

/* Milliseconds until a token is there; 0: now. */
int64_t bucket_wait_ms(struct bucket *bucket, int64_t now_ms);

/* Takes a token; bucket_wait_ms() must have said 0. */
void bucket_take(struct bucket *bucket, int64_t now_ms);

/* Counts the tokens in a bucket now. */
double bucket_tokens(struct bucket *bucket, int64_t now_ms);

/* Sets the tokens that a bucket held `age_ms` ago. */
void bucket_restore(struct bucket *bucket, double tokens, int64_t age_ms,
                    int64_t now_ms);

double bucket_most(const struct bucket *bucket);

/* The recipient domains of one relay. Those with a full bucket and nothing
 * under way are forgotten. */
struct domain {
    char *name;
    struct bucket bucket;
    unsigned active; /* messages under way */
    struct domain *next;
};

struct domains {
    double rate;          /* 0: no limit */
    unsigned connections; /* 0: no limit */
    struct domain **slots;
    size_t count, capacity;
};

/* The domain (compared without case), made when it isn't there. NULL when
 * neither limit is set. */
struct domain *domains_get(struct domains *domains, struct str name,
                           int64_t now_ms);

/* Milliseconds until a message may begin; -1: when another one ends. */
int64_t domain_wait_ms(const struct domains *domains, struct domain *domain,
                       int64_t now_ms);
void domain_begin(struct domain *domain, int64_t now_ms);
void domain_end(struct domain *domain);

void domains_free(struct domains *domains);

#endif
