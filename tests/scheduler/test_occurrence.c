/* Shows what becomes of each time of a schedule: when an issue is drafted for
 * it, what holds that back, and what is said of those for which none is. */
#include <stdio.h>

#include "digest/base/timetext.h"
#include "digest/newsletters/schedule.h"
#include "digest/scheduler/occurrence.h"
#include "digest/scheduler/plan.h"
#include "tests/delivery/press.h"

enum { RETRY = 600 };

static struct strbuf said;

static int64_t utc(const char *text)
{
    int64_t at;
    assert_true(time_parse_rfc3339(str_of(text), &at));
    return at;
}

static int begin(void **state)
{
    strbuf_cut(&said, 0);
    return press_open(state);
}

static int end(void **state)
{
    strbuf_free(&said);
    return press_close(state);
}

/* The newsletter's schedule from now on, on the clocks of a zone. */
static struct schedule schedule(const char *every, const char *zone,
                                const char *from)
{
    struct schedule s;
    must(schedule_get(press.db, 1, &press.arena, &s, &err));
    s.zone = zone;
    s.since = utc(from);
    must(schedule_read(every, s.since, &press.arena, &s, &err));
    must(schedule_set(press.db, &s, &err));
    return s;
}

static struct occurrence_next look(const struct schedule *s, int64_t now)
{
    struct occurrence_next next;
    must(occurrence_look(press.db, s, now, &next, &err));
    return next;
}

static void is_next(const struct schedule *s, int64_t now,
                    enum occurrence_step step, const char *at, const char *due)
{
    struct occurrence_next next = look(s, now);
    assert_int_equal(next.step, step);
    assert_int_equal(next.at, utc(at));
    assert_int_equal(next.due_at, utc(due));
}

static void hear(void *context, const char *line)
{
    (void)context;
    strbuf_add_format(&said, "%s\n", line);
}

/* Tends the schedule at a time, as `run` does, and returns the lines it
 * says. */
static const char *tend(const struct schedule *s, int64_t now)
{
    const struct occurrence_say say = {hear, NULL};
    press.conductor.now = now;
    strbuf_cut(&said, 0);
    must(occurrence_tend(&press.conductor, s, &say, &err));
    return strbuf_text(&said);
}

static int64_t count(const char *what)
{
    OWNED(mem_free) char *sql = mem_format("SELECT count(*) FROM %s", what);
    return house_number(press.db, arena_copy(&press.arena, sql));
}

/* ---- when ---------------------------------------------------------------- */

static void an_issue_is_drafted_a_day_before_it_is_due(void **state)
{
    (void)state;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    is_next(&s, PRESS_NOW, STEP_MAKE, "2026-11-26T07:00:00Z",
            "2026-11-27T07:00:00Z");
}

static void a_time_that_no_clock_shows_is_as_much_later(void **state)
{
    (void)state;
    struct schedule s =
        schedule("sunday 02:30", "Europe/Berlin", "2027-03-22T00:00:00Z");
    is_next(&s, s.since, STEP_MAKE, "2027-03-27T01:30:00Z",
            "2027-03-28T01:30:00Z");
}

static void a_time_that_clocks_show_twice_is_due_once(void **state)
{
    (void)state;
    struct schedule s =
        schedule("sunday 02:30", "Europe/Berlin", "2026-10-19T00:00:00Z");
    is_next(&s, s.since, STEP_MAKE, "2026-10-24T00:30:00Z",
            "2026-10-25T00:30:00Z");
    must(occurrence_put(press.db, 1, utc("2026-10-25T00:30:00Z"),
                        OCCURRENCE_NONE, 0, 0, &err));
    is_next(&s, utc("2026-10-25T00:31:00Z"), STEP_MAKE, "2026-10-31T01:30:00Z",
            "2026-11-01T01:30:00Z");
}

static void a_date_that_is_left_out_is_passed_over(void **state)
{
    (void)state;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    s.except = "2026-11-27\n2026-12-04";
    is_next(&s, PRESS_NOW, STEP_MAKE, "2026-12-10T07:00:00Z",
            "2026-12-11T07:00:00Z");
}

static void a_rule_that_has_ended_is_looked_at_no_more(void **state)
{
    (void)state;
    struct schedule_list due;
    struct schedule s =
        schedule("FREQ=DAILY;COUNT=1;BYHOUR=7;BYMINUTE=0;BYSECOND=0", "UTC",
                 "2026-11-24T06:00:00Z");
    must(occurrence_put(press.db, 1, utc("2026-11-24T07:00:00Z"),
                        OCCURRENCE_NONE, 0, 0, &err));
    assert_int_equal(look(&s, PRESS_NOW).step, STEP_NOTHING);
    assert_string_equal(tend(&s, PRESS_NOW), "");
    must(schedule_due(press.db, PRESS_NOW + 3650L * DAY, &press.arena, &due,
                      &err));
    assert_int_equal(due.count, 0);
}

