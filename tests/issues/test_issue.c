/* Shows how issues are named, found and moved, what the time of each move is,
 * and how their figures are counted. */
#include "digest/issues/acts.h"
#include "digest/issues/stats.h"
#include "tests/support/house.h"

enum { NOW = 1795500000 };

static struct db *db;
static struct arena arena;
static struct err err;

static int begin(void **state)
{
    (void)state;
    err = (struct err){0};
    db = house_db();
    house_newsletter(db, "weekly");
    house_newsletter(db, "daily");
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    db_release(&db);
    return 0;
}

static struct issue by_id(int64_t id)
{
    struct issue issue;
    must(issue_get_by_id(db, id, &arena, &issue, &err));
    return issue;
}

/* The id of the issue of a name; 0: there is none, and err says why. */
static int64_t named(const char *name, bool unsent)
{
    struct issue issue;
    return issue_get(db, name, unsent, &arena, &issue, &err) ? issue.id : 0;
}

static struct issue put_draft(int64_t newsletter_id)
{
    struct issue issue = {.newsletter_id = newsletter_id,
                          .newsletter = "",
                          .subject = "S",
                          .preheader = "",
                          .intro = "",
                          .drafted_at = NOW};
    must(issue_put(db, &issue, &err));
    return issue;
}

/* ---- names ------------------------------------------------------------------
 */

static void a_name_alone_is_the_newest(void **state)
{
    (void)state;
    house_issue(db, 5, 1, 11, "sent");
    house_issue(db, 6, 1, 12, "sending");
    house_issue(db, 7, 1, 13, "cancelled");
    house_issue(db, 8, 2, 99, "draft");
    assert_int_equal(named("weekly/11", false), 5);
    assert_int_equal(named("weekly", false), 7);
    assert_int_equal(named("weekly", true), 6);
    assert_int_equal(named("daily", false), 8);
}

static void what_is_no_name_is_told_from_what_is_not_there(void **state)
{
    (void)state;
    static const char *const none[] = {
        "weekly/", "weekly/x", "weekly/9999999999", "weekly/-1", "weekly/1x"};
    house_issue(db, 5, 1, 1, "sent");
    for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
        if (named(none[i], false))
            fail_msg("%s is an issue", none[i]);
        assert_int_equal(err.kind, ERR_USAGE);
    }
    assert_int_equal(named("weekly/2", false), 0);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_int_equal(named("monthly", false), 0);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_int_equal(named("weekly", true), 0);
    assert_int_equal(err.kind, ERR_USAGE); /* nothing unsent */
}

static void numbers_are_each_newsletters_own(void **state)
{
    (void)state;
    house_issue(db, 5, 1, 12, "cancelled");
    struct issue draft = put_draft(1);
    assert_int_equal(draft.number, 13);
    assert_int_equal(put_draft(2).number, 1);
    must(issue_move(db, draft.id, ISSUE_DRAFT, ISSUE_SENDING, NOW, &err));
    assert_int_equal(put_draft(1).number, 14);
}

/* ---- moves ------------------------------------------------------------------
 */

static void each_move_has_its_time(void **state)
{
    (void)state;
    int64_t id = put_draft(1).id;
    struct issue issue = by_id(id);
    must(issue_act(db, &issue, ACT_START, NOW + 1, &err));
    issue = by_id(id);
    must(issue_act(db, &issue, ACT_PAUSE, NOW + 2, &err));
    issue = by_id(id);
    must(issue_act(db, &issue, ACT_RESUME, NOW + 3, &err));
    issue = by_id(id);
    assert_int_equal(issue.started_at, NOW + 1); /* it started once */
    must(issue_act(db, &issue, ACT_FINISH, NOW + 4, &err));
    issue = by_id(id);
    assert_int_equal(issue.state, ISSUE_SENT);
    assert_int_equal(issue.finished_at, NOW + 4);
    assert_int_equal(issue.started_at, NOW + 1);
    assert_true(issue_is_public(&issue));
}

