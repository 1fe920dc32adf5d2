/* Writes schedules as an iCalendar file. */
#include <inttypes.h>
#include <libical/ical.h>

#include "digest/base/mem.h"
#include "digest/newsletters/schedule.h"

/* Makes an event in UTC, so that a calendar shows what the program will do,
 * whatever it thinks of a clock's changes. */
static icalcomponent *make_event(const char *title, const char *slug,
                                 int64_t at, int64_t now)
{
    icaltimezone *utc = icaltimezone_get_utc_timezone();
    OWNED(mem_free)
    char *summary = mem_format("%s goes out", title);
    OWNED(mem_free) char *uid = mem_format("%s-%" PRId64 "@digest", slug, at);
    return icalcomponent_vanew(
        ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid),
        icalproperty_new_dtstamp(
            icaltime_from_timet_with_zone((time_t)now, 0, utc)),
        icalproperty_new_dtstart(
            icaltime_from_timet_with_zone((time_t)at, 0, utc)),
        icalproperty_new_summary(summary),
        icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT), (void *)0);
}

void schedule_ics(const char *title, const char *slug, const int64_t *times,
                  size_t count, int64_t now, struct strbuf *out)
{
    icalcomponent *calendar = icalcomponent_vanew(
        ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
        icalproperty_new_prodid("-//digest//schedule//EN"), (void *)0);
    for (size_t i = 0; i < count; i++)
        icalcomponent_add_component(calendar,
                                    make_event(title, slug, times[i], now));
    char *text = icalcomponent_as_ical_string_r(calendar);
    strbuf_add_text(out, text);
    icalmemory_free_buffer(text);
    icalcomponent_free(calendar);
}
