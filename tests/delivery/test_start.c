/* Shows what starting an issue freezes: who gets it, in which variants, and
 * what keeps it from being started. */
#include "digest/articles/article_store.h"
#include "digest/ledger/lease.h"
#include "subscribers/consent/consent.h"
#include "subscribers/consent/suppression.h"
#include "tests/delivery/press.h"

static struct start_report report;

static int begin(void **state)
{
    report = (struct start_report){0};
    return press_open(state);
}

static int end(void **state)
{
    start_report_free(&report);
    return press_close(state);
}

static bool try_start(const struct issue *issue, bool dry_run)
{
    start_report_free(&report);
    return conductor_start(&press.conductor, issue, dry_run, &report, &err);
}

/* A dry run has said how many get it. */
static void start(const struct issue *issue)
{
    must(try_start(issue, true));
    int64_t recipients = report.recipients, variants = report.variants;
    must(try_start(issue, false));
    assert_int_equal(report.recipients, recipients);
    assert_int_equal(report.variants, variants);
}

/* The variants on record that were not taken back. */
static int64_t variants(void)
{
    return house_number(press.db, "SELECT count(*) FROM variant "
                                  "WHERE message_parts <> ''");
}

/* The start is refused, and nothing of it is left. */
static void is_refused(const struct issue *issue, enum err_kind kind,
                       const char *text)
{
    assert_false(try_start(issue, false));
    assert_int_equal(err.kind, kind);
    if (!strstr(err.text, text))
        fail_msg("no \"%s\" in: %s", text, err.text);
    assert_int_equal(house_number(press.db, "SELECT count(*) FROM delivery"),
                     0);
    assert_int_equal(variants(), 0);
}

/* A subscriber of these categories, and of a language. */
static int64_t add(const char *email, const char *categories,
                   const char *language)
{
    int64_t id = house_subscriber(press.db, 1, email);
    struct stmt *choose =
        db_stmt(press.db, "UPDATE subscription SET categories = ?2 "
                          "WHERE subscriber_id = ?1");
    stmt_bind_int(choose, 1, id);
    stmt_bind_text(choose, 2, categories);
    must(stmt_run(choose, &err));
    struct stmt *speak =
        db_stmt(press.db, "UPDATE subscriber SET language = ?2 WHERE id = ?1");
    stmt_bind_int(speak, 1, id);
    stmt_bind_text(speak, 2, language);
    must(stmt_run(speak, &err));
    return id;
}

/* The variant that is on record for a subscriber, or how it went. */
static void gets(int64_t subscriber, const char *wanted)
{
    struct stmt *row = db_stmt(
        press.db, "SELECT coalesce(v.key, d.state) FROM delivery d "
                  "LEFT JOIN variant v ON v.id = d.variant_id "
                  "    AND d.state = 'queued' WHERE d.subscriber_id = ?1");
    stmt_bind_int(row, 1, subscriber);
    assert_true(stmt_step(row, &err));
    assert_string_equal(stmt_text(row, 0), wanted);
    stmt_reset(row);
}

/* ---- who ----------------------------------------------------------------- */

static void who_subscribes_gets_it_and_nobody_else(void **state)
{
    (void)state;
    bool added;
    enum consent_result result;
    struct consent_origin origin = {.means = MEANS_PAGE, .now = PRESS_NOW - 9};
    int64_t left = house_subscriber(press.db, 1, "left@example.org");
    must(consent_unsubscribe(press.db, left, 1, &origin, &result, &err));
    house_subscriber(press.db, 1, "dead@example.org");
    must(suppression_add(press.db, STR("dead@example.org"), "bounced", "", 1,
                         &added, &err));
    house_subscriber(press.db, 0, "other@example.org");
    struct issue draft = press_first_draft();
    start(&draft);
    assert_int_equal(house_number(press.db,
                                  "SELECT count(*) FROM delivery d "
                                  "JOIN subscriber s ON s.id = d.subscriber_id "
                                  "WHERE d.state = 'queued' "
                                  "    AND s.email = 'ada@example.org'"),
                     1);
    assert_int_equal(house_number(press.db, "SELECT count(*) FROM delivery "
                                            "WHERE state = 'queued'"),
                     1);
    assert_int_equal(press_issue(draft.id).state, ISSUE_SENDING);
    assert_int_equal(press_issue(draft.id).started_at, PRESS_NOW);
}

static void each_gets_the_stories_of_the_chosen_categories(void **state)
{
    (void)state;
    int64_t world = add("world@example.org", "World", "");
    int64_t sport = add("sport@example.org", "Sport", "");
    int64_t both = add("both@example.org", "World\nSport", "");
    int64_t none = add("none@example.org", "Chess", "");
    struct issue draft = press_first_draft();
    start(&draft);
    gets(1, "en:1,2");
    gets(world, "en:1");
    gets(sport, "en:2");
    gets(both, "en:1,2"); /* the same list is rendered once */
    gets(none, "skipped");
    assert_int_equal(report.variants, 3);
    assert_int_equal(variants(), 3);
}

static void each_reads_it_in_the_language_of_theirs(void **state)
{
    (void)state;
    int64_t german = add("de@example.org", "", "de");
    int64_t klingon = add("tlh@example.org", "", "tlh");
    struct issue draft = press_first_draft();
    start(&draft);
    gets(1, "en:1,2");
    gets(german, "de:1,2");
    gets(klingon, "en:1,2"); /* the newsletter's, where there are no words */
}

