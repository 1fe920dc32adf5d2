/* Reads the system's clock, or the time that a test or the environment sets. */
#include "digest/base/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "digest/base/timetext.h"

static int64_t held_at = -1, monotonic_held_ms = -1;
static const char *ahead_file; /* DIGEST_NOW=@FILE */

static int64_t from_environment(void)
{
    const char *text = getenv("DIGEST_NOW");
    int64_t at;
    if (text && text[0] == '@') {
        ahead_file = text + 1;
        return -1;
    }
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

/* The seconds that tests have set the clock ahead. */
static int64_t ahead_s(void)
{
    char text[32] = "";
    if (!ahead_file)
        return 0;
    int fd = open(ahead_file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    return size > 0 ? strtoll(text, NULL, 10) : 0;
}

int64_t clock_now(void)
{
    return is_held() ? held_at : (int64_t)time(NULL) + ahead_s();
}

int64_t clock_now_ms(void)
{
    struct timespec now;
    if (is_held())
        return held_at * 1000;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((int64_t)now.tv_sec + ahead_s()) * 1000 + now.tv_nsec / 1000000;
}

bool clock_is_due(int64_t deadline, int64_t span_s, int64_t now)
{
    return deadline <= now || deadline - now > span_s;
}

int64_t clock_monotonic_ms(void)
{
    struct timespec now;
    if (monotonic_held_ms >= 0)
        return monotonic_held_ms;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_hold(int64_t unix_seconds)
{
    held_at = unix_seconds;
}

void clock_hold_monotonic(int64_t ms)
{
    monotonic_held_ms = ms;
}
