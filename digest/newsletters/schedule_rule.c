/* Reads recurrence rules with libical, and lists their times. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/zone.h"
#include "digest/newsletters/schedule.h"

enum {
    MAX_STEPS = 400000,
    LEAST_APART_S = 1800, /* an hour, less what a clock can be set */
    LOOK_AHEAD = 60,
};

/* ---- local times -------------------------------------------------------- */

static int64_t utc_of(const struct icaltimetype *t, const char *zone)
{
    struct zone_time local = {
        .year = t->year,
        .month = (unsigned)t->month,
        .day = (unsigned)t->day,
        .hour = (unsigned)t->hour,
        .minute = (unsigned)t->minute,
        .second = (unsigned)t->second,
    };
    return zone_utc(zone, &local);
}

static bool is_except(const struct schedule *s, const struct icaltimetype *t)
{
    char date[32];
    snprintf(date, sizeof date, "%04d-%02d-%02d", t->year, t->month, t->day);
    struct str rest = str_of(s->except), line;
    while (str_next_line(&rest, &line))
        if (str_equal(line, str_of(date)))
            return true;
    return false;
}

/* An end that is given in UTC is compared on the clocks of the zone. */
static void set_until(struct icalrecurrencetype *rule, const char *zone)
{
    struct icaltimetype *until = &rule->until;
    if (icaltime_is_null_time(*until))
        return;
    if (until->is_date) {
        until->is_date = 0;
        until->hour = 23;
        until->minute = until->second = 59;
    } else if (until->zone) {
        struct zone_time local;
        int64_t at =
            time_from_civil(until->year, (unsigned)until->month,
                            (unsigned)until->day, (unsigned)until->hour,
                            (unsigned)until->minute, (unsigned)until->second);
        zone_local(zone, at, &local);
        *until = (struct icaltimetype){
            .year = local.year,
            .month = (int)local.month,
            .day = (int)local.day,
            .hour = (int)local.hour,
            .minute = (int)local.minute,
            .second = (int)local.second,
        };
    }
    until->zone = NULL;
}

static void free_iterator(icalrecur_iterator **iterator)
{
    if (*iterator)
        icalrecur_iterator_free(*iterator);
}

static bool fail_rule(const char *rule, const char *why, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "\"%.120s\": %s; a rule of RFC 5545 looks like "
                   "FREQ=WEEKLY;BYDAY=FR;BYHOUR=7;BYMINUTE=0",
                   rule, why);
}

/* Starts the walk through a rule's times shortly before `after`: it needn't
 * begin where the rule began, unless times are counted. */
static void skip_ahead(icalrecur_iterator *walk,
                       const struct icalrecurrencetype *rule,
                       const struct icaltimetype *begins, const char *zone,
                       int64_t after)
{
    struct zone_time local;
    zone_local(zone, after - 2 * (int64_t)86400, &local);
    struct icaltimetype start = {
        .year = local.year, .month = (int)local.month, .day = (int)local.day};
    if (rule->count == 0 && icaltime_compare(start, *begins) > 0)
        icalrecur_iterator_set_start(walk, start);
}

bool schedule_times(const struct schedule *s, int64_t after, size_t most,
                    int64_t *out, size_t *count, struct err *err)
{
    *count = 0;
    icalerror_clear_errno();
    struct icalrecurrencetype rule = icalrecurrencetype_from_string(s->rule);
    struct icaltimetype begins = icaltime_from_string(s->begins);
    if (rule.freq == ICAL_NO_RECURRENCE || icaltime_is_null_time(begins))
        return fail_rule(s->rule, "is no rule", err);
    set_until(&rule, s->zone);
    OWNED(free_iterator)
    icalrecur_iterator *walk = icalrecur_iterator_new(rule, begins);
    if (!walk)
        return fail_rule(s->rule, "can't be followed", err);
    skip_ahead(walk, &rule, &begins, s->zone, after);
    for (long step = 0; *count < most && step < MAX_STEPS; step++) {
        struct icaltimetype next = icalrecur_iterator_next(walk);
        if (icaltime_is_null_time(next))
            break;
        int64_t at = utc_of(&next, s->zone);
        bool again = *count && at <= out[*count - 1];
        if (at > after && !again && !is_except(s, &next))
            out[(*count)++] = at;
    }
    return true;
}

/* ---- reading a rule ------------------------------------------------ */

/* "DTSTART:20261204T070000" before the rule: where it is counted from. */
static bool take_start(struct str *text, char *begins, size_t size)
{
    *text = str_trim(*text);
    if (!str_starts_nocase(*text, STR("DTSTART")))
        return true;
    size_t colon = str_find(*text, ':');
    *text = str_from(*text, colon < text->len ? colon + 1 : colon);
    if (text->len < 15)
        return false;
    snprintf(begins, size, "%.15s", text->ptr);
    *text = str_trim(str_from(*text, 15));
    return !icaltime_is_null_time(icaltime_from_string(begins));
}

