/* Writes a moment for people: how far off, and exactly when. */
#include "digest/cli/moment.h"

#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/base/zone.h"

static void add_distance(int64_t seconds, struct strbuf *out)
{
    static const struct {
        int64_t least, unit;
        const char *one, *many;
    } units[] = {
        {2 * 86400, 86400, "day", "days"},
        {3600, 3600, "hour", "hours"},
        {60, 60, "minute", "minutes"},
        {0, 1, "second", "seconds"},
    };
    size_t i = 0;
    while (seconds < units[i].least)
        i++;
    int64_t count = seconds / units[i].unit;
    strbuf_add_format(out, "%" PRId64 " %s", count,
                      count == 1 ? units[i].one : units[i].many);
}

void moment_add(int64_t at, int64_t now, const char *zone, struct strbuf *out)
{
    if (at > now)
        strbuf_add_text(out, "in ");
    if (at == now)
        strbuf_add_text(out, "now");
    else
        add_distance(at > now ? at - now : now - at, out);
    strbuf_add_text(out, at >= now ? ", " : " ago, ");
    zone_date_time(zone, at, out);
}
