#include <stdio.h>

#include "digest/base/timetext.h"
#include "digest/issues/stats.h"
#include "digest/scheduler/erase.h"
#include "subscribers/consent/consent.h"
#include "subscribers/tokens/tokens.h"
#include "tests/support/house.h"

enum {
    DAY = 86400,
    WEEK = 7 * DAY,
    MONDAY = 1763942400, /* 2025-11-24 */
};

/* One newsletter with two lists' worth of people, and an issue. */
struct desk {
    struct db *db;
    struct arena arena;
};

static int begin(void **state)
{
    struct desk *desk = MEM_NEW(struct desk);
    desk->db = house_db();
    house_newsletter(desk->db, "weekly");
    house_newsletter(desk->db, "daily");
    house_issue(desk->db, 7, 1, 1, "sending");
    house_run(desk->db, "UPDATE issue SET started_at = 2");
    *state = desk;
    return 0;
}

static int end(void **state)
{
    struct desk *desk = *state;
    db_close(desk->db);
    arena_free(&desk->arena);
    free(desk);
    return 0;
}

static int64_t join(struct desk *desk, const char *email, int64_t newsletter,
                    int64_t at)
{
    struct err err = {0};
    enum consent_result result;
    struct consent_origin origin = {.means = MEANS_COMMAND, .now = at};
    if (!consent_subscribe(desk->db, str_of(email), "", newsletter, NULL, false,
                           &origin, &result, &err))
        fail_msg("%s: %s", email, err.text);
    struct stmt *find =
        db_stmt(desk->db, "SELECT id FROM subscriber WHERE email = ?1");
    int64_t id;
    stmt_bind_text(find, 1, email);
    assert_true(stmt_one_int(find, &id, &err));
    return id;
}

static void leave(struct desk *desk, int64_t id, int64_t newsletter,
                  int64_t issue, int64_t at)
{
    struct err err = {0};
    enum consent_result result;
    struct consent_origin origin = {
        .means = MEANS_PAGE, .issue_id = issue, .now = at};
    assert_true(
        consent_unsubscribe(desk->db, id, newsletter, &origin, &result, &err));
}

static struct stats_weeks weeks(struct desk *desk, int64_t newsletter,
                                int64_t since, int64_t now)
{
    struct stats_weeks out;
    struct err err = {0};
    if (!stats_weeks(desk->db, newsletter, since, now, &desk->arena, &out,
                     &err))
        fail_msg("%s", err.text);
    return out;
}

static struct stats_issue only_issue(struct desk *desk)
{
    struct stats_issues out;
    struct err err = {0};
    if (!stats_issues(desk->db, 1, 0, &desk->arena, &out, &err))
        fail_msg("%s", err.text);
    assert_int_equal(out.count, 1);
    return out.items[0];
}

static int64_t active(struct desk *desk, int64_t newsletter)
{
    struct err err = {0};
    struct stmt *count =
        db_stmt(desk->db, "SELECT count(*) FROM subscription WHERE "
                          "state = 'active' AND ?1 IN (0, newsletter_id)");
    int64_t n;
    stmt_bind_int(count, 1, newsletter);
    assert_true(stmt_one_int(count, &n, &err));
    return n;
}

static void a_week_begins_on_monday_in_utc(void **state)
{
    (void)state;
    assert_int_equal(time_week_begin(MONDAY), MONDAY);
    assert_int_equal(time_week_begin(MONDAY + WEEK - 1), MONDAY);
    assert_int_equal(time_week_begin(MONDAY - 1), MONDAY - WEEK);
}

static void a_list_without_people_has_no_weeks(void **state)
{
    assert_int_equal(weeks(*state, 0, 0, MONDAY).count, 0);
}

static void weeks_without_news_are_weeks_too(void **state)
{
    struct desk *desk = *state;
    int64_t ana = join(desk, "ana@example.org", 1, MONDAY + DAY);
    join(desk, "ben@example.org", 1, MONDAY + 2 * DAY);
    leave(desk, ana, 1, 0, MONDAY + 3 * WEEK);
    struct stats_weeks w = weeks(desk, 1, 0, MONDAY + 5 * WEEK + DAY);
    assert_int_equal(w.count, 6);
    static const int64_t joined[] = {2, 0, 0, 0, 0, 0},
                         left[] = {0, 0, 0, 1, 0, 0},
                         on_it[] = {2, 2, 2, 1, 1, 1};
    for (size_t i = 0; i < w.count; i++) {
        assert_int_equal(w.items[i].begins_at, MONDAY + (int64_t)i * WEEK);
        assert_int_equal(w.items[i].joined, joined[i]);
        assert_int_equal(w.items[i].unsubscribed, left[i]);
        assert_int_equal(w.items[i].active, on_it[i]);
    }
}

static void a_later_beginning_keeps_who_was_there(void **state)
{
    struct desk *desk = *state;
    join(desk, "ana@example.org", 1, MONDAY);
    join(desk, "ben@example.org", 1, MONDAY + 2 * WEEK);
    struct stats_weeks w =
        weeks(desk, 1, MONDAY + WEEK + DAY, MONDAY + 2 * WEEK);
    assert_int_equal(w.count, 2);
    assert_int_equal(w.items[0].begins_at, MONDAY + WEEK);
    assert_int_equal(w.items[0].active, 1);
    assert_int_equal(w.items[1].active, 2);
    w = weeks(desk, 1, MONDAY + 4 * WEEK, MONDAY + 5 * WEEK);
    assert_int_equal(w.count, 2);
    assert_int_equal(w.items[1].active, 2);
}