static void a_schedule_rests_until_its_next_step(void **state)
{
    (void)state;
    struct schedule_list due;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    int64_t step = utc("2026-11-26T07:00:00Z");
    tend(&s, PRESS_NOW);
    must(schedule_due(press.db, step - 1, &press.arena, &due, &err));
    assert_int_equal(due.count, 0);
    must(schedule_due(press.db, step, &press.arena, &due, &err));
    assert_int_equal(due.count, 1);
}

/* ---- making -------------------------------------------------------------- */

static void what_is_due_is_drafted_and_has_a_plan(void **state)
{
    (void)state;
    struct plan plan;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    int64_t due = utc("2026-11-27T07:00:00Z");
    press_story("bridge", "World", HOUR);
    assert_string_equal(tend(&s, due - s.lead_s - 1), "");
    assert_non_null(strstr(tend(&s, due - s.lead_s),
                           "weekly/1: drafted with 1 article, goes out "));
    struct issue issue = press_issue(1);
    assert_int_equal(issue.state, ISSUE_SCHEDULED);
    assert_int_equal(issue.scheduled_at, due);
    must(plan_get(press.db, 1, &plan, &err));
    assert_int_equal(plan.due_at, due);
    assert_int_equal(plan.until, due + s.grace_s);
    assert_false(plan.needs_approval);
    /* Once. */
    assert_string_equal(tend(&s, due - s.lead_s + 60), "");
    assert_int_equal(count("issue"), 1);
}

static void drafted_late_editors_still_have_their_time_to_object(void **state)
{
    (void)state;
    struct plan plan;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    int64_t due = utc("2026-11-27T07:00:00Z"), late = due - HOUR;
    must(schedule_parse_policy("object:4h", &s, &err));
    press_story("bridge", "World", HOUR);
    tend(&s, late);
    must(plan_get(press.db, 1, &plan, &err));
    assert_int_equal(press_issue(1).scheduled_at, late + 4 * HOUR);
    assert_int_equal(plan.due_at, due);
    assert_int_equal(plan.until, late + 4 * HOUR + s.grace_s);
}

static void what_needs_approval_says_so(void **state)
{
    (void)state;
    struct plan plan;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    must(schedule_parse_policy("approve", &s, &err));
    press_story("bridge", "World", HOUR);
    assert_non_null(strstr(tend(&s, utc("2026-11-26T07:00:00Z")),
                           "waits for approval to go out"));
    must(plan_get(press.db, 1, &plan, &err));
    assert_true(plan.needs_approval);
    assert_int_equal(plan.approved_at, 0);
}

static void each_editor_is_shown_it_once(void **state)
{
    (void)state;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    must(schedule_set_editors(press.db, 1, "kim@example.org, lee@example.org",
                              &err));
    press_story("bridge", "World", HOUR);
    tend(&s, utc("2026-11-26T07:00:00Z"));
    assert_int_equal(count("notice WHERE kind = 'preview'"), 2);
    /* It is the mail of the day that it goes out, with links that do nothing,
     * and the way to the desk. */
    assert_int_equal(
        count("notice WHERE text LIKE '%27 November 2026%' "
              "AND html LIKE '%https://news.example.org/desk/issues/weekly/1%' "
              "AND from_address = 'weekly@example.org'"),
        2);
    assert_int_equal(count("notice WHERE html LIKE '%/u/preview\"%'"), 2);
}

static void what_keeps_it_from_going_out_is_in_the_preview(void **state)
{
    (void)state;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    must(schedule_set_editors(press.db, 1, "kim@example.org", &err));
    press_story("Dear {{name}}", "World", HOUR);
    tend(&s, utc("2026-11-26T07:00:00Z"));
    assert_int_equal(press_issue(1).state, ISSUE_SCHEDULED);
    assert_non_null(strstr(strbuf_text(&said), "placeholder"));
    assert_int_equal(count("notice WHERE kind = 'preview' "
                           "AND html LIKE '%placeholder%'"),
                     1);
}

/* ---- what waits ---------------------------------------------------------- */

static void the_next_waits_for_the_one_before(void **state)
{
    (void)state;
    struct plan plan;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    int64_t now = utc("2026-11-26T07:00:00Z");
    s.lead_s = 10 * DAY; /* the next one is due to be drafted, too */
    press_story("bridge", "World", HOUR);
    tend(&s, now);
    is_next(&s, now, STEP_WAIT, "2026-11-26T07:00:00Z", "2026-12-04T07:00:00Z");
    /* An editor has put it behind the next. */
    must(plan_get(press.db, 1, &plan, &err));
    must(plan_put(press.db, &plan, ISSUE_SCHEDULED, utc("2026-12-05T07:00:00Z"),
                  &err));
    assert_int_equal(look(&s, now).step, STEP_MAKE);
}

static void it_goes_on_once_the_one_before_is_out(void **state)
{
    (void)state;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    int64_t now = utc("2026-11-27T07:00:00Z");
    s.lead_s = 10 * DAY;
    press_story("bridge", "World", HOUR);
    tend(&s, now);
    must(issue_move(press.db, 1, ISSUE_SCHEDULED, ISSUE_SENDING, now, &err));
    is_next(&s, now, STEP_MAKE, "2026-11-24T07:00:00Z", "2026-12-04T07:00:00Z");
}

