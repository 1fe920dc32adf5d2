/* Time zones by IANA name, as the system's tzdata has them. */
#ifndef DIGEST_BASE_ZONE_H
#define DIGEST_BASE_ZONE_H

#include <stdint.h>

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/base/strbuf.h"

/* A civil time in some zone. */
struct zone_time {
    int year;
    unsigned month, day, hour, minute, second; /* month 1-12 */
    unsigned weekday;                          /* 0 is Sunday */
};

/* Whether there is such a zone. Fails: USAGE with an example. */
FALLIBLE bool zone_check(const char *name, struct err *err);

/* Tells what clocks in the zone show at a time; an unknown zone is UTC. */
void zone_local(const char *name, int64_t at, struct zone_time *out);

/* Finds when clocks in the zone show this. A time that a clock set forward
 * passes over is as much later as the clock was set; of one that comes twice it
 * is the first. An unknown zone is UTC. */
int64_t zone_utc(const char *name, const struct zone_time *local);

/* Reads "2026-12-04 07:00 Europe/Berlin"; where no zone stands, it is `zone`.
 * *out_zone (in the arena) is the one it was. Fails: USAGE. */
FALLIBLE bool zone_read(const char *text, const char *zone, struct arena *arena,
                        const char **out_zone, int64_t *out, struct err *err);

/* Appends "Fri 20 Nov 2026 07:00 Europe/Berlin". */
void zone_date_time(const char *name, int64_t at, struct strbuf *out);

#endif
