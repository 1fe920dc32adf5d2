/* Parses the POSIX rule at the end of a TZif file, for the years to come. */
#include "digest/base/timetext.h"
#include "digest/base/zone_file_internal.h"

enum { HOUR = 3600, DAY = 86400 };

/* ---- reading --------------------------------------------------------- */

static bool take(struct str *rest, char c)
{
    if (!rest->len || rest->ptr[0] != c)
        return false;
    *rest = str_from(*rest, 1);
    return true;
}

static bool take_number(struct str *rest, int64_t *out)
{
    size_t digits = 0;
    *out = 0;
    for (; digits < rest->len && digits < 4; digits++) {
        char c = rest->ptr[digits];
        if (c < '0' || c > '9')
            break;
        *out = *out * 10 + (c - '0');
    }
    *rest = str_from(*rest, digits);
    return digits > 0;
}

/* "EST", or "<+0330>". */
static bool take_name(struct str *rest)
{
    size_t length = 0;
    if (take(rest, '<')) {
        length = str_find(*rest, '>');
        bool good = length < rest->len;
        *rest = str_from(*rest, good ? length + 1 : length);
        return good;
    }
    while (length < rest->len && (unsigned char)(rest->ptr[length] | 32) >= 'a')
        length++;
    *rest = str_from(*rest, length);
    return length > 0;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct str *rest, int64_t *out)
{
    int64_t sign = take(rest, '-') ? -1 : 1, part;
    int64_t unit = HOUR;
    if (sign > 0)
        take(rest, '+');
    *out = 0;
    do {
        if (!unit || !take_number(rest, &part))
            return false;
        *out += sign * part * unit;
        unit /= 60;
    } while (take(rest, ':'));
    return true;
}

static bool take_part(struct str *rest, int64_t least, int64_t most, int *out)
{
    int64_t number;
    if (!take_number(rest, &number) || number < least || number > most)
        return false;
    *out = (int)number;
    return true;
}

static bool take_change(struct str *rest, struct zone_change *out)
{
    *out = (struct zone_change){.second = 2 * HOUR};
    if (!take(rest, ','))
        return false;
    if (take(rest, 'M')) {
        out->kind = ZONE_WEEKDAY;
        if (!take_part(rest, 1, 12, &out->month) || !take(rest, '.') ||
            !take_part(rest, 1, 5, &out->week) || !take(rest, '.') ||
            !take_part(rest, 0, 6, &out->day))
            return false;
    } else {
        out->kind = take(rest, 'J') ? ZONE_DAY_NO_LEAP : ZONE_DAY;
        if (!take_part(rest, 0, 365, &out->day))
            return false;
    }
    return !take(rest, '/') || take_time(rest, &out->second);
}

/* POSIX counts offsets westward. */
bool zone_rule_parse(struct str text, struct zone_rule *out)
{
    *out = (struct zone_rule){0};
    if (!take_name(&text) || !take_time(&text, &out->standard))
        return false;
    out->standard = -out->standard;
    if (!text.len)
        return true;
    out->has_summer = true;
    out->summer = out->standard + HOUR;
    if (!take_name(&text))
        return false;
    if (text.len && text.ptr[0] != ',') {
        if (!take_time(&text, &out->summer))
            return false;
        out->summer = -out->summer;
    }
    return take_change(&text, &out->begin) && take_change(&text, &out->end) &&
           !text.len;
}

/* ---- asking ---------------------------------------------------------- */

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t start_of(int64_t year, unsigned month)
{
    return time_from_civil(year, month, 1, 0, 0, 0);
}

/* The n-th of a weekday in its month; the fifth is the last. */
static int64_t nth_weekday(const struct zone_change *c, int64_t year)
{
    int64_t first = start_of(year, (unsigned)c->month);
    int64_t next = c->month == 12 ? start_of(year + 1, 1)
                                  : start_of(year, (unsigned)c->month + 1);
    int64_t weekday = (first / DAY + 4) % 7;
    if (weekday < 0)
        weekday += 7;
    int64_t at = first + ((c->day - weekday + 7) % 7 + 7 * (c->week - 1)) * DAY;
    return at < next ? at : at - 7 * (int64_t)DAY;
}

/* The time of a change in a year, in local time as if that were UTC. */
static int64_t change_in(const struct zone_change *c, int64_t year)
{
    int64_t days = c->day;
    if (c->kind == ZONE_WEEKDAY)
        return nth_weekday(c, year) + c->second;
    if (c->kind == ZONE_DAY_NO_LEAP)
        days = c->day - 1 + (is_leap(year) && c->day >= 60);
    return start_of(year, 1) + days * DAY + c->second;
}

static int64_t year_of(int64_t local)
{
    int64_t year = 1970 + local / (365 * (int64_t)DAY + DAY / 4);
    while (start_of(year, 1) > local)
        year--;
    while (start_of(year + 1, 1) <= local)
        year++;
    return year;
}

int64_t zone_rule_offset(const struct zone_rule *rule, int64_t at)
{
    if (!rule->has_summer)
        return rule->standard;
    int64_t year = year_of(at + rule->standard);
    int64_t begin = change_in(&rule->begin, year) - rule->standard;
    int64_t end = change_in(&rule->end, year) - rule->summer;
    bool is_summer =
        begin < end ? at >= begin && at < end : at >= begin || at < end;
    return is_summer ? rule->summer : rule->standard;
}
