/* Shows what a plan lets an issue do: when it goes out, who has to approve of
 * it, until when it may, and what becomes of it when it is taken back. */
#include "digest/issues/issue_due.h"
#include "digest/ledger/ledger.h"
#include "digest/newsletters/schedule.h"
#include "digest/notices/notices.h"
#include "digest/scheduler/plan.h"
#include "tests/delivery/press.h"

enum { FRIDAY = PRESS_NOW + 3 * DAY };

static struct plan plan_of(int64_t issue_id)
{
    struct plan plan;
    must(plan_get(press.db, issue_id, &plan, &err));
    return plan;
}

/* A scheduled issue that waits for its editors. */
static struct issue waiting(void)
{
    struct issue draft = press_first_draft();
    struct plan plan = {.issue_id = draft.id,
                        .due_at = FRIDAY,
                        .until = FRIDAY + SCHEDULE_GRACE_S,
                        .needs_approval = true};
    must(plan_put(press.db, &plan, ISSUE_DRAFT, FRIDAY, &err));
    return press_issue(draft.id);
}

static void by_hand(const struct issue *issue, int64_t at)
{
    must(plan_by_hand(&press.conductor, issue, at, "UTC", &err));
}

static int64_t approve(const struct issue *issue, int64_t now)
{
    int64_t goes_at = 0;
    press.conductor.now = now;
    must(plan_approve(&press.conductor, issue, &goes_at, &err));
    return goes_at;
}

/* "1 2": the issues that are due, in their order. */
static void are_due(int64_t now, const char *wanted)
{
    OWNED(strbuf_free) struct strbuf ids = STRBUF_INIT;
    struct issue_ids due;
    must(issue_find_due(press.db, now, &press.arena, &due, &err));
    for (size_t i = 0; i < due.count; i++)
        strbuf_add_format(&ids, "%s%d", i ? " " : "", (int)due.items[i]);
    assert_string_equal(strbuf_text(&ids), wanted);
}

/* ---- by hand ------------------------------------------------------------- */

static void who_schedules_it_approves_of_it(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    by_hand(&draft, FRIDAY);
    struct plan plan = plan_of(draft.id);
    assert_int_equal(press_issue(draft.id).state, ISSUE_SCHEDULED);
    assert_int_equal(press_issue(draft.id).scheduled_at, FRIDAY);
    assert_int_equal(plan.due_at, FRIDAY);
    assert_int_equal(plan.until, FRIDAY + SCHEDULE_GRACE_S);
    assert_int_equal(plan.approved_at, PRESS_NOW);
    are_due(FRIDAY - 1, "");
    are_due(FRIDAY, "1");
}

static void a_time_that_has_passed_is_no_time(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    assert_false(plan_by_hand(&press.conductor, &draft, PRESS_NOW,
                              "Europe/Berlin", &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.text, "Tue 24 Nov 2026 07:00 Europe/Berlin"));
    by_hand(&draft, PRESS_NOW + 1);
}

static void one_that_is_moved_is_asked_about_anew(void **state)
{
    (void)state;
    struct issue issue = waiting();
    struct plan plan = plan_of(issue.id);
    plan.asked_at = FRIDAY;
    must(plan_put(press.db, &plan, ISSUE_SCHEDULED, FRIDAY, &err));
    issue = press_issue(issue.id);
    by_hand(&issue, FRIDAY + DAY);
    plan = plan_of(issue.id);
    assert_int_equal(plan.due_at, FRIDAY + DAY);
    assert_int_equal(plan.until, FRIDAY + DAY + SCHEDULE_GRACE_S);
    assert_int_equal(plan.asked_at, 0);
    assert_false(plan.needs_approval);
    are_due(FRIDAY, "");
}

