/* The pace kept over a restart: out of the buckets, and back into them. */
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/sender/run_internal.h"

struct saved {
    struct sender_pace *items;
    size_t count, capacity;
};

static void save_bucket(struct saved *saved, struct bucket *bucket,
                        const char *relay, const char *domain)
{
    int64_t now_ms = clock_now_ms();
    struct sender_pace pace = {.at = now_ms / 1000};
    if (bucket->rate <= 0)
        return;
    pace.tokens = bucket_tokens(bucket, clock_monotonic_ms());
    if (pace.tokens >= bucket_most(bucket))
        return;
    /* The tokens when that second began; they may be fewer than none. */
    pace.tokens -= bucket->rate * (double)(now_ms % 1000) / 1000;
    snprintf(pace.relay, sizeof pace.relay, "%s", relay);
    snprintf(pace.domain, sizeof pace.domain, "%s", domain);
    MEM_PUSH(saved->items, saved->count, saved->capacity, pace);
}

size_t sender_pace_save(struct sender *s, struct sender_pace **out)
{
    struct saved saved = {0};
    save_bucket(&saved, &s->bucket, "", "");
    for (size_t i = 0; i < s->relay_count; i++) {
        struct relay *relay = &s->relays[i];
        struct domains *domains = &relay->domains;
        save_bucket(&saved, &relay->bucket, relay->name, "");
        for (size_t j = 0; j < domains->capacity; j++) {
            for (struct domain *d = domains->slots[j]; d; d = d->next)
                save_bucket(&saved, &d->bucket, relay->name, d->name);
        }
    }
    *out = saved.items;
    return saved.count;
}

static struct bucket *find_bucket(struct sender *s,
                                  const struct sender_pace *pace)
{
    if (!pace->relay[0])
        return &s->bucket;
    for (size_t i = 0; i < s->relay_count; i++) {
        struct relay *relay = &s->relays[i];
        if (strcmp(relay->name, pace->relay) != 0)
            continue;
        if (!pace->domain[0])
            return &relay->bucket;
        struct domain *domain = domains_get(
            &relay->domains, str_of(pace->domain), clock_monotonic_ms());
        return domain ? &domain->bucket : NULL;
    }
    return NULL;
}

void sender_pace_load(struct sender *s, const struct sender_pace *paces,
                      size_t count)
{
    enum { DAY_MS = 24 * 3600 * 1000 };
    for (size_t i = 0; i < count; i++) {
        struct bucket *bucket = find_bucket(s, &paces[i]);
        int64_t age_ms = clock_now_ms() - paces[i].at * 1000;
        if (age_ms > DAY_MS)
            age_ms = DAY_MS;
        if (bucket && bucket->rate > 0)
            bucket_restore(bucket, paces[i].tokens, age_ms,
                           clock_monotonic_ms());
    }
}

void sender_limit(struct sender *s, double rate, unsigned connections)
{
    bucket_begin(&s->bucket, rate, clock_monotonic_ms());
    s->connections = connections;
}
