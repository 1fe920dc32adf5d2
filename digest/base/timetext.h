/* Times as text: RFC 3339, RFC 5322, dates as people write them in front
 * matter and feeds, and durations such as 7d. All times are Unix seconds
 * in UTC; zones by name are the business of issues/schedule.
 */
#ifndef DIGEST_BASE_TIMETEXT_H
#define DIGEST_BASE_TIMETEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "digest/base/str.h"

enum { TIME_TEXT_SIZE = 40 };

/* 2026-11-20T07:00:00Z. Writes into `out`, and returns it. A time outside
 * the years 0 to 9999 is written as their first or last second. */
const char *time_rfc3339(int64_t at, char out[TIME_TEXT_SIZE]);

/* Fri, 20 Nov 2026 07:00:00 +0000 (RFC 5322 §3.3), English in any locale. */
const char *time_rfc5322(int64_t at, char out[TIME_TEXT_SIZE]);

/* Fri, 20 Nov 2026 07:00:00 GMT (IMF-fixdate, RFC 9110 §5.6.7). */
const char *time_http(int64_t at, char out[TIME_TEXT_SIZE]);

/* RFC 3339, and the looser ISO 8601 of front matter: a date alone is
 * midnight UTC, the T may be a space, seconds, fraction and zone may lack
 * (UTC). */
bool time_parse_rfc3339(struct str text, int64_t *at);

/* RFC 5322 and RFC 822 dates with the usual liberties of feeds: weekday and
 * seconds optional, two-digit years, zone names GMT, UT, Z, EST … PDT, an
 * offset behind one of them, comments. The name of an unknown zone counts as
 * -0000 (RFC 5322 §4.3). */
bool time_parse_rfc5322(struct str text, int64_t *at);

/* Either of the two above. */
bool time_parse_any(struct str text, int64_t *at);

/* The minutes east of Greenwich of a zone by its name, in any case. False
 * for a name that no table here has. */
bool time_zone_by_name(struct str name, int *minutes);

/* Whether ASCII letters that time_zone_by_name doesn't know may name a zone
 * all the same: one of them, or up to five capitals but for AM and PM. Such a
 * name says nothing of the distance to Greenwich (RFC 5322 §4.3). */
bool time_zone_is_unknown(struct str name);

/* The whole year of one in two or three digits (RFC 5322 §4.3). */
unsigned time_full_year(unsigned year);

/* 90s, 15m, 48h, 7d, 2w, 5y (of 365 days); a bare number is refused. */
bool time_parse_duration(struct str text, int64_t *seconds);
/* Written the same way, in hours at most: 48h, 90m, 30s. */
const char *time_duration(int64_t seconds, char out[TIME_TEXT_SIZE]);

/* Seconds since 1970 of a civil date and time in UTC (proleptic Gregorian);
 * month 1-12. The values are not checked. */
int64_t time_from_civil(int64_t year, unsigned month, unsigned day,
                        unsigned hour, unsigned minute, unsigned second);

/* The first second of the week that holds a time: weeks begin on Monday, in
 * UTC. */
int64_t time_week_begin(int64_t at);

/* "Monday" (0 = Sunday) and "January" (1-12), in English. */
const char *time_weekday_name(unsigned weekday);
const char *time_month_name(unsigned month);

#endif
