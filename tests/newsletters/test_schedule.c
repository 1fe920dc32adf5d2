#include "digest/base/timetext.h"
#include "digest/base/zone.h"
#include "digest/base/zone_file_internal.h"
#include "digest/newsletters/schedule.h"
#include "tests/support/house.h"

static int64_t utc(const char *text)
{
    int64_t at;
    assert_true(time_parse_rfc3339(str_of(text), &at));
    return at;
}

#define AT ";BYHOUR=7;BYMINUTE=0;BYSECOND=0"

static void wording_becomes_a_rule(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"friday 07:00", "FREQ=WEEKLY;BYDAY=FR" AT},
        {"Fridays at 7:00", "FREQ=WEEKLY;BYDAY=FR" AT},
        {"every friday at 07:00", "FREQ=WEEKLY;BYDAY=FR" AT},
        {"07:00 fri", "FREQ=WEEKLY;BYDAY=FR" AT},
        {"weekly on tue 07:00", "FREQ=WEEKLY;BYDAY=TU" AT},
        {"thursday,monday 07:00", "FREQ=WEEKLY;BYDAY=MO,TH" AT},
        {"monday, thursday 07:00", "FREQ=WEEKLY;BYDAY=MO,TH" AT},
        {"monday and sunday 07:00", "FREQ=WEEKLY;BYDAY=MO,SU" AT},
        {"weekdays 18:30",
         "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=18;BYMINUTE=30;BYSECOND=0"},
        {"weekends 07:00", "FREQ=WEEKLY;BYDAY=SA,SU" AT},
        {"daily 07:00", "FREQ=DAILY" AT},
        {"every day 07:00", "FREQ=DAILY" AT},
        {"10 days 07:00", "FREQ=DAILY;INTERVAL=10" AT},
        {"2 weeks tuesday 07:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU" AT},
        {"every other tuesday 07:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU" AT},
        {"first monday 07:00", "FREQ=MONTHLY;BYDAY=1MO" AT},
        {"the last friday of the month 07:00", "FREQ=MONTHLY;BYDAY=-1FR" AT},
        {"first and third monday 07:00", "FREQ=MONTHLY;BYDAY=1MO,3MO" AT},
        {"month 1 07:00", "FREQ=MONTHLY;BYMONTHDAY=1" AT},
        {"month 1, 15 07:00", "FREQ=MONTHLY;BYMONTHDAY=1,15" AT},
        {"month 15th 07:00", "FREQ=MONTHLY;BYMONTHDAY=15" AT},
        {"month last 07:00", "FREQ=MONTHLY;BYMONTHDAY=-1" AT},
        {"3 months 1 07:00", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1" AT},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(strbuf_free) struct strbuf rule = STRBUF_INIT;
        struct err err = {0};
        if (!schedule_words(cases[i][0], &rule, &err))
            fail_msg("%s", err.text);
        assert_string_equal(strbuf_text(&rule), cases[i][1]);
    }
}

static void what_could_have_been_meant_is_said(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"firday 7am", "'friday 07:00'"},
        {"friday", "'friday 07:00'"},
        {"friday 7pm", "'friday 19:00'"},
        {"friday 7.30", "'friday 07:30'"},
        {"friday 0730", "'friday 07:30'"},
        {"daily 7", "'daily 07:00'"},
        {"friday noon", "'friday 12:00'"},
        {"1st monday 09:00", "'first monday 09:00'"},
        {"month 31 08:00", "'month last 08:00'"},
        {"month 08:00", "'month 1 08:00'"},
        {"fortnightly tuesday 12:00", "'2 weeks tuesday 12:00'"},
        {"weekly 07:00", "'weekly friday 07:00'"},
        {"monday 25:00", "'monday 07:00'"},
        {"friday 7:00 pm", "'friday 19:00'"},
        {"friday 7 PM", "'friday 19:00'"},
        {"friday 12 am", "'friday 00:00'"},
        {"fifth monday 09:00", "'last monday 09:00'"},
        {"5th monday 09:00", "'last monday 09:00'"},
        {"monday-friday 07:00", "'weekdays 07:00'"},
        {"0 weeks tuesday 12:00", "counts by 0"},
        {"friday 07:00 Europe/Paris", "which is the newsletter's own"},
        {"bananas", "write it like 'friday 07:00'"},
        {"", "write it like 'friday 07:00'"},
        {"daily friday 07:00", "says daily and a weekday"},
        {"friday 07:00 18:00", "says two times"},
        {"friday 07:00 daily month", "two kinds of time span"},
        {"2 first monday 07:00", "mixes weeks, days and months"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(strbuf_free) struct strbuf rule = STRBUF_INIT;
        struct err err = {0};
        if (schedule_words(cases[i][0], &rule, &err))
            fail_msg("understood: %s", cases[i][0]);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_int_equal(rule.len, 0);
        if (!strstr(err.text, cases[i][1]))
            fail_msg("\"%s\" isn't answered with %s: %s", cases[i][0],
                     cases[i][1], err.text);
    }
}

