/* Counts how often each client asked, in a table of fixed size. */
#include "digest/web/limits.h"

#include <arpa/inet.h>
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

enum { SETS = 4096, WAYS = 4, NETWORK_BYTES = 8 };

/* A check of a password holds the server, and the lock for writing, for a
 * good part of a second: few of them may come in a row. */
static const struct {
    int64_t at_most, per_s;
} rules[] = {
    [LIMIT_CLIENT] = {30, 60 * 60},
    [LIMIT_ADDRESS] = {5, 24 * 60 * 60},
    [LIMIT_SITE] = {60, 60 * 60},
    [LIMIT_SIGN_IN_CLIENT] = {10, 15 * 60},
    [LIMIT_SIGN_IN_ACCOUNT] = {10, 15 * 60},
    [LIMIT_SIGN_IN_ALL] = {6, 6},
    [LIMIT_TEST] = {30, 60 * 60},
};

/* Each taking moves `until` on by its share of the rule's time; as far ahead
 * of the clock as that whole time, there is nothing left to take (GCRA). */
struct place {
    uint64_t who;
    int64_t until_ms;
};

struct limits {
    const struct token_keys *keys;
    struct place places[SETS][WAYS];
};

struct limits *limits_new(const struct token_keys *keys)
{
    struct limits *limits = MEM_NEW(struct limits);
    limits->keys = keys;
    return limits;
}

void limits_free(struct limits *limits)
{
    free(limits);
}

/* Writes who asks; an IPv6 address stands for its whole network. */
static void write_who(enum limit limit, const char *who, struct strbuf *out)
{
    unsigned char bytes[16];
    strbuf_add_format(out, "limit %d ", (int)limit);
    bool is_client = limit == LIMIT_CLIENT || limit == LIMIT_SIGN_IN_CLIENT;
    if (is_client && inet_pton(AF_INET6, who, bytes) == 1)
        strbuf_add(out, (const char *)bytes, NETWORK_BYTES);
    else
        strbuf_add_text(out, who);
}

static uint64_t hash(const struct limits *limits, enum limit limit,
                     const char *who)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    unsigned char digest[32];
    uint64_t hash;
    write_who(limit, who, &text);
    token_digest(limits->keys, strbuf_str(&text), digest);
    memcpy(&hash, digest, sizeof hash);
    return hash;
}

static struct place *find(struct limits *limits, uint64_t who)
{
    struct place *set = limits->places[who % SETS], *least = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].who == who)
            return &set[i];
        if (set[i].until_ms < least->until_ms)
            least = &set[i];
    }
    *least = (struct place){.who = who};
    return least;
}

bool limits_take(struct limits *limits, enum limit limit, const char *who)
{
    if (!limits)
        return true;
    struct place *place = find(limits, hash(limits, limit, who));
    int64_t now_ms = clock_monotonic_ms();
    int64_t span_ms = rules[limit].per_s * 1000;
    int64_t from = place->until_ms > now_ms ? place->until_ms : now_ms;
    int64_t until = from + span_ms / rules[limit].at_most;
    if (until - now_ms > span_ms)
        return false;
    place->until_ms = until;
    return true;
}

bool limits_take_mail(struct limits *limits, const struct address *address)
{
    OWNED(strbuf_free) struct strbuf mailbox = STRBUF_INIT, site = STRBUF_INIT;
    address_mailbox(address, &mailbox);
    return limits_take(limits, LIMIT_ADDRESS, strbuf_text(&mailbox)) &&
           (!address_site(address, &site) ||
            limits_take(limits, LIMIT_SITE, strbuf_text(&site)));
}
