#include "digest/base/clock.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "digest/base/timetext.h"

static int64_t held_at = -1;

static int64_t from_environment(void)
{
    const char *text = getenv("DIGEST_NOW");
    int64_t at;
    if (text && time_parse_rfc3339(str_of(text), &at))
        return at;
    unsigned long long seconds;
    if (text && str_to_u64(str_of(text), &seconds))
        return (int64_t)seconds;
    return -1;
}

static bool is_held(void)
{
    static int looked;
    if (!looked) {
        looked = 1;
        if (held_at < 0)
            held_at = from_environment();
    }
    return held_at >= 0;
}

int64_t clock_now(void)
{
    return is_held() ? held_at : (int64_t)time(NULL);
}

int64_t clock_now_ms(void)
{
    struct timespec now;
    if (is_held())
        return held_at * 1000;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_hold(int64_t unix_seconds)
{
    held_at = unix_seconds;
}
