/* Shows what a run of the scheduler finds due, does and says, what the operator
 * is told of jobs that fail, and what a clock that was set back does. */
#include "digest/articles/source_store.h"
#include "digest/delivery/retry.h"
#include "digest/ledger/lease_keep.h"
#include "digest/ledger/ledger.h"
#include "digest/newsletters/schedule.h"
#include "digest/scheduler/occurrence.h"
#include "digest/scheduler/plan.h"
#include "digest/scheduler/scheduler_internal.h"
#include "digest/store/upkeep.h"
#include "tests/delivery/press.h"

enum { DUE_AT = PRESS_NOW + DAY };

static struct strbuf said;
static struct scheduler scheduler;

static void hear(void *context, const char *line)
{
    (void)context;
    strbuf_add_format(&said, "%s\n", line);
}

static int begin(void **state)
{
    press_open(state);
    scheduler = (struct scheduler){.conductor = press.conductor, .say = hear};
    return 0;
}

static int end(void **state)
{
    strbuf_free(&said);
    return press_close(state);
}

/* A whole run at a time; what it says. */
static const char *turn(int64_t now)
{
    enum err_kind failed;
    strbuf_cut(&said, 0);
    scheduler.conductor.now = now;
    must(scheduler_run(&scheduler, &failed, &err));
    assert_int_equal(failed, ERR_NONE);
    return strbuf_text(&said);
}

static const struct scheduler_job *job(const char *name)
{
    for (size_t i = 0; i < scheduler_job_count; i++)
        if (strcmp(scheduler_jobs[i].name, name) == 0)
            return &scheduler_jobs[i];
    fail_msg("no job is called %s", name);
    return NULL;
}

static bool is_due(const char *name, int64_t now)
{
    bool due;
    scheduler.conductor.now = now;
    must(job(name)->due(&scheduler, now, &due, &err));
    return due;
}

/* An issue of two stories that goes out at DUE_AT. */
static struct issue scheduled(bool needs_approval)
{
    struct issue draft = press_first_draft();
    struct plan plan = {.issue_id = draft.id,
                        .due_at = DUE_AT,
                        .until = DUE_AT + 6 * HOUR,
                        .needs_approval = needs_approval};
    must(plan_put(press.db, &plan, ISSUE_DRAFT, DUE_AT, &err));
    return press_issue(draft.id);
}

static int64_t told(const char *text)
{
    struct stmt *ask =
        db_stmt(press.db, "SELECT count(*) FROM notice WHERE kind = 'report' "
                          "    AND instr(subject || text, ?1) > 0");
    int64_t count;
    stmt_bind_text(ask, 1, text);
    must(stmt_one_int(ask, &count, &err));
    return count;
}

/* ---- sources, notices, deliveries ---------------------------------------- */

/* How many sources are due at 1000, and when the next one is. */
static void sources_are(int64_t wanted, int64_t wanted_at)
{
    int64_t due, next_at;
    must(source_due(press.db, 1000, &due, &next_at, &err));
    assert_int_equal(due, wanted);
    assert_int_equal(next_at, wanted_at);
}

static void add_source(const char *kind, int64_t next_at)
{
    struct stmt *add = db_stmt(
        press.db, "INSERT INTO source (address, kind, created_at, next_at) "
                  "VALUES ('http://127.0.0.1/' || ?2, ?1, 0, ?2)");
    stmt_bind_text(add, 1, kind);
    stmt_bind_int(add, 2, next_at);
    must(stmt_run(add, &err));
}

static void a_source_of_whatever_kind_is_fetched(void **state)
{
    (void)state;
    sources_are(0, 0); /* what comes by hand is no source to fetch */
    add_source("feed", 1001);
    sources_are(0, 1001);
    add_source("feed", 1000);
    add_source("podcast", 900);
    sources_are(2, 900);
    house_run(press.db, "UPDATE source SET removed_at = 5 WHERE next_at = 900");
    sources_are(1, 1000);
}

static void what_a_wrong_clock_put_off_for_years_is_due(void **state)
{
    (void)state;
    add_source("feed", 1000 + DAY); /* as long as a source may rest */
    sources_are(0, 1000 + DAY);
    add_source("feed", 1000 + DAY + 1);
    sources_are(1, 1000);
}

static void deliveries_are(bool wanted, int64_t now, int64_t wanted_at)
{
    bool due;
    int64_t next_at;
    must(ledger_due(press.db, 1, now, RETRY_SPAN_S, &due, &next_at, &err));
    assert_int_equal(due, wanted);
    assert_int_equal(next_at, wanted_at);
}

