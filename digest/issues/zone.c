#include "digest/issues/zone.h"

#include <libical/ical.h>
#include <string.h>

#include "digest/base/timetext.h"

static icaltimezone *find(const char *name)
{
    if (strcmp(name, "UTC") == 0)
        return icaltimezone_get_utc_timezone();
    return icaltimezone_get_builtin_timezone(name);
}

bool zone_check(const char *name, struct err *err)
{
    return find(name) ||
           err_set(err, ERR_USAGE,
                   "\"%.60s\": no such time zone; it has to be an IANA name "
                   "such as Europe/Berlin or UTC",
                   name);
}

void zone_local(const char *name, int64_t at, struct zone_time *out)
{
    icaltimezone *utc = icaltimezone_get_utc_timezone();
    icaltimezone *zone = find(name);
    struct icaltimetype t = icaltime_from_timet_with_zone((time_t)at, 0, utc);
    if (zone)
        t = icaltime_convert_to_zone(t, zone);
    *out = (struct zone_time){
        .year = t.year,
        .month = (unsigned)t.month,
        .day = (unsigned)t.day,
        .hour = (unsigned)t.hour,
        .minute = (unsigned)t.minute,
        .second = (unsigned)t.second,
        .weekday = (unsigned)icaltime_day_of_week(t) - 1,
    };
}

void zone_date(const char *name, int64_t at, const struct words *words,
               struct strbuf *out)
{
    struct zone_time t;
    zone_local(name, at, &t);
    words_add_date(words, t.year, t.month, t.day, out);
}

void zone_date_time(const char *name, int64_t at, struct strbuf *out)
{
    struct zone_time t;
    zone_local(name, at, &t);
    strbuf_add_format(out, "%.3s %u %.3s %d %02u:%02u %s",
                      time_weekday_name(t.weekday), t.day,
                      time_month_name(t.month), t.year, t.hour, t.minute, name);
}
