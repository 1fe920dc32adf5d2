#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"

enum { FRIDAY = 1795158000 }; /* 2026-11-20 07:00:00 UTC */

static void civil_times_agree_with_the_c_library(void **state)
{
    (void)state;
    /* Every 41 days and some, from the year 1 to 9999. */
    for (int64_t at = -62135596800; at < 253402300800; at += 3599999) {
        time_t when = at;
        struct tm tm;
        gmtime_r(&when, &tm);
        assert_int_equal(
            time_from_civil(tm.tm_year + 1900, (unsigned)tm.tm_mon + 1,
                            (unsigned)tm.tm_mday, (unsigned)tm.tm_hour,
                            (unsigned)tm.tm_min, (unsigned)tm.tm_sec),
            at);
    }
}

static void times_are_written_in_both_forms(void **state)
{
    (void)state;
    char out[TIME_TEXT_SIZE];
    assert_string_equal(time_rfc3339(FRIDAY, out), "2026-11-20T07:00:00Z");
    assert_string_equal(time_http(FRIDAY, out),
                        "Fri, 20 Nov 2026 07:00:00 GMT");
    assert_string_equal(time_rfc5322(FRIDAY, out),
                        "Fri, 20 Nov 2026 07:00:00 +0000");
    assert_string_equal(time_rfc3339(0, out), "1970-01-01T00:00:00Z");
    assert_string_equal(time_rfc5322(951782400, out),
                        "Tue, 29 Feb 2000 00:00:00 +0000");
    assert_string_equal(time_rfc3339(-1, out), "1969-12-31T23:59:59Z");
}

static void times_beyond_four_digits_are_held_there(void **state)
{
    (void)state;
    char out[TIME_TEXT_SIZE];
    assert_string_equal(time_rfc3339(INT64_MAX, out), "9999-12-31T23:59:59Z");
    assert_string_equal(time_rfc3339(INT64_MIN, out), "0000-01-01T00:00:00Z");
    assert_string_equal(time_rfc5322(INT64_MAX, out),
                        "Fri, 31 Dec 9999 23:59:59 +0000");
}

struct sample {
    const char *text;
    int64_t at;
};

static void assert_parses(bool (*parse)(struct str, int64_t *),
                          const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t at = -7;
        if (!parse(str_of(samples[i].text), &at))
            fail_msg("not understood: %s", samples[i].text);
        if (at != samples[i].at)
            fail_msg("%s: %lld", samples[i].text, (long long)at);
    }
}

static void assert_refuses(bool (*parse)(struct str, int64_t *),
                           const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t at = -7;
        if (parse(str_of(texts[i]), &at))
            fail_msg("understood: \"%s\"", texts[i]);
        assert_int_equal(at, -7);
    }
}

static void dates_of_front_matter_are_understood(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"2026-11-20T07:00:00Z", FRIDAY},
        {"2026-11-20t07:00:00z", FRIDAY},
        {"2026-11-20 07:00:00", FRIDAY},
        {"2026-11-20 07:00", FRIDAY},
        {" 2026-11-20T08:00:00+01:00\n", FRIDAY},
        {"2026-11-20T02:00:00-0500", FRIDAY},
        {"2026-11-20 12:30:00 +05:30", FRIDAY},
        {"2026-11-20T07:00:00.123456789012Z", FRIDAY},
        {"2026-11-20T07:00:00,5Z", FRIDAY},
        {"2026-11-20 07:00:00 UTC", FRIDAY},
        {"2026-11-20", FRIDAY - 7 * 3600},
        {"2026/11/20", FRIDAY - 7 * 3600},
        {"2026-11-19T24:00:00Z", FRIDAY - 7 * 3600},
        {"2024-02-29", 1709164800},
        {"2016-12-31T23:59:60Z", 1483228800},
        {"1969-12-31T23:59:59Z", -1},
    };
    assert_parses(time_parse_rfc3339, samples, ARRAY_SIZE(samples));
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "yesterday",
        "2026",
        "2026-11",
        "26-11-20",
        "2026-13-01",
        "2026-00-10",
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-11-00",
        "2026-11-20T25:00:00Z",
        "2026-11-20T24:00:01Z",
        "2026-11-20T07:60:00Z",
        "2026-11-20T07:00:61Z",
        "2026-11-20T07:00:00+25:00",
        "2026-11-20T07:00:00+05:60",
        "2026-11-20T07:00:00 Mars",
        "2026-11-20T07",
        "2026-11-20Tnoon",
        "2026-11-20T07:00:00Z and more",
        "20261120",
    };
    assert_refuses(time_parse_rfc3339, texts, ARRAY_SIZE(texts));
}

