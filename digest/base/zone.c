/* Converts between UTC and the local time of a named zone. */
#include "digest/base/zone.h"

#include <string.h>

#include "digest/base/timetext.h"
#include "digest/base/zone_file_internal.h"

enum { DAY = 86400 };

static int64_t offset_at(const char *name, int64_t at)
{
    const struct zone_file *zone =
        strcmp(name, "UTC") == 0 ? NULL : zone_file_get(name);
    return zone ? zone_file_offset(zone, at) : 0;
}

bool zone_check(const char *name, struct err *err)
{
    return strcmp(name, "UTC") == 0 || zone_file_get(name) ||
           err_set(err, ERR_USAGE,
                   "\"%.60s\": no such time zone; it has to be an IANA name "
                   "such as Europe/Berlin or UTC",
                   name);
}

static int64_t floor_divide(int64_t number, int64_t by)
{
    return number / by - (number % by < 0);
}

/* Days since 1970 as a date, by eras of 400 years that begin in March. */
static void civil_date(int64_t days, struct zone_time *out)
{
    int64_t shifted = days + 719468;
    int64_t era = floor_divide(shifted, 146097);
    int64_t of_era = shifted - era * 146097;
    int64_t year =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    out->day = (unsigned)(of_year - (153 * month + 2) / 5 + 1);
    out->month = (unsigned)(month < 10 ? month + 3 : month - 9);
    out->year = (int)(year + era * 400 + (out->month <= 2));
}

void zone_local(const char *name, int64_t at, struct zone_time *out)
{
    int64_t local = at + offset_at(name, at);
    int64_t days = floor_divide(local, DAY);
    int64_t second = local - days * DAY;
    *out = (struct zone_time){
        .hour = (unsigned)(second / 3600),
        .minute = (unsigned)(second / 60 % 60),
        .second = (unsigned)(second % 60),
        .weekday = (unsigned)(((days + 4) % 7 + 7) % 7),
    };
    civil_date(days, out);
}

int64_t zone_utc(const char *name, const struct zone_time *t)
{
    int64_t local = time_from_civil(t->year, t->month, t->day, t->hour,
                                    t->minute, t->second);
    int64_t before = offset_at(name, local - DAY);
    int64_t after = offset_at(name, local + DAY);
    /* The larger offset gives the earlier time: the first of two. */
    int64_t larger = before > after ? before : after;
    int64_t smaller = before > after ? after : before;
    if (offset_at(name, local - larger) == larger)
        return local - larger;
    if (offset_at(name, local - smaller) == smaller)
        return local - smaller;
    int64_t between = offset_at(name, local - before);
    if (offset_at(name, local - between) == between)
        return local - between;
    return local - before; /* in a gap: moved forward by it */
}

void zone_date_time(const char *name, int64_t at, struct strbuf *out)
{
    struct zone_time t;
    zone_local(name, at, &t);
    strbuf_add_format(out, "%.3s %u %.3s %d %02u:%02u %s",
                      time_weekday_name(t.weekday), t.day,
                      time_month_name(t.month), t.year, t.hour, t.minute, name);
}