static const char *check_rule(const struct icalrecurrencetype *rule,
                              bool has_start)
{
    if (rule->freq == ICAL_NO_RECURRENCE)
        return "can't be read";
    if (rule->freq == ICAL_SECONDLY_RECURRENCE ||
        rule->freq == ICAL_MINUTELY_RECURRENCE)
        return "comes more often than an hour apart";
    /* libical 3 puts them on other weekdays than asked for. */
    if (rule->by_week_no[0] != ICAL_RECURRENCE_ARRAY_MAX)
        return "counts weeks of the year, which isn't understood: name "
               "months and days";
    bool no_hour = rule->by_hour[0] == ICAL_RECURRENCE_ARRAY_MAX;
    if (no_hour && !has_start && rule->freq != ICAL_HOURLY_RECURRENCE)
        return "doesn't say at what time: add BYHOUR and BYMINUTE";
    return NULL;
}

static bool read_rfc5545(const char *text, struct arena *arena,
                         struct schedule *out, struct err *err)
{
    char begins[40] = "";
    struct str rest = str_of(text);
    if (!take_start(&rest, begins, sizeof begins))
        return fail_rule(text,
                         "its DTSTART has to be a local time such as "
                         "DTSTART:20261204T070000",
                         err);
    if (str_starts_nocase(rest, STR("RRULE:")))
        rest = str_from(rest, 6);
    char *copy = arena_copy_str(arena, str_trim(rest));
    for (char *c = copy; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 32);
    icalerror_clear_errno();
    struct icalrecurrencetype rule = icalrecurrencetype_from_string(copy);
    const char *wrong = check_rule(&rule, *begins != '\0');
    if (wrong)
        return fail_rule(text, wrong, err);
    out->rule = copy;
    out->begins = arena_copy(arena, begins);
    return true;
}

/* ---- where it is counted from -------------------------------------- */

static const char *local_midnight(int64_t at, const char *zone,
                                  struct arena *arena)
{
    struct zone_time t;
    zone_local(zone, at, &t);
    return arena_format(arena, "%04d%02u%02uT000000", t.year, t.month, t.day);
}

/* "2 weeks tuesday" begins with the next Tuesday, not the one after. */
static bool anchor(struct schedule *s, int64_t now, struct arena *arena,
                   struct err *err)
{
    s->begins = local_midnight(now, s->zone, arena);
    struct icalrecurrencetype rule = icalrecurrencetype_from_string(s->rule);
    if (rule.interval < 2)
        return true;
    struct schedule each = *s;
    int64_t first;
    size_t count;
    rule.interval = 1;
    char *text = icalrecurrencetype_as_string_r(&rule);
    each.rule = text ? arena_copy(arena, text) : s->rule;
    icalmemory_free_buffer(text);
    each.except = "";
    if (!schedule_times(&each, now, 1, &first, &count, err))
        return false;
    if (count)
        s->begins = local_midnight(first, s->zone, arena);
    return true;
}

static bool check_pace(const struct schedule *s, int64_t now, const char *text,
                       struct err *err)
{
    int64_t times[LOOK_AHEAD];
    size_t count;
    struct schedule all = *s;
    all.except = "";
    if (!schedule_times(&all, now, LOOK_AHEAD, times, &count, err))
        return false;
    if (!count)
        return fail_rule(text, "never comes", err);
    for (size_t i = 1; i < count; i++)
        if (times[i] - times[i - 1] < LEAST_APART_S)
            return fail_rule(text, "comes more often than an hour apart", err);
    return true;
}

bool schedule_read(const char *text, int64_t now, struct arena *arena,
                   struct schedule *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf rule = STRBUF_INIT;
    out->every = arena_copy_str(arena, str_trim(str_of(text)));
    out->begins = "";
    if (strchr(text, '=')) {
        if (!read_rfc5545(text, arena, out, err))
            return false;
    } else {
        if (!schedule_words(text, &rule, err))
            return false;
        out->rule = arena_copy_str(arena, strbuf_str(&rule));
    }
    return (*out->begins || anchor(out, now, arena, err)) &&
           check_pace(out, now, text, err);
}

/* ---- policies ------------------------------------------------------ */

bool schedule_parse_policy(const char *text, struct schedule *out,
                           struct err *err)
{
    static const char object[] = "object:";
    if (strcmp(text, "auto") == 0 || strcmp(text, "approve") == 0) {
        out->policy =
            *text == 'a' && text[1] == 'u' ? POLICY_AUTO : POLICY_APPROVE;
        return true;
    }
    int64_t span;
    if (str_starts(str_of(text), STR(object)) &&
        schedule_read_span(text + sizeof object - 1, &span, NULL) && span > 0) {
        out->policy = POLICY_OBJECT;
        out->object_s = span;
        return true;
    }
    return err_set(err, ERR_USAGE,
                   "policy \"%.40s\": has to be auto (goes out unattended), "
                   "approve (when an editor says so) or object:4h (when "
                   "nobody cancels it within 4 hours of the preview)",
                   text);
}

void schedule_policy_text(const struct schedule *s, struct strbuf *out)
{
    char text[TIME_TEXT_SIZE];
    if (s->policy == POLICY_OBJECT)
        strbuf_add_format(out, "object:%s", time_duration(s->object_s, text));
    else
        strbuf_add_text(out, s->policy == POLICY_AUTO ? "auto" : "approve");
}
