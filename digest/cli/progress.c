/* Draws the progress line of a send. */
#include "digest/cli/progress.h"

#include <inttypes.h>
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"

void progress_begin(struct progress *p, const struct ledger_counts *before)
{
    *p = (struct progress){.before = *before};
    p->samples[0].at_ms = clock_monotonic_ms();
    p->next = p->count = 1;
}

/* Messages a second, over the last ten seconds. */
static double take_rate(struct progress *p, int64_t done)
{
    int64_t now = clock_monotonic_ms();
    unsigned oldest =
        (p->next + PROGRESS_SAMPLES - p->count) % PROGRESS_SAMPLES;
    int64_t ms = now - p->samples[oldest].at_ms;
    int64_t more = done - p->samples[oldest].done;
    p->samples[p->next].at_ms = now;
    p->samples[p->next].done = done;
    p->next = (p->next + 1) % PROGRESS_SAMPLES;
    if (p->count < PROGRESS_SAMPLES)
        p->count++;
    return ms > 0 ? (double)more * 1000 / (double)ms : 0;
}

/* Writes the time that is left, in two units at most, as people say it. */
static void say_left(double seconds, char *out, size_t size)
{
    static const struct {
        const char *unit, *smaller;
        double seconds, smaller_seconds;
    } units[] = {
        {"d", "h", 86400, 3600}, {"h", "min", 3600, 60}, {"min", "s", 60, 1}};
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        int64_t whole = (int64_t)(seconds / units[i].seconds);
        double rest = seconds - (double)whole * units[i].seconds;
        if (!whole)
            continue;
        snprintf(out, size, "%" PRId64 " %s %.0f %s left", whole, units[i].unit,
                 (double)(int64_t)(rest / units[i].smaller_seconds),
                 units[i].smaller);
        return;
    }
    snprintf(out, size, "%.0f s left", seconds);
}

void progress_draw(void *context, const struct send_report *r)
{
    struct progress *p = context;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const int64_t *before = p->before.states;
    int64_t done = r->sent + r->failed + r->deferred + r->skipped;
    int64_t left = before[DELIVERY_QUEUED] + before[DELIVERY_SENDING] - done;
    double rate = take_rate(p, done);
    char time[64];
    snprintf(time, sizeof time, "%s", done ? "nothing moves" : "beginning");
    if (left <= 0)
        snprintf(time, sizeof time, "nearly done");
    else if (rate > 0)
        say_left((double)left / rate, time, sizeof time);
    fprintf(stderr, "\r\033[K%s of %s sent",
            grouped(&arena, before[DELIVERY_SENT] + r->sent),
            grouped(&arena, p->before.recipients));
    if (r->deferred)
        fprintf(stderr, ", %s deferred", grouped(&arena, r->deferred));
    if (r->failed)
        fprintf(stderr, ", %s failed", grouped(&arena, r->failed));
    fprintf(stderr, "; %.*f a second; %s", rate > 0 && rate < 10 ? 1 : 0, rate,
            time);
    fflush(stderr);
    p->drawn = true;
}

void progress_end(struct progress *p)
{
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
}