static void an_act_that_changes_no_state_moves_nothing(void **state)
{
    (void)state;
    struct issue draft = put_draft(1);
    draft = by_id(draft.id);
    must(issue_act(db, &draft, ACT_EDIT, NOW, &err));
    assert_int_equal(by_id(draft.id).state, ISSUE_DRAFT);
    assert_int_equal(by_id(draft.id).version, draft.version);
    assert_false(issue_act(db, &draft, ACT_FINISH, NOW, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static void what_has_started_is_written_no_more(void **state)
{
    (void)state;
    struct issue draft = put_draft(1);
    must(issue_move(db, draft.id, ISSUE_DRAFT, ISSUE_SENDING, NOW, &err));
    draft.subject = "Another";
    assert_false(issue_put(db, &draft, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(by_id(draft.id).subject, "S");
    assert_false(issue_hold(db, draft.id, ISSUE_SENDING, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static void cancelled_before_its_start_it_is_nobodys_to_see(void **state)
{
    (void)state;
    int64_t count, newest;
    int64_t unstarted = put_draft(1).id;
    must(issue_move(db, unstarted, ISSUE_DRAFT, ISSUE_CANCELLED, NOW, &err));
    int64_t started = put_draft(1).id;
    must(issue_move(db, started, ISSUE_DRAFT, ISSUE_SENDING, NOW, &err));
    must(issue_move(db, started, ISSUE_SENDING, ISSUE_CANCELLED, NOW, &err));
    struct issue one = by_id(unstarted), two = by_id(started);
    assert_false(issue_is_public(&one));
    assert_true(issue_is_public(&two)); /* somebody may have got it */
    must(issue_count_public(db, 1, &count, &newest, &err));
    assert_int_equal(count, 1);
    assert_int_equal(newest, NOW);
    must(issue_count_public(db, 2, &count, &newest, &err));
    assert_int_equal(count, 0);
}

static void rests_are_counted_until_one_is_ended(void **state)
{
    (void)state;
    house_issue(db, 5, 1, 1, "sending");
    must(issue_rest(db, 5, NOW + 300, &err));
    must(issue_rest(db, 5, NOW + 900, &err));
    assert_int_equal(by_id(5).retry_count, 2);
    assert_int_equal(by_id(5).retry_at, NOW + 900);
    must(issue_rest(db, 5, 0, &err));
    assert_int_equal(by_id(5).retry_count, 0);
    assert_int_equal(by_id(5).retry_at, 0);
}

/* ---- figures
 * ----------------------------------------------------------------- */

/* The ids of the issues that have figures, in their order. */
static void have_figures(int64_t newsletter_id, int64_t since,
                         const char *wanted)
{
    OWNED(strbuf_free) struct strbuf ids = STRBUF_INIT;
    struct stats_issues list;
    must(stats_issues(db, newsletter_id, since, &arena, &list, &err));
    for (size_t i = 0; i < list.count; i++)
        strbuf_add_format(&ids, "%s%d", i ? " " : "",
                          (int)list.items[i].issue.id);
    assert_string_equal(strbuf_text(&ids), wanted);
}

static void what_was_to_go_out_has_figures_in_its_order(void **state)
{
    (void)state;
    house_issue(db, 1, 1, 1, "sent");
    house_run(db, "UPDATE issue SET started_at = 300 WHERE id = 1");
    house_issue(db, 2, 1, 2, "missed");
    house_run(db, "UPDATE issue SET scheduled_at = 200 WHERE id = 2");
    house_issue(db, 3, 1, 3, "draft");
    house_issue(db, 4, 1, 4, "scheduled");
    house_issue(db, 5, 2, 1, "sending");
    house_run(db, "UPDATE issue SET started_at = 250 WHERE id = 5");
    have_figures(1, 0, "2 1");
    have_figures(0, 0, "2 5 1");
    have_figures(0, 250, "5 1");
    have_figures(0, 251, "1");
    have_figures(2, 251, "");
}

static void losses_are_those_of_the_issue_alone(void **state)
{
    (void)state;
    struct stats_issue losses = {.counts = {.recipients = 7}};
    house_issue(db, 1, 1, 1, "sent");
    house_issue(db, 2, 1, 2, "sent");
    house_run(db, "INSERT INTO issue_loss (issue_id, bounced, complained, "
                  "    unsubscribed) VALUES (1, 3, 2, 1)");
    must(stats_losses(db, 1, &losses, &err));
    assert_int_equal(losses.bounced, 3);
    assert_int_equal(losses.complained, 2);
    assert_int_equal(losses.unsubscribed, 1);
    assert_int_equal(losses.counts.recipients, 7); /* the rest stays */
    must(stats_losses(db, 2, &losses, &err));
    assert_int_equal(losses.bounced + losses.complained + losses.unsubscribed,
                     0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_name_alone_is_the_newest),
        TEST(what_is_no_name_is_told_from_what_is_not_there),
        TEST(numbers_are_each_newsletters_own),
        TEST(each_move_has_its_time),
        TEST(an_act_that_changes_no_state_moves_nothing),
        TEST(what_has_started_is_written_no_more),
        TEST(cancelled_before_its_start_it_is_nobodys_to_see),
        TEST(rests_are_counted_until_one_is_ended),
        TEST(what_was_to_go_out_has_figures_in_its_order),
        TEST(losses_are_those_of_the_issue_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