static void deliver(const char *state, int64_t next_at)
{
    struct stmt *put = db_stmt(
        press.db, "INSERT INTO delivery (issue_id, subscriber_id, state, "
                  "    next_at, changed_at) VALUES (1, 1, ?1, ?2, 0) "
                  "ON CONFLICT DO UPDATE SET state = excluded.state, "
                  "    next_at = excluded.next_at");
    stmt_bind_text(put, 1, state);
    stmt_bind_int(put, 2, next_at);
    must(stmt_run(put, &err));
}

static void an_issue_is_sent_on_when_a_delivery_is_due(void **state)
{
    (void)state;
    house_issue(press.db, 1, 1, 1, "sending");
    deliveries_are(true, 1000, 0); /* its end is to be written down */
    deliver("queued", 0);
    deliveries_are(true, 1000, 0);
    deliver("deferred", 1001);
    deliveries_are(false, 1000, 1001);
    deliveries_are(true, 1001, 1001);
    deliver("deferred", 1000 + 365L * DAY); /* by a wrong clock */
    deliveries_are(true, 1000, 1000 + 365L * DAY);
    deliver("sending", 0); /* by a run that died */
    deliveries_are(true, 1000, 0);
    deliver("sent", 0);
    deliveries_are(true, 1000, 0);
}

static void what_comes_every_so_often_isnt_due_before(void **state)
{
    (void)state;
    assert_true(is_due("tidy", PRESS_NOW));
    must(scheduler_note_good(&scheduler, job("tidy"), PRESS_NOW, &err));
    assert_false(is_due("tidy", PRESS_NOW + DAY - 1));
    assert_true(is_due("tidy", PRESS_NOW + DAY));
    /* Without a mailbox there is none to read. */
    assert_false(is_due("mailbox", PRESS_NOW));
    press.conf.bounce_mailbox = "maildir:bounces";
    assert_true(is_due("mailbox", PRESS_NOW));
}

/* ---- an issue, from its schedule to its end ------------------------------ */

static void an_issue_is_made_started_and_sent_unattended(void **state)
{
    (void)state;
    struct schedule s;
    must(schedule_get(press.db, 1, &press.arena, &s, &err));
    must(schedule_read("friday 07:00", PRESS_NOW, &press.arena, &s, &err));
    s.since = PRESS_NOW;
    must(schedule_set(press.db, &s, &err));
    press_story("bridge", "World", HOUR);
    int64_t friday = PRESS_NOW + 3 * DAY + HOUR;
    assert_string_equal(turn(PRESS_NOW), "");
    assert_non_null(strstr(turn(friday - DAY), "weekly/1: drafted with 1"));
    assert_string_equal(turn(friday - 1), "");
    assert_string_equal(
        turn(friday), "weekly/1: started, to 1 subscriber.\n"
                      "weekly/1: sent 1 (discarded), failed 0, skipped 0; 1 of "
                      "1 have it, and it is done.\n");
    assert_int_equal(press_issue(1).state, ISSUE_SENT);
    assert_string_equal(turn(friday + 60), "");
}

static void one_that_could_not_start_in_time_is_missed(void **state)
{
    (void)state;
    struct issue issue = scheduled(false);
    const char *line =
        "weekly/1, due Wed 25 Nov 2026 06:00 UTC, was missed and will not go "
        "out.";
    scheduler.conductor.now = DUE_AT + 6 * HOUR + 1;
    must(scheduler_start(&scheduler, &err));
    assert_int_equal(press_issue(issue.id).state, ISSUE_MISSED);
    assert_non_null(strstr(strbuf_text(&said), line));
    assert_int_equal(told("could not be started in time"), 1);
}

static void until_the_end_of_its_time_it_starts(void **state)
{
    (void)state;
    struct issue issue = scheduled(false);
    scheduler.conductor.now = DUE_AT + 6 * HOUR;
    must(scheduler_start(&scheduler, &err));
    assert_int_equal(press_issue(issue.id).state, ISSUE_SENDING);
}

static void editors_are_reminded_once_and_then_it_is_missed(void **state)
{
    (void)state;
    struct issue issue = scheduled(true);
    assert_string_equal(turn(DUE_AT - 1), "");
    assert_int_equal(told("waits for approval"), 0);
    turn(DUE_AT);
    turn(DUE_AT + 60);
    assert_int_equal(press_issue(issue.id).state, ISSUE_SCHEDULED);
    assert_int_equal(told("waits for approval"), 1);
    assert_non_null(strstr(turn(DUE_AT + 6 * HOUR + 1), "was missed"));
    assert_int_equal(told("Nobody approved it in time"), 1);
}