static void all_of_it_is_kept_also_where_nobody_gets_that(void **state)
{
    (void)state;
    house_run(press.db, "UPDATE subscription SET categories = 'Sport'");
    struct issue draft = press_first_draft();
    start(&draft);
    gets(1, "en:2");
    assert_int_equal(report.variants, 1);
    assert_int_equal(
        house_number(press.db,
                     "SELECT count(*) FROM variant WHERE key = 'en:1,2'"),
        1);
}

static void a_dry_run_counts_and_stores_nothing(void **state)
{
    (void)state;
    add("world@example.org", "World", "");
    struct issue draft = press_first_draft();
    must(try_start(&draft, true));
    assert_int_equal(report.recipients, 2);
    assert_int_equal(report.variants, 2);
    assert_int_equal(press_issue(draft.id).state, ISSUE_DRAFT);
    assert_int_equal(house_number(press.db, "SELECT count(*) FROM variant"), 0);
    start(&draft);
    assert_int_equal(report.recipients, 2);
    assert_int_equal(report.variants, 2);
}

static void a_story_that_was_removed_is_left_out(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    must(article_withdraw(press.db, 2, PRESS_NOW, &err));
    start(&draft);
    assert_int_equal(report.withdrawn, 1);
    gets(1, "en:1");
}

/* ---- what keeps it back ---------------------------------------------------
 */

static void without_stories_there_is_nothing_to_start(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    must(article_withdraw(press.db, 1, PRESS_NOW, &err));
    must(article_withdraw(press.db, 2, PRESS_NOW, &err));
    is_refused(&draft, ERR_INPUT, "no article is left in it");
}

static void without_subscribers_there_is_nobody_to_send_it_to(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    house_run(press.db, "DELETE FROM subscription");
    is_refused(&draft, ERR_INPUT, "nobody to send to");
    assert_int_equal(press_issue(draft.id).state, ISSUE_DRAFT);
    house_subscriber(press.db, 1, "new@example.org");
    start(&draft);
}

static void what_lint_takes_for_an_error_is_started_anyway_or_not(void **state)
{
    (void)state;
    press_story("Dear {{name}}", "World", HOUR);
    struct issue draft = press_draft();
    is_refused(&draft, ERR_INPUT, "placeholder");
    press.conductor.anyway = true;
    start(&draft);
}

static void a_relay_that_can_never_be_used_is_found_before(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    press.relay.url = "gopher://mail.example.org";
    is_refused(&draft, ERR_CONFIG, "gopher");
    press.conf.relay_count = 0;
    is_refused(&draft, ERR_CONFIG, "no transport");
}

static void one_that_was_moved_meanwhile_does_not_go_out(void **state)
{
    (void)state;
    struct issue seen = press_first_draft();
    house_run(press.db, "UPDATE issue SET state = 'scheduled', "
                        "    scheduled_at = 1795600000");
    is_refused(&seen, ERR_CONFLICT, "its time was changed");
    seen = press_issue(seen.id);
    house_run(press.db, "UPDATE issue SET scheduled_at = 1795700000");
    is_refused(&seen, ERR_CONFLICT, "its time was changed");
}

static void one_that_was_started_is_not_started_again(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    start(&draft);
    assert_false(try_start(&draft, false));
    assert_int_equal(err.kind, ERR_CONFLICT);
    struct issue now = press_issue(draft.id);
    assert_false(try_start(&now, false));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_int_equal(house_number(press.db, "SELECT count(*) FROM delivery"),
                     1);
}

static void while_another_starts_it_this_one_steps_aside(void **state)
{
    (void)state;
    struct lease theirs;
    struct issue draft = press_first_draft();
    must(lease_take(press.db, "issue weekly/1", PRESS_NOW, 60, false, &theirs,
                    &err));
    house_run(press.db, "UPDATE lease SET holder = 'another.example 7'");
    is_refused(&draft, ERR_TEMPORARY, "weekly/1");
    house_run(press.db, "UPDATE lease SET expires_at = 0");
    start(&draft);
}

static void what_a_start_left_is_taken_back_and_made_anew(void **state)
{
    (void)state;
    bool left;
    struct issue draft = press_first_draft();
    must(conductor_start_left(&press.conductor, &left, &err));
    assert_false(left);
    /* As a start that was killed leaves it: entered, and still a draft. */
    start(&draft);
    house_run(press.db, "UPDATE issue SET state = 'draft', started_at = NULL");
    must(conductor_start_left(&press.conductor, &left, &err));
    assert_true(left);
    must(conductor_take_back(&press.conductor, &err));
    assert_int_equal(house_number(press.db, "SELECT count(*) FROM delivery"),
                     0);
    assert_int_equal(variants(), 0);
    must(conductor_start_left(&press.conductor, &left, &err));
    assert_false(left);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(who_subscribes_gets_it_and_nobody_else),
        TEST(each_gets_the_stories_of_the_chosen_categories),
        TEST(each_reads_it_in_the_language_of_theirs),
        TEST(all_of_it_is_kept_also_where_nobody_gets_that),
        TEST(a_dry_run_counts_and_stores_nothing),
        TEST(a_story_that_was_removed_is_left_out),
        TEST(without_stories_there_is_nothing_to_start),
        TEST(without_subscribers_there_is_nobody_to_send_it_to),
        TEST(what_lint_takes_for_an_error_is_started_anyway_or_not),
        TEST(a_relay_that_can_never_be_used_is_found_before),
        TEST(one_that_was_moved_meanwhile_does_not_go_out),
        TEST(one_that_was_started_is_not_started_again),
        TEST(while_another_starts_it_this_one_steps_aside),
        TEST(what_a_start_left_is_taken_back_and_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