static void however_they_go_the_sum_is_who_is_there(void **state)
{
    struct desk *desk = *state;
    struct err err = {0};
    enum consent_result result;
    OWNED(token_keys_release) struct token_keys *keys = house_keys();
    struct consent_origin at = {
        .means = MEANS_MAIL, .now = MONDAY + WEEK, .keys = keys};
    int64_t id[6];
    for (int i = 0; i < 6; i++) {
        char email[40];
        snprintf(email, sizeof email, "p%d@example.org", i);
        id[i] = join(desk, email, 1, MONDAY + i);
        join(desk, email, 2, MONDAY + i);
    }
    leave(desk, id[0], 0, 7, MONDAY + WEEK);
    assert_true(consent_bounce(desk->db, id[1], NULL, &at, &err));
    assert_true(consent_complain(desk->db, id[2], NULL, &at, &err));
    assert_true(erase_subscriber(desk->db, id[3], &at, &err));
    leave(desk, id[4], 1, 0, MONDAY + WEEK);
    assert_true(consent_return(desk->db, id[4], 1, &at, &result, &err));
    join(desk, "p0@example.org", 2, MONDAY + 2 * WEEK);
    for (int64_t newsletter = 0; newsletter < 3; newsletter++) {
        struct stats_weeks w = weeks(desk, newsletter, 0, MONDAY + 2 * WEEK);
        assert_int_equal(w.items[w.count - 1].active, active(desk, newsletter));
    }
    struct stats_week w = weeks(desk, 2, 0, MONDAY + 2 * WEEK).items[1];
    assert_int_equal(w.unsubscribed, 2); /* one of them was forgotten */
    assert_int_equal(w.bounced, 1);
    assert_int_equal(w.complained, 1);
    assert_int_equal(active(desk, 0), 2 + 4 - 1);
}

static void an_issue_counts_each_person_it_lost_once(void **state)
{
    struct desk *desk = *state;
    int64_t ana = join(desk, "ana@example.org", 1, MONDAY);
    join(desk, "ana@example.org", 2, MONDAY);
    int64_t ben = join(desk, "ben@example.org", 1, MONDAY);
    leave(desk, ana, 1, 7, MONDAY);
    leave(desk, ana, 0, 7, MONDAY + 1);
    leave(desk, ben, 1, 0, MONDAY); /* from no issue */
    assert_int_equal(only_issue(desk).unsubscribed, 1);
    assert_int_equal(only_issue(desk).bounced, 0);
}

static void deliver(struct desk *desk, const char *state, int64_t subscriber)
{
    struct err err = {0};
    struct stmt *add = db_stmt(
        desk->db, "INSERT INTO delivery (issue_id, subscriber_id, state, "
                  "changed_at) VALUES (7, ?1, ?2, 0)");
    stmt_bind_int(add, 1, subscriber);
    stmt_bind_text(add, 2, state);
    assert_true(stmt_run(add, &err));
}

static void hold_sums(const struct stats_issue *s)
{
    int64_t sum = 0;
    for (int i = 0; i < DELIVERY_STATE_COUNT; i++)
        sum += s->counts.states[i];
    assert_int_equal(sum, s->counts.recipients);
}

static void
what_was_sent_is_counted_once_and_anew_when_tried_again(void **state)
{
    struct desk *desk = *state;
    struct err err = {0};
    deliver(desk, "sent", join(desk, "a@example.org", 1, MONDAY));
    deliver(desk, "sent", join(desk, "b@example.org", 1, MONDAY));
    deliver(desk, "failed", join(desk, "c@example.org", 1, MONDAY));
    deliver(desk, "skipped", join(desk, "d@example.org", 1, MONDAY));
    struct stats_issue live = only_issue(desk);
    hold_sums(&live);
    assert_true(issue_move(desk->db, 7, ISSUE_SENDING, ISSUE_SENT, 9, &err));
    struct stats_issue done = only_issue(desk);
    hold_sums(&done);
    assert_memory_equal(&live.counts, &done.counts, sizeof live.counts);
    assert_int_equal(done.counts.states[DELIVERY_SENT], 2);

    int64_t count;
    assert_true(ledger_retry_failed(desk->db, 7, 10, &count, &err));
    assert_true(issue_move(desk->db, 7, ISSUE_SENT, ISSUE_SENDING, 10, &err));
    struct stats_issue again = only_issue(desk);
    hold_sums(&again);
    assert_int_equal(again.counts.states[DELIVERY_QUEUED], 1);
    assert_int_equal(again.counts.states[DELIVERY_FAILED], 0);
}

static void drafts_are_left_out(void **state)
{
    struct desk *desk = *state;
    house_issue(desk->db, 8, 1, 2, "draft");
    assert_int_equal(only_issue(desk).issue.number, 1);
}

int main(void)
{
#define AT_DESK(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_week_begins_on_monday_in_utc),
        AT_DESK(a_list_without_people_has_no_weeks),
        AT_DESK(weeks_without_news_are_weeks_too),
        AT_DESK(a_later_beginning_keeps_who_was_there),
        AT_DESK(however_they_go_the_sum_is_who_is_there),
        AT_DESK(an_issue_counts_each_person_it_lost_once),
        AT_DESK(what_was_sent_is_counted_once_and_anew_when_tried_again),
        AT_DESK(drafts_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