static void approved_after_its_time_it_goes_out(void **state)
{
    (void)state;
    int64_t goes_at, last = DUE_AT + 6 * HOUR;
    struct issue issue = scheduled(true);
    turn(DUE_AT);
    press.conductor.now = last;
    issue = press_issue(issue.id);
    must(plan_approve(&press.conductor, &issue, &goes_at, &err));
    assert_non_null(strstr(turn(last + 60), "weekly/1: started"));
}

static void one_that_cannot_start_is_no_others_failure(void **state)
{
    (void)state;
    scheduled(false);
    int64_t daily = house_newsletter(press.db, "daily");
    house_issue(press.db, 9, daily, 1, "scheduled"); /* nothing is in it */
    house_run(press.db, "UPDATE issue SET scheduled_at = 1 WHERE id = 9");
    house_run(press.db, "INSERT INTO plan (issue_id, due_at, until, "
                        "    needs_approval) VALUES (9, 1, 9999999999, 0)");
    scheduler.conductor.now = DUE_AT;
    assert_false(scheduler_start(&scheduler, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "daily/1"));
    assert_int_equal(press_issue(1).state, ISSUE_SENDING);
}

static void an_issue_that_rests_is_left_alone(void **state)
{
    (void)state;
    bool due;
    house_issue(press.db, 1, 1, 1, "sending");
    deliver("queued", 0);
    must(issue_rest(press.db, 1, PRESS_NOW + HOUR, &err));
    must(scheduler_send_due(&scheduler, PRESS_NOW, &due, &err));
    assert_false(due);
    must(scheduler_send_due(&scheduler, PRESS_NOW + HOUR, &due, &err));
    assert_true(due);
    house_run(press.db, "UPDATE issue SET state = 'paused'");
    must(scheduler_send_due(&scheduler, PRESS_NOW + HOUR, &due, &err));
    assert_false(due);
}

/* ---- runs side by side --------------------------------------------------- */

static void what_another_run_is_at_is_left_to_it(void **state)
{
    (void)state;
    OWNED(lease_keep_release) struct lease_keep *lease = NULL;
    struct issue issue = scheduled(false);
    must(lease_keep_take(press.db, "job start", DUE_AT, &lease, &err));
    assert_string_equal(turn(DUE_AT), "");
    assert_int_equal(press_issue(issue.id).state, ISSUE_SCHEDULED);
    lease_keep_release(&lease);
    assert_non_null(strstr(turn(DUE_AT), "weekly/1: started"));
}

/* ---- health -------------------------------------------------------------- */

static void fail_at(int64_t now)
{
    struct err why = {0};
    err_set(&why, ERR_IO, "the disk is full");
    must(scheduler_note_bad(&scheduler, job("fetch"), now, &why, &err));
}

static void what_fails_for_a_moment_is_told_to_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 9; i++)
        fail_at(PRESS_NOW + 60 * i); /* not for ten minutes yet */
    must(scheduler_note_good(&scheduler, job("fetch"), PRESS_NOW + 9 * 60,
                             &err));
    fail_at(PRESS_NOW + 10 * 60); /* from here on it is counted anew */
    fail_at(PRESS_NOW + 11 * 60);
    assert_int_equal(told("fetching"), 0);
    assert_string_equal(strbuf_text(&said), "");
}

static void what_keeps_failing_is_told_once_and_when_it_works(void **state)
{
    (void)state;
    struct job row;
    for (int i = 0; i < 20; i++)
        fail_at(PRESS_NOW + 300 * i);
    assert_int_equal(told("It keeps failing: fetching the sources."), 1);
    assert_int_equal(told("the disk is full"), 1);
    must(job_get(press.db, "fetch", &press.arena, &row, &err));
    assert_int_equal(row.failures, 20);
    assert_int_equal(row.failing_since, PRESS_NOW);
    assert_int_equal(row.told_at, PRESS_NOW + 600);
    must(scheduler_note_good(&scheduler, job("fetch"), PRESS_NOW + 6000, &err));
    must(scheduler_note_good(&scheduler, job("fetch"), PRESS_NOW + 6300, &err));
    assert_int_equal(told("It works again: fetching the sources."), 1);
    must(job_get(press.db, "fetch", &press.arena, &row, &err));
    assert_int_equal(row.failures, 0);
    assert_int_equal(row.told_at, 0);
    assert_string_equal(row.error, "");
}