static void dates_of_feeds_are_understood(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"Fri, 20 Nov 2026 07:00:00 +0000", FRIDAY},
        {"Fri, 20 Nov 2026 07:00:00 GMT", FRIDAY},
        {"20 Nov 2026 07:00 UT", FRIDAY},
        {"Friday, 20-Nov-26 07:00:00 GMT", FRIDAY},
        {"Wednesday, 20 November 2026 02:00:00 EST", FRIDAY},
        {"Fri, 20 Nov 2026 00:00:00 PDT", FRIDAY},
        {"Fri, 20 Nov 2026 08:00:00 +0100 (CET)", FRIDAY},
        {"fri,20 nov 2026 7:00:00 z", FRIDAY},
        {"20 Nov 2026", FRIDAY - 7 * 3600},
        {"1 Jan 70 00:00:00 GMT", 0},
        {"1 Jan 100 00:00:00 GMT", 946684800},
    };
    assert_parses(time_parse_rfc5322, samples, ARRAY_SIZE(samples));
}

static void words_that_are_no_feed_date_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "Fri,",
        "Fri, 20",
        "Fri, 20 Foo 2026 07:00:00 GMT",
        "Fri, 32 Nov 2026 07:00:00 GMT",
        "Fri, 31 Nov 2026 07:00:00 GMT",
        "Fri, 20 Nov 2026 25:00:00 GMT",
        "Fri, 20 Nov 2026 07 GMT",
        "Fri, 20 Nov 2026 07:00:00 Mars",
        "20 Nov 2",
        "Nov 20 2026",
    };
    assert_refuses(time_parse_rfc5322, texts, ARRAY_SIZE(texts));
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    char out[TIME_TEXT_SIZE];
    for (int64_t at = -2000000000; at < 4100000000; at += 98765432) {
        int64_t back = 0;
        assert_true(time_parse_any(str_of(time_rfc3339(at, out)), &back));
        assert_int_equal(back, at);
        if (at < -631152000)
            continue; /* before 1950 a year is written the same, too */
        assert_true(time_parse_any(str_of(time_rfc5322(at, out)), &back));
        assert_int_equal(back, at);
    }
}

static void durations_need_their_unit(void **state)
{
    (void)state;
    static const struct sample good[] = {
        {"90s", 90},    {"15m", 900},          {"48h", 172800},
        {"7d", 604800}, {"2w", 1209600},       {" 1d ", 86400},
        {"0s", 0},      {"1000000s", 1000000}, {"5y", 157680000},
    };
    assert_parses(time_parse_duration, good, ARRAY_SIZE(good));
    static const char *const bad[] = {
        "",   "7",    "d",   "-7d",      "7 d",
        "7D", "1.5h", "7dd", "1000001s", "99999999999999999999w",
    };
    assert_refuses(time_parse_duration, bad, ARRAY_SIZE(bad));
    char out[TIME_TEXT_SIZE];
    assert_string_equal(time_duration(172800, out), "48h");
    assert_string_equal(time_duration(5400, out), "90m");
    assert_string_equal(time_duration(61, out), "61s");
    assert_string_equal(time_duration(0, out), "0h");
}

static void names_are_english(void **state)
{
    (void)state;
    assert_string_equal(time_weekday_name(0), "Sunday");
    assert_string_equal(time_weekday_name(6), "Saturday");
    assert_string_equal(time_month_name(1), "January");
    assert_string_equal(time_month_name(12), "December");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(civil_times_agree_with_the_c_library),
        cmocka_unit_test(times_are_written_in_both_forms),
        cmocka_unit_test(times_beyond_four_digits_are_held_there),
        cmocka_unit_test(dates_of_front_matter_are_understood),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(dates_of_feeds_are_understood),
        cmocka_unit_test(words_that_are_no_feed_date_are_refused),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(durations_need_their_unit),
        cmocka_unit_test(names_are_english),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