static void rules_that_can_not_be_followed_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"FREQ=WEEKLY;BYDAY=FR", "at what time"},
        {"FREQ=MINUTELY", "more often than an hour"},
        {"FREQ=HOURLY;BYMINUTE=0,10", "more often than an hour"},
        {"FREQ=NEVER;BYHOUR=7", "can't be read"},
        {"FREQ=DAILY;BYHOUR=7;UNTIL=20200101T000000Z", "never comes"},
        {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=7", "can't be followed"},
        {"FREQ=YEARLY;BYWEEKNO=1;BYHOUR=7", "weeks of the year"},
        {"DTSTART:tomorrow FREQ=DAILY", "DTSTART"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct schedule s = {.zone = "UTC", .except = ""};
        struct err err = {0};
        if (schedule_read(cases[i][0], utc("2026-11-25"), &arena, &s, &err))
            fail_msg("taken: %s", cases[i][0]);
        assert_int_equal(err.kind, ERR_USAGE);
        if (!strstr(err.text, cases[i][1]))
            fail_msg("%s: %s", cases[i][0], err.text);
    }
}

/* The next times after `now`, as local text. */
static void expect_times(const char *every, const char *zone, const char *now,
                         const char *except, const char *const *want,
                         size_t count)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct schedule s = {.zone = zone, .except = except};
    struct err err = {0};
    int64_t times[8];
    size_t got = 0;
    if (!schedule_read(every, utc(now), &arena, &s, &err) ||
        !schedule_times(&s, utc(now), count, times, &got, &err))
        fail_msg("%s: %s", every, err.text);
    assert_int_equal(got, count);
    for (size_t i = 0; i < count; i++) {
        char text[TIME_TEXT_SIZE];
        assert_string_equal(time_rfc3339(times[i], text), want[i]);
    }
}