static void a_broken_one_is_scheduled_anyway_or_not_at_all(void **state)
{
    (void)state;
    press_story("Dear {{name}}", "World", HOUR);
    struct issue draft = press_draft();
    assert_false(plan_by_hand(&press.conductor, &draft, FRIDAY, "UTC", &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(press_issue(draft.id).state, ISSUE_DRAFT);
    press.conductor.anyway = true;
    by_hand(&draft, FRIDAY);
    assert_true(plan_of(draft.id).anyway);
}

static void what_another_has_taken_meanwhile_is_not_scheduled(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    must(issue_move(press.db, draft.id, ISSUE_DRAFT, ISSUE_CANCELLED, PRESS_NOW,
                    &err));
    assert_false(plan_by_hand(&press.conductor, &draft, FRIDAY, "UTC", &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_false(plan_get(press.db, draft.id, &(struct plan){0}, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

/* ---- approval ------------------------------------------------------------ */

static void approved_ahead_it_goes_out_at_its_time(void **state)
{
    (void)state;
    struct issue issue = waiting();
    assert_int_equal(approve(&issue, PRESS_NOW), FRIDAY);
    assert_int_equal(plan_of(issue.id).approved_at, PRESS_NOW);
    /* A second editor changes nothing. */
    assert_int_equal(approve(&issue, PRESS_NOW + 60), FRIDAY);
    assert_int_equal(plan_of(issue.id).approved_at, PRESS_NOW);
}

static void approved_late_it_goes_out_at_once(void **state)
{
    (void)state;
    struct issue issue = waiting();
    int64_t late = FRIDAY + HOUR;
    assert_int_equal(approve(&issue, late), late);
    assert_int_equal(press_issue(issue.id).scheduled_at, late);
    assert_int_equal(plan_of(issue.id).due_at, FRIDAY);
}

static void approved_in_the_last_second_it_still_has_time_to_go(void **state)
{
    (void)state;
    struct issue issue = waiting();
    int64_t last = FRIDAY + SCHEDULE_GRACE_S;
    assert_int_equal(approve(&issue, last), last);
    assert_true(plan_of(issue.id).until >= last + HOUR);
}

static void once_its_time_is_over_nobody_approves_it(void **state)
{
    (void)state;
    int64_t goes_at;
    struct issue issue = waiting();
    press.conductor.now = FRIDAY + SCHEDULE_GRACE_S + 1;
    assert_false(plan_approve(&press.conductor, &issue, &goes_at, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_non_null(strstr(err.text, "Fri 27 Nov 2026 12:00 UTC"));
    assert_int_equal(plan_of(issue.id).approved_at, 0);
    /* Another time is one. */
    by_hand(&issue, press.conductor.now + HOUR);
}

static void a_draft_has_nothing_to_approve(void **state)
{
    (void)state;
    int64_t goes_at;
    struct issue draft = press_first_draft();
    assert_false(plan_approve(&press.conductor, &draft, &goes_at, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

/* ---- taking it back ------------------------------------------------------ */

static void queue(const char *dedupe)
{
    int64_t id;
    struct notice notice = {.kind = NOTICE_REPORT,
                            .to_address = "kim@example.org",
                            .from_address = "weekly@example.org",
                            .subject = dedupe,
                            .text = "So it is.\n",
                            .dedupe = dedupe,
                            .dedupe_s = DAY};
    must(notice_queue(press.db, &notice, PRESS_NOW, &id, &err));
}

static void unscheduled_it_is_a_draft_that_no_schedule_takes(void **state)
{
    (void)state;
    struct draft again;
    struct draft_options options = {.now = PRESS_NOW, .by_schedule = true};
    struct issue issue = waiting();
    must(plan_unschedule(&press.conductor, &issue, &err));
    issue = press_issue(issue.id);
    assert_int_equal(issue.state, ISSUE_DRAFT);
    assert_int_equal(issue.scheduled_at, 0);
    assert_true(issue.held);
    assert_false(plan_get(press.db, issue.id, &(struct plan){0}, &err));
    must(draft_issue(press.db, &press.newsletter, &options, &press.arena,
                     &again, &err));
    assert_int_not_equal(again.issue.id, issue.id);
}

static void what_its_editors_were_to_be_told_is_taken_back(void **state)
{
    (void)state;
    struct issue issue = waiting();
    queue("preview weekly/1");
    queue("remind issue 1 1795759200");
    queue("preview weekly/12"); /* of another */
    queue("remind issue 11 1795759200");
    must(plan_unschedule(&press.conductor, &issue, &err));
    assert_int_equal(house_number(press.db, "SELECT count(*) FROM notice"), 2);
    assert_int_equal(house_number(press.db, "SELECT count(*) FROM notice "
                                            "WHERE subject LIKE '%1 1795%' "
                                            "    OR subject LIKE '%/12'"),
                     2);
}

static void what_never_started_is_restored(void **state)
{
    (void)state;
    int64_t skipped;
    struct issue issue = waiting();
    must(plan_cancel(&press.conductor, &issue, &skipped, &err));
    assert_int_equal(skipped, 0);
    issue = press_issue(issue.id);
    assert_int_equal(issue.state, ISSUE_CANCELLED);
    assert_false(plan_get(press.db, issue.id, &(struct plan){0}, &err));
    must(plan_restore(&press.conductor, &issue, &err));
    issue = press_issue(issue.id);
    assert_int_equal(issue.state, ISSUE_DRAFT);
    assert_true(issue.held);
}

static void cancelled_halfway_the_rest_gets_nothing(void **state)
{
    (void)state;
    OWNED(start_report_free) struct start_report report = {0};
    int64_t skipped;
    house_subscriber(press.db, 1, "bob@example.org");
    struct issue issue = press_first_draft();
    must(conductor_start(&press.conductor, &issue, false, &report, &err));
    house_run(press.db, "UPDATE delivery SET state = 'sent' "
                        "WHERE subscriber_id = 1");
    issue = press_issue(issue.id);
    must(plan_cancel(&press.conductor, &issue, &skipped, &err));
    assert_int_equal(skipped, 1);
    assert_int_equal(house_number(press.db,
                                  "SELECT state = 'skipped' FROM delivery "
                                  "WHERE subscriber_id = 2"),
                     1);
    issue = press_issue(issue.id);
    assert_false(plan_restore(&press.conductor, &issue, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

/* ---- what is due, and what a backup has lost -------------------------------
 */

static void the_earliest_is_due_first(void **state)
{
    (void)state;
    static const int64_t at[] = {FRIDAY + 2, FRIDAY, FRIDAY + 1};
    for (int64_t i = 1; i <= 3; i++) {
        struct plan plan = {.issue_id = i, .due_at = 1, .until = 2};
        house_issue(press.db, i, 1, i, "draft");
        must(plan_put(press.db, &plan, ISSUE_DRAFT, at[i - 1], &err));
    }
    are_due(FRIDAY + 1, "2 3");
    are_due(INT64_MAX, "2 3 1");
    house_run(press.db, "UPDATE issue SET state = 'cancelled' WHERE id = 3");
    are_due(INT64_MAX, "2 1");
}

static void what_was_lost_with_a_backup_counts_as_sent(void **state)
{
    (void)state;
    bool unknown[4];
    int64_t paused, missed;
    house_issue(press.db, 1, 1, 1, "sending");
    house_run(press.db, "UPDATE issue SET started_at = 5");
    house_issue(press.db, 2, 1, 2, "scheduled");
    house_run(press.db, "UPDATE issue SET scheduled_at = 9 WHERE id = 2");
    house_issue(press.db, 3, 1, 3, "scheduled");
    house_run(press.db, "UPDATE issue SET scheduled_at = 99 WHERE id = 3");
    house_issue(press.db, 4, 1, 4, "draft");
    must(issue_record_start(press.db, "weekly", 1, 5, &unknown[0], &err));
    must(issue_record_start(press.db, "weekly", 4, 6, &unknown[1], &err));
    must(issue_record_start(press.db, "weekly", 7, 8, &unknown[2], &err));
    must(issue_record_start(press.db, "weekly", 7, 8, &unknown[3], &err));
    assert_false(unknown[0]); /* on record */
    assert_true(unknown[1]);  /* a draft in the backup */
    assert_true(unknown[2]);  /* not there at all */
    assert_false(unknown[3]); /* now it is */
    must(issue_hold_all(press.db, 50, &paused, &missed, &err));
    must(schedule_begin_from(press.db, 50, &err));
    assert_int_equal(paused, 1);
    assert_int_equal(missed, 1);
    assert_int_equal(press_issue(3).state, ISSUE_SCHEDULED);
    assert_int_equal(press_issue(4).state, ISSUE_SENT);
    assert_int_equal(house_number(press.db,
                                  "SELECT count(*) FROM issue "
                                  "WHERE number = 7 AND state = 'sent' "
                                  "    AND window_until = 8"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_PRESS(who_schedules_it_approves_of_it),
        AT_PRESS(a_time_that_has_passed_is_no_time),
        AT_PRESS(one_that_is_moved_is_asked_about_anew),
        AT_PRESS(a_broken_one_is_scheduled_anyway_or_not_at_all),
        AT_PRESS(what_another_has_taken_meanwhile_is_not_scheduled),
        AT_PRESS(approved_ahead_it_goes_out_at_its_time),
        AT_PRESS(approved_late_it_goes_out_at_once),
        AT_PRESS(approved_in_the_last_second_it_still_has_time_to_go),
        AT_PRESS(once_its_time_is_over_nobody_approves_it),
        AT_PRESS(a_draft_has_nothing_to_approve),
        AT_PRESS(unscheduled_it_is_a_draft_that_no_schedule_takes),
        AT_PRESS(what_its_editors_were_to_be_told_is_taken_back),
        AT_PRESS(what_never_started_is_restored),
        AT_PRESS(cancelled_halfway_the_rest_gets_nothing),
        AT_PRESS(the_earliest_is_due_first),
        AT_PRESS(what_was_lost_with_a_backup_counts_as_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