/* ---- too few ------------------------------------------------------------- */

static void too_few_stories_are_said_once_and_looked_for_again(void **state)
{
    (void)state;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    int64_t now = utc("2026-11-26T07:00:00Z");
    assert_non_null(strstr(tend(&s, now), "No issue yet for "));
    is_next(&s, now, STEP_RETRY, "2026-11-26T07:10:00Z",
            "2026-11-27T07:00:00Z");
    assert_string_equal(tend(&s, now + RETRY), "");
    press_story("bridge", "World", HOUR);
    assert_string_equal(tend(&s, now + RETRY + 1), ""); /* not yet */
    assert_non_null(strstr(tend(&s, now + 2 * RETRY), "weekly/1: drafted"));
    assert_int_equal(count("notice WHERE kind = 'report'"), 1);
}

static void at_its_time_none_is_made_for_good(void **state)
{
    (void)state;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    int64_t due = utc("2026-11-27T07:00:00Z");
    tend(&s, due - 60);
    /* The last look comes at its time, not ten minutes after the one before. */
    is_next(&s, due - 60, STEP_RETRY, "2026-11-27T07:00:00Z",
            "2026-11-27T07:00:00Z");
    assert_non_null(strstr(tend(&s, due), "No issue was made for "));
    is_next(&s, due, STEP_MAKE, "2026-12-03T07:00:00Z", "2026-12-04T07:00:00Z");
    assert_int_equal(count("occurrence WHERE state = 'none'"), 1);
    assert_int_equal(count("issue"), 0);
}

static void a_clock_that_was_ahead_puts_no_retry_off(void **state)
{
    (void)state;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    int64_t due = utc("2026-11-27T07:00:00Z"), now = due - s.lead_s;
    must(
        occurrence_put(press.db, 1, due, OCCURRENCE_SHORT, 0, now + DAY, &err));
    assert_int_equal(look(&s, now).step, STEP_MAKE);
}

/* ---- missed -------------------------------------------------------------- */

static void within_its_grace_it_is_still_made(void **state)
{
    (void)state;
    struct schedule s = schedule("friday 07:00", "UTC", "2026-11-24T06:00:00Z");
    int64_t due = utc("2026-11-27T07:00:00Z");
    assert_int_equal(look(&s, due + s.grace_s).step, STEP_MAKE);
    assert_int_equal(look(&s, due + s.grace_s + 1).step, STEP_MISS);
}

static void all_that_was_missed_is_said_at_once(void **state)
{
    (void)state;
    struct schedule s = schedule("daily 07:00", "UTC", "2026-11-24T06:00:00Z");
    press_story("bridge", "World", HOUR);
    const char *lines = tend(&s, utc("2026-11-29T20:00:00Z"));
    assert_non_null(strstr(lines, "6 issues, due from "));
    assert_non_null(strstr(lines, "Tue 24 Nov 2026 07:00 UTC"));
    assert_non_null(strstr(lines, "Sun 29 Nov 2026 07:00 UTC"));
    assert_non_null(strstr(lines, "grace of 6h"));
    assert_int_equal(count("occurrence WHERE state = 'missed'"), 6);
    assert_int_equal(count("notice WHERE to_address = 'operator@example.org'"),
                     1);
    /* A new article is in the next one. */
    assert_non_null(strstr(lines, "weekly/1: drafted with 1 article"));
    assert_int_equal(press_issue(1).scheduled_at, utc("2026-11-30T07:00:00Z"));
}

static void two_processes_decide_a_time_once(void **state)
{
    (void)state;
    int64_t due = utc("2026-11-27T07:00:00Z");
    must(occurrence_put(press.db, 1, due, OCCURRENCE_SHORT, 0, 1, &err));
    must(occurrence_put(press.db, 1, due, OCCURRENCE_MISSED, 0, 0, &err));
    assert_false(occurrence_put(press.db, 1, due, OCCURRENCE_NONE, 0, 0, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(an_issue_is_drafted_a_day_before_it_is_due),
        TEST(a_time_that_no_clock_shows_is_as_much_later),
        TEST(a_time_that_clocks_show_twice_is_due_once),
        TEST(a_date_that_is_left_out_is_passed_over),
        TEST(a_rule_that_has_ended_is_looked_at_no_more),
        TEST(a_schedule_rests_until_its_next_step),
        TEST(what_is_due_is_drafted_and_has_a_plan),
        TEST(drafted_late_editors_still_have_their_time_to_object),
        TEST(what_needs_approval_says_so),
        TEST(each_editor_is_shown_it_once),
        TEST(what_keeps_it_from_going_out_is_in_the_preview),
        TEST(the_next_waits_for_the_one_before),
        TEST(it_goes_on_once_the_one_before_is_out),
        TEST(too_few_stories_are_said_once_and_looked_for_again),
        TEST(at_its_time_none_is_made_for_good),
        TEST(a_clock_that_was_ahead_puts_no_retry_off),
        TEST(within_its_grace_it_is_still_made),
        TEST(all_that_was_missed_is_said_at_once),
        TEST(two_processes_decide_a_time_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
