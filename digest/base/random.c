/* Reads random bytes from the kernel, or a seeded run of them for tests. */
#include "digest/base/random.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static bool looked, held;
static uint64_t state;

/* splitmix64: only for repeatable tests. */
static uint64_t next_held(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void random_hold(uint64_t seed)
{
    looked = held = true;
    state = seed;
}

void random_bytes(void *out, size_t length)
{
    if (!looked) {
        looked = true;
        const char *seed = getenv("DIGEST_SEED");
        if (seed)
            random_hold(strtoull(seed, NULL, 10));
    }
    unsigned char *bytes = out;
    while (held && length) {
        *bytes++ = (unsigned char)next_held();
        length--;
    }
    while (length) {
        ssize_t got = getrandom(bytes, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            fputs("digest: the kernel gives no random bytes\n", stderr);
            abort();
        }
        bytes += got;
        length -= (size_t)got;
    }
}

uint32_t random_below(uint32_t below)
{
    uint32_t limit = UINT32_MAX - UINT32_MAX % below, value;
    do
        random_bytes(&value, sizeof value);
    while (value >= limit);
    return value % below;
}
