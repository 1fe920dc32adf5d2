/* Reads a date and time that a person typed, with a zone or without. */
#include <stdio.h>

#include "digest/base/mem.h"
#include "digest/base/zone.h"

static bool is_real(const struct zone_time *t)
{
    static const unsigned days[] = {31, 29, 31, 30, 31, 30,
                                    31, 31, 30, 31, 30, 31};
    bool leap = (t->year % 4 == 0 && t->year % 100 != 0) || t->year % 400 == 0;
    return t->year >= 1970 && t->year < 10000 && t->month >= 1 &&
           t->month <= 12 && t->day >= 1 && t->day <= days[t->month - 1] &&
           (t->month != 2 || t->day < 29 || leap) && t->hour < 24 &&
           t->minute < 60;
}

bool zone_read(const char *text, const char *zone, struct arena *arena,
               const char **out_zone, int64_t *out, struct err *err)
{
    struct zone_time t = {0};
    int used = 0;
    char rest[64] = "";
    int got = sscanf(text, "%4d-%2u-%2u%*1[T ]%2u:%2u%n %63s", &t.year,
                     &t.month, &t.day, &t.hour, &t.minute, &used, rest);
    if (got < 5 || !is_real(&t) || (text[used] != '\0' && text[used] != ' '))
        return err_set(err, ERR_USAGE,
                       "\"%.60s\": has to be a time such as '2026-12-04 "
                       "07:00' or '2026-12-04 07:00 Europe/Berlin'",
                       text);
    *out_zone = *rest ? arena_copy(arena, rest) : zone;
    if (!zone_check(*out_zone, err))
        return false;
    *out = zone_utc(*out_zone, &t);
    return true;
}
