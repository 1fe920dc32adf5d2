/* Writes and parses times and durations in their textual forms. */
#include "digest/base/timetext.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "digest/base/mem.h"

static const char *const weekdays[] = {"Sunday",    "Monday",   "Tuesday",
                                       "Wednesday", "Thursday", "Friday",
                                       "Saturday"};
static const char *const months[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

/* RFC 822 §5.1 and those in daily use, in minutes east of Greenwich; behind
 * them the names in full that browsers and Java print. */
static const struct {
    const char *name;
    int offset;
} zones[] = {{"GMT", 0},
             {"UT", 0},
             {"UTC", 0},
             {"Z", 0},
             {"EST", -300},
             {"EDT", -240},
             {"CST", -360},
             {"CDT", -300},
             {"MST", -420},
             {"MDT", -360},
             {"PST", -480},
             {"PDT", -420},
             {"CET", 60},
             {"CEST", 120},
             {"BST", 60},
             {"WET", 0},
             {"WEST", 60},
             {"EET", 120},
             {"EEST", 180},
             {"MSK", 180},
             {"JST", 540},
             {"IST", 330},
             {"MEZ", 60},
             {"MESZ", 120},
             {"KST", 540},
             {"SAST", 120},
             {"AEST", 600},
             {"AEDT", 660},
             {"NZST", 720},
             {"NZDT", 780},
             {"AKST", -540},
             {"AKDT", -480},
             {"HST", -600},
             {"Coordinated Universal Time", 0},
             {"Greenwich Mean Time", 0},
             {"Eastern Standard Time", -300},
             {"Eastern Daylight Time", -240},
             {"Central Standard Time", -360},
             {"Central Daylight Time", -300},
             {"Mountain Standard Time", -420},
             {"Mountain Daylight Time", -360},
             {"Pacific Standard Time", -480},
             {"Pacific Daylight Time", -420},
             {"Central European Time", 60},
             {"Central European Standard Time", 60},
             {"Central European Summer Time", 120},
             {"British Summer Time", 60},
             {"Western European Standard Time", 0},
             {"Western European Summer Time", 60},
             {"Eastern European Standard Time", 120},
             {"Eastern European Summer Time", 180},
             {"Moscow Standard Time", 180},
             {"India Standard Time", 330},
             {"Japan Standard Time", 540}};

int64_t time_week_begin(int64_t at)
{
    enum { DAY_S = 24 * 60 * 60, FROM_MONDAY_S = 3 * DAY_S };
    int64_t into = (at + FROM_MONDAY_S) % (7 * DAY_S);
    return at - (into < 0 ? into + 7 * DAY_S : into);
}

const char *time_weekday_name(unsigned weekday)
{
    return weekdays[weekday % 7];
}

const char *time_month_name(unsigned month)
{
    return months[(month + 11) % 12];
}

/* Times beyond the years that have four digits are held at their ends. */
static struct tm civil_of(int64_t at)
{
    const int64_t first = -62167219200, last = 253402300799;
    time_t when = (time_t)(at < first ? first : at > last ? last : at);
    struct tm tm;
    gmtime_r(&when, &tm);
    return tm;
}

const char *time_rfc3339(int64_t at, char out[TIME_TEXT_SIZE])
{
    struct tm tm = civil_of(at);
    snprintf(out, TIME_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ",
             tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
             tm.tm_min, tm.tm_sec);
    return out;
}

static const char *write_date(int64_t at, const char *zone,
                              char out[TIME_TEXT_SIZE])
{
    struct tm tm = civil_of(at);
    snprintf(out, TIME_TEXT_SIZE, "%.3s, %02d %.3s %04d %02d:%02d:%02d %s",
             weekdays[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
             tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec, zone);
    return out;
}

const char *time_rfc5322(int64_t at, char out[TIME_TEXT_SIZE])
{
    return write_date(at, "+0000", out);
}

const char *time_http(int64_t at, char out[TIME_TEXT_SIZE])
{
    return write_date(at, "GMT", out);
}

/* Days from 1970-01-01 to a civil date: years are counted from March, so
 * that the leap day is the last of its year. */
static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year =
        (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 +
        (int64_t)day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

int64_t time_from_civil(int64_t year, unsigned month, unsigned day,
                        unsigned hour, unsigned minute, unsigned second)
{
    return days_from_civil(year, month, day) * 86400 + (int64_t)hour * 3600 +
           (int64_t)minute * 60 + (int64_t)second;
}

struct civil {
    unsigned year, month, day, hour, minute, second;
    int offset; /* minutes east */
};

static bool to_unix(const struct civil *c, int64_t *at)
{
    static const unsigned char lengths[] = {31, 29, 31, 30, 31, 30,
                                            31, 31, 30, 31, 30, 31};
    if (c->month < 1 || c->month > 12 || c->day < 1 ||
        c->day > lengths[c->month - 1] || c->hour > 24 || c->minute > 59 ||
        c->second > 60 || c->offset < -1440 || c->offset > 1440 ||
        (c->hour == 24 && (c->minute || c->second)))
        return false;
    bool leap = (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;
    if (c->month == 2 && c->day == 29 && !leap)
        return false;
    *at = time_from_civil(c->year, c->month, c->day, c->hour, c->minute,
                          c->second) -
          (int64_t)c->offset * 60;
    return true;
}

/* Takes `min` to `max` digits from the front. */
static bool take_number(struct str *text, size_t min, size_t max, unsigned *out)
{
    size_t n = 0;
    unsigned value = 0;
    while (n < text->len && n < max && text->ptr[n] >= '0' &&
           text->ptr[n] <= '9')
        value = value * 10 + (unsigned)(text->ptr[n++] - '0');
    if (n < min)
        return false;
    *text = str_from(*text, n);
    *out = value;
    return true;
}

static bool take_char(struct str *text, const char *any_of)
{
    if (!text->len || !strchr(any_of, text->ptr[0]) || !text->ptr[0])
        return false;
    *text = str_from(*text, 1);
    return true;
}

static void skip_spaces(struct str *text)
{
    *text = str_trim(*text);
}

bool time_zone_by_name(struct str name, int *minutes)
{
    for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
        if (str_equal_nocase(name, str_of(zones[i].name))) {
            *minutes = zones[i].offset;
            return true;
        }
    }
    return false;
}

static struct str take_letters(struct str *text)
{
    size_t n = 0;
    while (n < text->len && ((text->ptr[n] | 32) >= 'a') &&
           ((text->ptr[n] | 32) <= 'z'))
        n++;
    struct str word = {text->ptr, n};
    *text = str_from(*text, n);
    return word;
}

/* +hh:mm, +hhmm, +hh; with `short_hours` +h, too. */
static bool take_offset(struct str *text, bool short_hours, int *offset)
{
    bool west = text->len && text->ptr[0] == '-';
    unsigned hours, minutes = 0;
    if (!take_char(text, "+-") ||
        !take_number(text, short_hours ? 1 : 2, 2, &hours))
        return false;
    take_char(text, ":");
    if (take_number(text, 2, 2, &minutes) && minutes > 59)
        return false;
    *offset = (int)(hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

/* An offset, or the name of a zone. */
static bool take_zone(struct str *text, int *offset)
{
    skip_spaces(text);
    *offset = 0;
    if (!text->len)
        return true;
    if (text->ptr[0] == '+' || text->ptr[0] == '-')
        return take_offset(text, false, offset);
    return time_zone_by_name(take_letters(text), offset);
}

bool time_parse_rfc3339(struct str text, int64_t *at)
{
    struct civil c = {0};
    text = str_trim(text);
    if (!take_number(&text, 4, 4, &c.year) || !take_char(&text, "-/") ||
        !take_number(&text, 1, 2, &c.month) || !take_char(&text, "-/") ||
        !take_number(&text, 1, 2, &c.day))
        return false;
    if (text.len && !take_char(&text, "Tt "))
        return false;
    skip_spaces(&text);
    if (text.len) {
        if (!take_number(&text, 1, 2, &c.hour) || !take_char(&text, ":") ||
            !take_number(&text, 2, 2, &c.minute))
            return false;
        if (take_char(&text, ":") && !take_number(&text, 2, 2, &c.second))
            return false;
        unsigned fraction;
        if (take_char(&text, ".,"))
            while (take_number(&text, 1, 9, &fraction))
                ;
        if (!take_zone(&text, &c.offset) || text.len)
            return false;
    }
    return to_unix(&c, at);
}

/* A name or its beginning, of three letters at least: "marras" is another
 * language's and no March. "Sept" is in daily use. */
static bool take_month(struct str *text, unsigned *month)
{
    struct str rest = *text, word = take_letters(&rest);
    if (word.len < 3)
        return false;
    for (unsigned i = 0; i < 12; i++) {
        if (!str_starts_nocase(str_of(months[i]), word))
            continue;
        *text = rest;
        *month = i + 1;
        return true;
    }
    return false;
}

unsigned time_full_year(unsigned year)
{
    if (year < 50)
        return year + 2000;
    return year < 1000 ? year + 1900 : year;
}

/* "(comment (nested))", as many as there are; an open one ends the text. */
static void skip_comments(struct str *text)
{
    skip_spaces(text);
    while (text->len && text->ptr[0] == '(') {
        size_t at = 0, depth = 0;
        do {
            depth += text->ptr[at] == '(';
            depth -= text->ptr[at] == ')';
        } while (++at < text->len && depth);
        *text = str_from(*text, at);
        skip_spaces(text);
    }
}

static bool is_capitals(struct str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] & 0x20)
            return false;
    return true;
}

bool time_zone_is_unknown(struct str name)
{
    return name.len == 1 ||
           (name.len <= 5 && is_capitals(name) && !str_equal(name, STR("AM")) &&
            !str_equal(name, STR("PM")));
}

/* Takes a zone as above, or as feeds have it: "GMT+0200", "UTC+2", and names
 * that no table has. */
static bool take_any_zone(struct str *text, int *offset)
{
    skip_comments(text);
    *offset = 0;
    if (!text->len)
        return true;
    if (text->ptr[0] == '+' || text->ptr[0] == '-')
        return take_offset(text, false, offset);
    struct str name = take_letters(text);
    if (!name.len ||
        (!time_zone_by_name(name, offset) && !time_zone_is_unknown(name)))
        return false;
    return !text->len || (text->ptr[0] != '+' && text->ptr[0] != '-') ||
           take_offset(text, true, offset);
}

bool time_parse_rfc5322(struct str text, int64_t *at)
{
    struct civil c = {0};
    text = str_trim(text);
    struct str rest = text;
    if (take_letters(&rest).len <= 9 && take_char(&rest, ","))
        text = rest;
    skip_spaces(&text);
    if (!take_number(&text, 1, 2, &c.day))
        return false;
    take_char(&text, "-");
    skip_spaces(&text);
    if (!take_month(&text, &c.month))
        return false;
    take_char(&text, ".-");
    skip_spaces(&text);
    if (!take_number(&text, 2, 4, &c.year))
        return false;
    c.year = time_full_year(c.year);
    skip_spaces(&text);
    if (text.len) {
        if (!take_number(&text, 1, 2, &c.hour) || !take_char(&text, ":") ||
            !take_number(&text, 1, 2, &c.minute))
            return false;
        if (take_char(&text, ":") && !take_number(&text, 1, 2, &c.second))
            return false;
        if (!take_any_zone(&text, &c.offset))
            return false;
        skip_comments(&text);
    }
    return !text.len && to_unix(&c, at);
}

bool time_parse_any(struct str text, int64_t *at)
{
    return time_parse_rfc3339(text, at) || time_parse_rfc5322(text, at);
}

bool time_parse_duration(struct str text, int64_t *seconds)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1},     {'m', 60},     {'h', 3600},
                 {'d', 86400}, {'w', 604800}, {'y', 31536000}};
    text = str_trim(text);
    unsigned long long count;
    if (text.len < 2 ||
        !str_to_u64((struct str){text.ptr, text.len - 1}, &count) ||
        count > 1000000)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        if (units[i].unit == text.ptr[text.len - 1]) {
            *seconds = (int64_t)count * units[i].seconds;
            return true;
        }
    }
    return false;
}

const char *time_duration(int64_t seconds, char out[TIME_TEXT_SIZE])
{
    int64_t unit = seconds % 3600 == 0 ? 3600 : seconds % 60 == 0 ? 60 : 1;
    snprintf(out, TIME_TEXT_SIZE, "%" PRId64 "%c", seconds / unit,
             unit == 3600 ? 'h'
             : unit == 60 ? 'm'
                          : 's');
    return out;
}
