/* Keeps token buckets, and the counts of each recipient domain. */
#include "digest/sender/pacing_internal.h"

#include <assert.h>
#include <stdlib.h>

#include "digest/base/mem.h"

enum { FIRST_SLOTS = 64, WAIT_MAX_MS = 24 * 3600 * 1000 };

double bucket_most(const struct bucket *bucket)
{
    return bucket->rate > 1 ? bucket->rate : 1;
}

void bucket_begin(struct bucket *bucket, double rate, int64_t now_ms)
{
    *bucket = (struct bucket){.rate = rate, .at_ms = now_ms};
    bucket->tokens = bucket_most(bucket);
}

static void refill(struct bucket *bucket, int64_t now_ms)
{
    if (now_ms <= bucket->at_ms)
        return;
    bucket->tokens += bucket->rate * (double)(now_ms - bucket->at_ms) / 1000;
    if (bucket->tokens > bucket_most(bucket))
        bucket->tokens = bucket_most(bucket);
    bucket->at_ms = now_ms;
}

int64_t bucket_wait_ms(struct bucket *bucket, int64_t now_ms)
{
    if (bucket->rate <= 0)
        return 0;
    refill(bucket, now_ms);
    /* A millionth is what rounding may have lost. */
    double missing = 1 - 1e-6 - bucket->tokens;
    if (missing <= 0)
        return 0;
    double wait = missing * 1000 / bucket->rate;
    return wait < (double)WAIT_MAX_MS ? (int64_t)wait + 1 : WAIT_MAX_MS;
}

double bucket_tokens(struct bucket *bucket, int64_t now_ms)
{
    refill(bucket, now_ms);
    return bucket->tokens;
}

void bucket_restore(struct bucket *bucket, double tokens, int64_t age_ms,
                    int64_t now_ms)
{
    double most = bucket_most(bucket);
    bucket->tokens = tokens < most ? tokens : most;
    bucket->at_ms = now_ms - (age_ms > 0 ? age_ms : 0);
    refill(bucket, now_ms);
}

void bucket_take(struct bucket *bucket, int64_t now_ms)
{
    if (bucket->rate <= 0)
        return;
    refill(bucket, now_ms);
    bucket->tokens -= 1;
}

/* ---- domains ---------------------------------------------------------- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static size_t hash(struct str name)
{
    size_t value = 5381;
    for (size_t i = 0; i < name.len; i++)
        value = value * 33 + (unsigned char)lower(name.ptr[i]);
    return value;
}

static bool is_forgettable(struct domain *domain, int64_t now_ms)
{
    refill(&domain->bucket, now_ms);
    return !domain->active &&
           (domain->bucket.rate <= 0 ||
            domain->bucket.tokens >= bucket_most(&domain->bucket));
}

static void free_domain(struct domain *domain)
{
    free(domain->name);
    free(domain);
}

/* Forgets what it can, and makes room for twice of what is left. */
static void tidy(struct domains *domains, int64_t now_ms)
{
    struct domain *all = NULL;
    size_t left = 0;
    for (size_t i = 0; i < domains->capacity; i++) {
        for (struct domain *d = domains->slots[i], *next; d; d = next) {
            next = d->next;
            if (is_forgettable(d, now_ms)) {
                free_domain(d);
                continue;
            }
            d->next = all;
            all = d;
            left++;
        }
    }
    free(domains->slots);
    domains->capacity = FIRST_SLOTS;
    while (domains->capacity < left * 2)
        domains->capacity *= 2;
    domains->slots = MEM_NEW_ARRAY(struct domain *, domains->capacity);
    domains->count = left;
    for (struct domain *d = all, *next; d; d = next) {
        next = d->next;
        size_t slot = hash(str_of(d->name)) % domains->capacity;
        d->next = domains->slots[slot];
        domains->slots[slot] = d;
    }
}

struct domain *domains_get(struct domains *domains, struct str name,
                           int64_t now_ms)
{
    if (domains->rate <= 0 && !domains->connections)
        return NULL;
    if (domains->count >= domains->capacity)
        tidy(domains, now_ms);
    size_t slot = hash(name) % domains->capacity;
    for (struct domain *d = domains->slots[slot]; d; d = d->next) {
        if (str_equal_nocase(str_of(d->name), name))
            return d;
    }
    struct domain *domain = MEM_NEW(struct domain);
    domain->name = str_dup(name);
    for (char *c = domain->name; *c; c++)
        *c = lower(*c);
    bucket_begin(&domain->bucket, domains->rate, now_ms);
    domain->next = domains->slots[slot];
    domains->slots[slot] = domain;
    domains->count++;
    return domain;
}

int64_t domain_wait_ms(const struct domains *domains, struct domain *domain,
                       int64_t now_ms)
{
    if (!domain)
        return 0;
    if (domains->connections && domain->active >= domains->connections)
        return -1;
    return bucket_wait_ms(&domain->bucket, now_ms);
}

void domain_begin(struct domain *domain, int64_t now_ms)
{
    if (!domain)
        return;
    domain->active++;
    bucket_take(&domain->bucket, now_ms);
}

void domain_end(struct domain *domain)
{
    if (!domain)
        return;
    assert(domain->active > 0);
    domain->active--;
}

void domains_free(struct domains *domains)
{
    for (size_t i = 0; i < domains->capacity; i++) {
        for (struct domain *d = domains->slots[i], *next; d; d = next) {
            next = d->next;
            free_domain(d);
        }
    }
    free(domains->slots);
    *domains = (struct domains){0};
}