#define EXPECT(every, zone, now, except, ...)                                  \
    expect_times(every, zone, now, except, (const char *const[]){__VA_ARGS__}, \
                 sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void a_time_that_is_passed_over_is_later_by_the_gap(void **state)
{
    (void)state;
    /* Berlin: 02:00 becomes 03:00 on 28 March 2027. */
    EXPECT("daily 02:30", "Europe/Berlin", "2027-03-27T00:00:00Z", "",
           "2027-03-27T01:30:00Z", "2027-03-28T01:30:00Z",
           "2027-03-29T00:30:00Z");
    /* Lord Howe: half an hour, on 4 October 2026. */
    EXPECT("sunday 02:15", "Australia/Lord_Howe", "2026-10-01T00:00:00Z", "",
           "2026-10-03T15:45:00Z", "2026-10-10T15:15:00Z");
}

static void a_time_that_comes_twice_is_its_first(void **state)
{
    (void)state;
    EXPECT("daily 02:30", "Europe/Berlin", "2026-10-24T12:00:00Z", "",
           "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    EXPECT("daily 01:30", "America/New_York", "2026-10-31T12:00:00Z", "",
           "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z");
}

static void exceptions_are_left_out(void **state)
{
    (void)state;
    EXPECT("friday 07:00", "Europe/Berlin", "2026-12-14T00:00:00Z",
           "2026-12-25\n2027-01-01", "2026-12-18T06:00:00Z",
           "2027-01-08T06:00:00Z");
}

static void an_interval_begins_with_the_next_time(void **state)
{
    (void)state;
    /* A Wednesday. */
    EXPECT("2 weeks tuesday 12:00", "UTC", "2026-11-25T10:00:00Z", "",
           "2026-12-01T12:00:00Z", "2026-12-15T12:00:00Z");
    EXPECT("2 weeks wednesday 12:00", "UTC", "2026-11-25T10:00:00Z", "",
           "2026-11-25T12:00:00Z", "2026-12-09T12:00:00Z");
    EXPECT("2 weeks wednesday 09:00", "UTC", "2026-11-25T10:00:00Z", "",
           "2026-12-02T09:00:00Z", "2026-12-16T09:00:00Z");
}

static void a_rule_can_say_where_it_begins_and_ends(void **state)
{
    (void)state;
    EXPECT("DTSTART:20261203T080000 RRULE:FREQ=DAILY;COUNT=2", "Europe/Berlin",
           "2026-11-25T10:00:00Z", "", "2026-12-03T07:00:00Z",
           "2026-12-04T07:00:00Z");
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct schedule s = {.zone = "Europe/Berlin", .except = ""};
    struct err err = {0};
    int64_t times[8];
    size_t count;
    assert_true(schedule_read("FREQ=DAILY;BYHOUR=7;UNTIL=20261127T060000Z",
                              utc("2026-11-25T10:00:00Z"), &arena, &s, &err));
    assert_true(schedule_times(&s, utc("2026-11-25T10:00:00Z"), 8, times,
                               &count, &err));
    assert_int_equal(count, 2);
    assert_int_equal(times[1], utc("2026-11-27T06:00:00Z"));
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(db_release) struct db *db = house_db();
    struct err err = {0};
    struct schedule s;
    struct schedule_list due;
    const char *editors;
    house_newsletter(db, "weekly");
    house_run(db, "UPDATE newsletter SET timezone = 'Europe/Berlin'");
    assert_true(schedule_get(db, 1, &arena, &s, &err));
    assert_string_equal(s.every, "");
    assert_int_equal(s.lead_s, SCHEDULE_LEAD_S);
    assert_true(
        schedule_read("friday 07:00", utc("2026-11-25"), &arena, &s, &err));
    assert_true(schedule_parse_policy("object:90m", &s, &err));
    s.except = "2026-12-25";
    assert_true(schedule_set(db, &s, &err));
    assert_true(schedule_get(db, 1, &arena, &s, &err));
    OWNED(strbuf_free) struct strbuf policy = STRBUF_INIT;
    schedule_policy_text(&s, &policy);
    assert_string_equal(strbuf_text(&policy), "object:90m");
    assert_string_equal(s.zone, "Europe/Berlin");
    assert_string_equal(s.except, "2026-12-25");

    /* It rests until then, unless its clocks have changed. */
    assert_true(schedule_rest(db, &s, 1000, &err));
    assert_true(schedule_due(db, 999, &arena, &due, &err));
    assert_int_equal(due.count, 0);
    assert_true(schedule_due(db, 1000, &arena, &due, &err));
    assert_int_equal(due.count, 1);
    assert_true(
        stmt_run(db_stmt(db, "UPDATE newsletter SET timezone = 'UTC'"), &err));
    assert_true(schedule_due(db, 999, &arena, &due, &err));
    assert_int_equal(due.count, 1);

    assert_true(schedule_set_editors(db, 1, "a@b.org, c@d.org,A@b.org", &err));
    assert_true(schedule_editors(db, 1, &arena, &editors, &err));
    assert_string_equal(editors, "a@b.org\nc@d.org");
    assert_false(schedule_set_editors(db, 1, "a@b.org, nobody", &err));
    assert_int_equal(err.kind, ERR_USAGE);
}

static void a_schedule_is_kept_only_where_it_can_be_followed(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(db_release) struct db *db = house_db();
    struct err err = {0};
    struct schedule s;
    int64_t span;
    house_newsletter(db, "weekly");
    assert_true(schedule_get(db, 1, &arena, &s, &err));
    assert_true(
        schedule_read("friday 07:00", utc("2026-11-25"), &arena, &s, &err));

    /* Somebody has to be asked; commas name nobody. */
    s.policy = POLICY_APPROVE;
    assert_false(schedule_change(db, &s, NULL, &arena, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_string_equal(err.text, "weekly has no editors who could approve; "
                                  "name their addresses");
    assert_false(schedule_change(db, &s, " , ", &arena, &err));
    assert_true(schedule_change(db, &s, "a@b.org", &arena, &err));
    assert_true(schedule_change(db, &s, NULL, &arena, &err));
    assert_false(schedule_change(db, &s, "", &arena, &err));
    s.policy = POLICY_AUTO;
    assert_true(schedule_change(db, &s, "", &arena, &err));

    /* There has to be time to object. */
    s.policy = POLICY_OBJECT;
    s.object_s = 0;
    assert_false(schedule_change(db, &s, "a@b.org", &arena, &err));
    s.object_s = 60;
    assert_true(schedule_change(db, &s, "a@b.org", &arena, &err));
    assert_true(schedule_parse_policy("object:31d", &s, &err));
    assert_false(schedule_parse_policy("object:32d", &s, &err));
    assert_false(schedule_parse_policy("object:0h", &s, &err));

    s.except = "2026-12-25\n2027-01-01";
    assert_true(schedule_change(db, &s, NULL, &arena, &err));
    s.except = "2026-12-25\nChristmas";
    assert_false(schedule_change(db, &s, NULL, &arena, &err));
    assert_non_null(strstr(err.text, "\"Christmas\" has to be a date"));

    assert_true(schedule_read_span("0h", &span, &err));
    assert_true(schedule_read_span("31d", &span, &err));
    assert_int_equal(span, SCHEDULE_SPAN_MAX_S);
    assert_false(schedule_read_span("32d", &span, &err));
    assert_false(schedule_read_span("soon", &span, &err));
}

static void the_rule_of_a_zone_is_read(void **state)
{
    (void)state;
    struct zone_rule rule;
    const struct {
        const char *text, *at;
        int64_t offset;
    } cases[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2040-03-25T00:59:59Z", 3600},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2040-03-25T01:00:00Z", 7200},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2040-10-28T01:00:00Z", 3600},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2040-01-01T00:00:00Z", 39600},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2040-07-01T00:00:00Z", 37800},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2040-01-01T00:00:00Z", 0},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2040-07-01T00:00:00Z", 3600},
        {"EST5EDT,J60,300", "2040-02-29T12:00:00Z", -18000},
        {"EST5EDT,J60,300", "2040-03-01T12:00:00Z", -14400},
        {"<-03>3", "2040-07-01T00:00:00Z", -10800},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_true(zone_rule_parse(str_of(cases[i].text), &rule));
        if (zone_rule_offset(&rule, utc(cases[i].at)) != cases[i].offset)
            fail_msg("%s at %s", cases[i].text, cases[i].at);
    }
    static const char *const bad[] = {"",
                                      "CET",
                                      "CET-1CEST",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1CEST,M13.1.0,M1.1.0",
                                      "<CET-1"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_false(zone_rule_parse(str_of(bad[i]), &rule));
}

static void a_file_that_is_no_zone_is_refused(void **state)
{
    (void)state;
    struct err err;
    static const char *const names[] = {"../../../etc/passwd", "/etc/passwd",
                                        "Europe", "zone.tab", ""};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        assert_false(zone_check(names[i], &err));
    assert_null(zone_file_parse(STR("")));
    assert_null(zone_file_parse(STR("TZif2")));
    assert_null(zone_file_parse(STR("TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                    "\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff"
                                    "\0\0\0\x01\0\0\0\x01")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wording_becomes_a_rule),
        cmocka_unit_test(what_could_have_been_meant_is_said),
        cmocka_unit_test(rules_that_can_not_be_followed_are_refused),
        cmocka_unit_test(a_time_that_is_passed_over_is_later_by_the_gap),
        cmocka_unit_test(a_time_that_comes_twice_is_its_first),
        cmocka_unit_test(exceptions_are_left_out),
        cmocka_unit_test(an_interval_begins_with_the_next_time),
        cmocka_unit_test(a_rule_can_say_where_it_begins_and_ends),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_schedule_is_kept_only_where_it_can_be_followed),
        cmocka_unit_test(the_rule_of_a_zone_is_read),
        cmocka_unit_test(a_file_that_is_no_zone_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