static void a_job_that_fails_does_not_stop_the_others(void **state)
{
    (void)state;
    enum err_kind failed;
    scheduled(false);
    press.conf.relay_count = 0; /* nothing can be started or sent */
    scheduler.conductor.now = DUE_AT;
    must(scheduler_run(&scheduler, &failed, &err));
    assert_int_equal(failed, ERR_CONFIG);
    assert_int_equal(
        house_number(press.db, "SELECT count(*) FROM job WHERE name = 'tidy' "
                               "    AND good_at > 0"),
        1);
    assert_int_equal(
        house_number(press.db, "SELECT failures FROM job WHERE name = 'start'"),
        2);
}

/* ---- the clock ----------------------------------------------------------- */

static void a_clock_set_back_makes_due_what_it_put_off(void **state)
{
    (void)state;
    struct upkeep last;
    int64_t ahead = PRESS_NOW + 400L * DAY;
    turn(ahead);
    add_source("feed", ahead + HOUR);
    must(occurrence_put(press.db, 1, PRESS_NOW + 30L * DAY, OCCURRENCE_MISSED,
                        0, 0, &err));
    must(occurrence_put(press.db, 1, PRESS_NOW - DAY, OCCURRENCE_MISSED, 0, 0,
                        &err));
    must(scheduler_set_back(press.db, PRESS_NOW, &err));
    assert_int_equal(house_number(press.db, "SELECT max(next_at) FROM source"),
                     0);
    assert_int_equal(house_number(press.db, "SELECT max(next_at) FROM job"), 0);
    assert_int_equal(house_number(press.db, "SELECT count(*) FROM occurrence"),
                     1);
    assert_non_null(strstr(turn(PRESS_NOW), "The clock was set back, from "));
    must(upkeep_last(press.db, UPKEEP_RUN, &press.arena, &last, &err));
    assert_int_equal(last.at, PRESS_NOW);
}

static void a_clock_put_right_by_minutes_is_not_spoken_of(void **state)
{
    (void)state;
    turn(PRESS_NOW + HOUR);
    assert_string_equal(turn(PRESS_NOW), "");
}

/* ---- explaining ---------------------------------------------------------- */

static void what_comes_is_said_in_its_order(void **state)
{
    (void)state;
    OWNED(scheduler_steps_free) struct scheduler_steps steps = {0};
    scheduled(true);
    add_source("feed", PRESS_NOW + 20 * HOUR);
    turn(PRESS_NOW - HOUR);
    scheduler.conductor.now = PRESS_NOW;
    must(scheduler_explain(&scheduler, &steps, &err));
    assert_int_equal(steps.count, 3);
    assert_int_equal(steps.items[0].at, PRESS_NOW + 20 * HOUR);
    assert_string_equal(steps.items[0].text, "the next source is fetched");
    assert_int_equal(steps.items[1].at, PRESS_NOW + 23 * HOUR);
    assert_non_null(strstr(steps.items[1].text, "never confirmed"));
    assert_int_equal(steps.items[2].at, PRESS_NOW + 24 * HOUR);
    assert_string_equal(steps.items[2].text,
                        "weekly/1 goes out, if it is approved by then");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_source_of_whatever_kind_is_fetched),
        TEST(what_a_wrong_clock_put_off_for_years_is_due),
        TEST(an_issue_is_sent_on_when_a_delivery_is_due),
        TEST(what_comes_every_so_often_isnt_due_before),
        TEST(an_issue_is_made_started_and_sent_unattended),
        TEST(one_that_could_not_start_in_time_is_missed),
        TEST(until_the_end_of_its_time_it_starts),
        TEST(editors_are_reminded_once_and_then_it_is_missed),
        TEST(approved_after_its_time_it_goes_out),
        TEST(one_that_cannot_start_is_no_others_failure),
        TEST(an_issue_that_rests_is_left_alone),
        TEST(what_another_run_is_at_is_left_to_it),
        TEST(what_fails_for_a_moment_is_told_to_nobody),
        TEST(what_keeps_failing_is_told_once_and_when_it_works),
        TEST(a_job_that_fails_does_not_stop_the_others),
        TEST(a_clock_set_back_makes_due_what_it_put_off),
        TEST(a_clock_put_right_by_minutes_is_not_spoken_of),
        TEST(what_comes_is_said_in_its_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
