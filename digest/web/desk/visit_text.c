/* Writes numbers and times for the desk's pages. */
#include <inttypes.h>
#include <stdio.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/zone.h"
#include "digest/web/desk/visit.h"

const char *visit_number(const struct visit *visit, int64_t number)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, number);
    for (int i = 0; i < length; i++) {
        strbuf_add_char(&out, digits[i]);
        int left = length - 1 - i;
        if (left && left % 3 == 0 && digits[i] != '-')
            strbuf_add_char(&out, ',');
    }
    return arena_copy_str(visit->arena, strbuf_str(&out));
}

const char *visit_count(const struct visit *visit, int64_t count,
                        const char *one, const char *many)
{
    return arena_format(visit->arena, "%s %s", visit_number(visit, count),
                        count == 1 ? one : many);
}

/* The largest unit of which there are two, or one and a half rounded. */
const char *visit_relative(const struct visit *visit, int64_t at)
{
    static const struct {
        int64_t seconds;
        const char *one, *many;
    } units[] = {
        {365 * 86400, "year", "years"}, {30 * 86400, "month", "months"},
        {7 * 86400, "week", "weeks"},   {86400, "day", "days"},
        {3600, "hour", "hours"},        {60, "minute", "minutes"},
    };
    int64_t apart = at > visit->now ? at - visit->now : visit->now - at;
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        int64_t count = (apart + units[i].seconds / 2) / units[i].seconds;
        if (apart < units[i].seconds)
            continue;
        const char *span =
            visit_count(visit, count, units[i].one, units[i].many);
        return at > visit->now ? arena_format(visit->arena, "in %s", span)
                               : arena_format(visit->arena, "%s ago", span);
    }
    return at > visit->now ? "in a moment" : "just now";
}

struct value *visit_time(const struct visit *visit, int64_t at,
                         const char *timezone)
{
    OWNED(strbuf_free) struct strbuf exact = STRBUF_INIT;
    char machine[TIME_TEXT_SIZE];
    if (!at)
        return NULL;
    zone_date_time(timezone, at, &exact);
    struct value *time = value_object(visit->arena);
    value_set_str(time, "exact", strbuf_str(&exact));
    value_set_text(time, "relative", visit_relative(visit, at));
    value_set_text(time, "machine",
                   arena_copy(visit->arena, time_rfc3339(at, machine)));
    return time;
}
