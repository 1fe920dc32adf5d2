#include <stdio.h>

#include "digest/base/random.h"
#include "digest/ledger/lease.h"
#include "digest/ledger/ledger.h"
#include "tests/support/house.h"

static int open_db(void **state)
{
    struct db *db = house_db();
    house_newsletter(db, "weekly");
    house_issue(db, 1, 1, 1, "sending");
    house_run(db,
              "INSERT INTO variant_part (id, issue_id, hash, bytes) "
              "VALUES (1, 1, 0, x'48'), (2, 1, 0, x'54'), (3, 1, 0, x'4d')");
    house_run(db,
              "INSERT INTO variant (id, issue_id, key, html_parts, text_parts, "
              "message_parts) VALUES (7, 1, 'en:1', '1', '2', '3')");
    house_run(db,
              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
              "WHERE i < 1200) "
              "INSERT INTO subscriber (id, key, email, email_key, created_at) "
              "SELECT i, CAST(printf('%016d', i) AS BLOB), "
              "printf('r%d@example.org', i), printf('r%d@example.org', i), 0 "
              "FROM n");
    house_run(db,
              "INSERT INTO subscription (newsletter_id, subscriber_id, state, "
              "categories, since) SELECT 1, id, 'active', "
              "CASE WHEN id % 10 = 0 THEN 'World' ELSE '' END, 0 "
              "FROM subscriber");
    *state = db;
    return 0;
}

/* The whole list, a stretch at a time. */
static bool enter(struct db *db, const struct ledger_choice *choices,
                  size_t choice_count, int64_t *count, struct err *err)
{
    struct ledger_stretch stretch = {
        .issue_id = 1, .newsletter_id = 1, .now = 5, .longest_pause_s = 100};
    int64_t more;
    assert_true(ledger_stretch_begin(db, &stretch, err));
    for (size_t i = 0; i < choice_count; i++)
        assert_true(ledger_choose(db, &choices[i], err));
    do {
        assert_true(ledger_stretch_next(db, &stretch, err));
        if (!ledger_stretch_enter(db, &stretch, "none chosen", &more, err))
            return false;
        *count += more;
    } while (stretch.until > stretch.after);
    return true;
}

static void enqueue(struct db *db, const char *categories, int64_t variant,
                    int64_t *count)
{
    struct err err = {0};
    struct ledger_choice choice = {categories, "", "", variant};
    assert_true(enter(db, &choice, 1, count, &err));
}

static struct ledger_counts counts_of(struct db *db)
{
    struct ledger_counts counts;
    struct err err = {0};
    assert_true(ledger_count(db, 1, &counts, &err));
    int64_t sum = 0;
    for (int i = 0; i < DELIVERY_STATE_COUNT; i++)
        sum += counts.states[i];
    assert_int_equal(sum, counts.recipients);
    return counts;
}

static void each_choice_of_categories_is_found_once(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct ledger_choices choices;
    struct err err = {0};
    struct ledger_stretch stretch = {.newsletter_id = 1};
    assert_true(ledger_stretch_begin(db, &stretch, &err));
    assert_true(ledger_stretch_next(db, &stretch, &err));
    assert_true(ledger_stretch_choices(db, &stretch, &arena, &choices, &err));
    assert_int_equal(choices.count, 2);
    assert_string_equal(choices.items[0].categories, "");
    assert_string_equal(choices.items[1].categories, "World");
    /* The next stretch has none that is new. */
    assert_true(ledger_choose(db, &choices.items[0], &err));
    assert_true(ledger_stretch_choices(db, &stretch, &arena, &choices, &err));
    assert_int_equal(choices.count, 1);
    assert_true(ledger_choose(db, &choices.items[0], &err));
    assert_true(ledger_stretch_next(db, &stretch, &err));
    assert_true(stretch.until > stretch.after);
    assert_true(ledger_stretch_choices(db, &stretch, &arena, &choices, &err));
    assert_int_equal(choices.count, 0);
    assert_true(ledger_stretch_next(db, &stretch, &err));
    assert_int_equal(stretch.until, stretch.after);
}

static void a_language_of_ones_own_is_a_choice_too(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct ledger_choices choices;
    int64_t count = 0, german = -1;
    struct err err = {0};
    assert_true(stmt_run(db_stmt(db, "UPDATE subscriber SET language = 'de' "
                                     "WHERE id IN (SELECT subscriber_id FROM "
                                     "subscription WHERE categories = '' "
                                     "LIMIT 3)"),
                         &err));
    struct ledger_stretch stretch = {.newsletter_id = 1};
    assert_true(ledger_stretch_begin(db, &stretch, &err));
    assert_true(ledger_stretch_next(db, &stretch, &err));
    assert_true(ledger_stretch_choices(db, &stretch, &arena, &choices, &err));
    assert_int_equal(choices.count, 3);
    for (size_t i = 0; i < choices.count; i++)
        choices.items[i].variant_id =
            strcmp(choices.items[i].language, "de") == 0 ? 7 : 0;
    assert_true(enter(db, choices.items, choices.count, &count, &err));
    assert_int_equal(count, 1200);
    assert_true(stmt_one_int(db_stmt(db, "SELECT count(*) FROM delivery "
                                         "WHERE variant_id = 7"),
                             &german, &err));
    assert_int_equal(german, 3);
}

static void everybody_is_counted_once(void **state)
{
    struct db *db = *state;
    int64_t count = 0;
    struct err err = {0};
    struct ledger_choice items[] = {
        {"", "", "", 7}, {"World", "", "", 0}, {"nobody's", "", "", 7}};
    assert_true(enter(db, items, 3, &count, &err));
    assert_int_equal(count, 1200);
    struct ledger_counts counts = counts_of(db);
    assert_int_equal(counts.states[DELIVERY_QUEUED], 1080);
    assert_int_equal(counts.states[DELIVERY_SKIPPED], 120);
    struct ledger_rows rows;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    assert_true(ledger_failures(db, 1, &arena, &rows, &err));
    assert_int_equal(rows.count, 120);
    assert_string_equal(rows.items[0].reply, "none chosen");
    assert_false(enter(db, items, 3, &count, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static bool count_at(struct db *db, int64_t now, int64_t *count,
                     struct err *err)
{
    struct ledger_stretch whole = {
        .newsletter_id = 1, .now = now, .longest_pause_s = 100};
    return ledger_count_recipients(db, &whole, count, err);
}

/* The number that an editor is told is that of those who get it. */
static void those_who_get_it_are_counted_beforehand(void **state)
{
    struct db *db = *state;
    int64_t before = 0, count = 0;
    struct err err = {0};
    struct ledger_choice items[] = {{"", "", "", 7}, {"World", "", "", 7}};
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('r1@example.org', 'complaint', 0)");
    house_run(db, "UPDATE subscription SET paused_until = 50 "
                  "WHERE subscriber_id = 2");
    house_run(db, "UPDATE subscription SET paused_until = 5000 "
                  "WHERE subscriber_id = 3");
    house_run(db, "UPDATE subscription SET state = 'unsubscribed' "
                  "WHERE subscriber_id = 4");
    assert_true(count_at(db, 5, &before, &err));
    assert_int_equal(before, 1197);
    assert_true(enter(db, items, 2, &count, &err));
    assert_int_equal(count, before);
    assert_true(count_at(db, 60, &count, &err));
    assert_int_equal(count, 1198);
}

static void the_suppressed_are_not_counted(void **state)
{
    struct db *db = *state;
    int64_t count = 0;
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('r1@example.org', 'complaint', 0)");
    enqueue(db, "", 7, &count);
    assert_int_equal(count, 1079);
}

static void a_walk_meets_each_waiting_one_once(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    int64_t count = 0, last = 0, met = 0;
    enqueue(db, "", 7, &count);
    OWNED(ledger_walk_free) struct ledger_walk walk = LEDGER_WALK_INIT(1);
    struct ledger_entry *entry;
    for (;;) {
        enum ledger_claim claim;
        assert_true(ledger_walk_next(db, &walk, 5, &entry, &err));
        if (!entry)
            break;
        assert_true(entry->subscriber_id > last);
        last = entry->subscriber_id;
        assert_true(ledger_claim(db, 1, last, 5, &claim, &err));
        assert_int_equal(claim, CLAIM_TAKEN);
        met++;
    }
    assert_int_equal(met, count);
    assert_int_equal(counts_of(db).states[DELIVERY_SENDING], count);
}

static void who_left_meanwhile_is_skipped_with_the_reason(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    int64_t count = 0;
    enum ledger_claim claim;
    enqueue(db, "", 7, &count);
    house_run(db, "UPDATE subscription SET state = 'unsubscribed' "
                  "WHERE subscriber_id = 1");
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('r2@example.org', 'complaint', 0)");
    for (int64_t id = 1; id <= 2; id++) {
        assert_true(ledger_claim(db, 1, id, 6, &claim, &err));
        assert_int_equal(claim, CLAIM_SKIPPED);
    }
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct ledger_rows rows;
    assert_true(ledger_failures(db, 1, &arena, &rows, &err));
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows.items[0].reply, "unsubscribed before it was sent");
    assert_string_equal(rows.items[1].reply, "the address is suppressed");
    assert_int_equal(counts_of(db).recipients, count);
}

static void a_claimed_one_is_not_claimed_again(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    int64_t count = 0;
    enum ledger_claim claim;
    enqueue(db, "", 7, &count);
    assert_true(ledger_claim(db, 1, 3, 6, &claim, &err));
    assert_int_equal(claim, CLAIM_TAKEN);
    assert_true(ledger_claim(db, 1, 3, 6, &claim, &err));
    assert_int_equal(claim, CLAIM_GONE);
    assert_int_equal(counts_of(db).states[DELIVERY_SENDING], 1);
}

static void record(struct db *db, int64_t id, enum delivery_state how,
                   int64_t next_at)
{
    struct err err = {0};
    enum ledger_claim claim;
    assert_true(ledger_claim(db, 1, id, 6, &claim, &err));
    struct ledger_record row = {.issue_id = 1,
                                .subscriber_id = id,
                                .state = how,
                                .next_at = next_at,
                                .attempted = true,
                                .code = 451,
                                .status = "4.7.1",
                                .reply = "later",
                                .relay = "mx:25",
                                .now = 7};
    assert_true(ledger_record(db, &row, &err));
}

static void a_deferred_one_comes_again_when_it_is_due(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    house_run(db, "DELETE FROM subscription WHERE subscriber_id > 1");
    int64_t count = 0;
    enqueue(db, "", 7, &count);
    assert_int_equal(count, 1);
    record(db, 1, DELIVERY_DEFERRED, 100);
    assert_int_equal(counts_of(db).next_at, 100);
    OWNED(ledger_walk_free) struct ledger_walk walk = LEDGER_WALK_INIT(1);
    struct ledger_entry *entry;
    assert_true(ledger_walk_next(db, &walk, 99, &entry, &err));
    assert_null(entry);
    assert_true(ledger_walk_next(db, &walk, 100, &entry, &err));
    assert_non_null(entry);
    assert_int_equal(entry->attempts, 1);
    assert_string_equal(strbuf_text(&entry->email), "r1@example.org");
}

static void what_a_clock_ahead_put_off_comes_back(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    int64_t count = 0;
    enqueue(db, "", 7, &count);
    record(db, 1, DELIVERY_DEFERRED, 200);
    record(db, 2, DELIVERY_DEFERRED, 201);
    assert_true(ledger_set_clock(db, 1, 100, 100, 0, &err));
    assert_int_equal(counts_of(db).next_at, 100); /* the second */
    house_run(db, "UPDATE delivery SET state = 'sent' WHERE subscriber_id = 2");
    assert_int_equal(counts_of(db).next_at, 200);
}

static void time_in_which_nobody_tried_does_not_count(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    int64_t count = 0, given_up;
    enqueue(db, "", 7, &count);
    record(db, 1, DELIVERY_DEFERRED, 10); /* first tried at 7 */
    record(db, 2, DELIVERY_DEFERRED, 950);
    assert_true(ledger_set_clock(db, 1, 1000, 100, 100, &err));
    assert_true(ledger_give_up(db, 1, 900, 0, 1000, &given_up, &err));
    assert_int_equal(given_up, 1); /* the second, which was tried lately */
    assert_true(ledger_give_up(db, 1, 997, 0, 1000, &given_up, &err));
    assert_int_equal(given_up, 1);
}

static void a_pause_of_a_clock_ahead_is_void(void **state)
{
    struct db *db = *state;
    int64_t count = 0;
    house_run(db, "DELETE FROM subscription WHERE subscriber_id > 2");
    house_run(db, "UPDATE subscription SET categories = '', paused_until = 105 "
                  "WHERE subscriber_id = 1");
    house_run(db, "UPDATE subscription SET categories = '', paused_until = 106 "
                  "WHERE subscriber_id = 2");
    enqueue(db, "", 7, &count); /* at 5, by 100 at most */
    assert_int_equal(count, 1);
}

static void a_walk_can_begin_anywhere(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    int64_t count = 0, met = 0, last = 0;
    enqueue(db, "", 7, &count);
    record(db, 3, DELIVERY_DEFERRED, 5);
    random_hold(1);
    struct ledger_entry *entry;
    OWNED(ledger_walk_free)
    struct ledger_walk walk = {.issue_id = 1, .queued_only = true};
    assert_true(ledger_walk_jump(db, &walk, &err));
    for (;;) {
        assert_true(ledger_walk_next(db, &walk, 9, &entry, &err));
        if (!entry)
            break;
        assert_true(met > 0 || entry->subscriber_id > 1);
        assert_true(entry->subscriber_id > last);
        last = entry->subscriber_id;
        met++;
    }
    assert_int_equal(last, 1199);
    assert_in_range(met, 1, count - 1);
}

static void who_was_tried_in_vain_is_given_up(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    int64_t count = 0, given_up, at;
    enqueue(db, "", 7, &count);
    assert_true(ledger_last_sent(db, 1, &at, &err));
    assert_int_equal(at, 0);
    record(db, 1, DELIVERY_DEFERRED, 100);
    record(db, 2, DELIVERY_SENT, 0);
    assert_true(ledger_last_sent(db, 1, &at, &err));
    assert_int_equal(at, 7);
    assert_true(ledger_give_up(db, 1, 6, 0, 200, &given_up, &err));
    assert_int_equal(given_up, 0);
    /* Long ago, by a clock that jumped, but hardly tried. */
    assert_true(ledger_give_up(db, 1, 7, 2, 200, &given_up, &err));
    assert_int_equal(given_up, 0);
    assert_true(ledger_give_up(db, 1, 7, 1, 200, &given_up, &err));
    assert_int_equal(given_up, 1);
    struct ledger_counts counts = counts_of(db);
    assert_int_equal(counts.states[DELIVERY_FAILED], 1);
    assert_int_equal(counts.states[DELIVERY_QUEUED], count - 2);
}

static void a_broken_off_run_leaves_nobody_behind(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    int64_t count = 0, recovered;
    enum ledger_claim claim;
    enqueue(db, "", 7, &count);
    assert_true(ledger_claim(db, 1, 3, 6, &claim, &err));
    record(db, 4, DELIVERY_SENT, 0);
    assert_true(ledger_recover(db, 1, 8, &recovered, &err));
    assert_int_equal(recovered, 1);
    struct ledger_counts counts = counts_of(db);
    assert_int_equal(counts.states[DELIVERY_SENT], 1);
    assert_int_equal(counts.states[DELIVERY_QUEUED], count - 1);
}

static void only_failed_ones_are_retried(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    int64_t count = 0, again;
    enqueue(db, "", 7, &count);
    record(db, 3, DELIVERY_SENT, 0);
    record(db, 4, DELIVERY_FAILED, 0);
    assert_true(ledger_retry_failed(db, 1, 9, &again, &err));
    assert_int_equal(again, 1);
    assert_int_equal(counts_of(db).states[DELIVERY_SENT], 1);
    assert_int_equal(counts_of(db).states[DELIVERY_FAILED], 0);
}

static void a_lease_has_one_holder(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    struct lease first, second;
    assert_true(lease_take(db, "job", 100, 60, false, &first, &err));
    assert_false(lease_take(db, "job", 159, 60, false, &second, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_true(lease_renew(db, &first, 150, 60, &err));
    assert_false(lease_take(db, "job", 200, 60, false, &second, &err));
    lease_release(db, &first);
    assert_true(lease_take(db, "job", 201, 60, false, &second, &err));
}

static void a_sleeper_finds_its_lease_gone(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    struct lease sleeper, next;
    assert_true(lease_take(db, "job", 100, 60, false, &sleeper, &err));
    assert_true(lease_take(db, "job", 160, 60, false, &next, &err));
    assert_true(next.fence > sleeper.fence);
    assert_false(lease_check(db, &sleeper, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_false(lease_renew(db, &sleeper, 161, 60, &err));
    assert_true(lease_check(db, &next, &err));
}

/* ---- starts ---- */

static void run_start(struct db *db)
{
    struct err err = {0};
    int64_t count = 0, id;
    struct ledger_variant variant = {.issue_id = 1,
                                     .key = "en:2",
                                     .html = STR("<p>Two</p>"),
                                     .text = STR("Two"),
                                     .message = STR("Two!"),
                                     .public_html = STR("<p>2</p>")};
    assert_true(ledger_add_variant(db, &variant, &id, &err));
    enqueue(db, "", id, &count);
    assert_int_equal(count, 1080);
}

static void a_start_that_broke_off_is_taken_back(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct err err = {0};
    struct lease turn;
    int64_t *ids;
    size_t left;
    assert_true(lease_take(db, "issue", 1, 60, true, &turn, &err));
    house_run(db, "UPDATE issue SET state = 'draft'");
    run_start(db);
    assert_true(ledger_left_over(db, &arena, &ids, &left, &err));
    assert_int_equal(left, 1);
    assert_int_equal(ids[0], 1);
    assert_true(ledger_take_back(db, &turn, 1, &err));
    assert_int_equal(counts_of(db).recipients, 0);
    assert_int_equal(house_number(db, "SELECT count(*) FROM variant_part"), 0);
    assert_true(ledger_left_over(db, &arena, &ids, &left, &err));
    assert_int_equal(left, 0);
    /* It can be started again, and be removed. */
    run_start(db);
    house_run(db, "DELETE FROM issue");
    assert_int_equal(house_number(db, "SELECT count(*) FROM delivery"), 0);
}

static void what_was_started_is_not_taken_back(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct err err = {0};
    struct lease turn, other;
    int64_t *ids;
    size_t left;
    assert_true(lease_take(db, "issue", 1, 60, true, &turn, &err));
    run_start(db);
    house_run(db, "UPDATE issue SET started_at = 5");
    assert_true(ledger_left_over(db, &arena, &ids, &left, &err));
    assert_int_equal(left, 0);
    assert_true(ledger_take_back(db, &turn, 1, &err));
    assert_int_equal(counts_of(db).recipients, 1080);
    /* Nor by one whose turn is over. */
    house_run(db, "UPDATE issue SET started_at = NULL");
    assert_true(lease_take(db, "issue", 1, 60, true, &other, &err));
    assert_false(ledger_take_back(db, &turn, 1, &err));
    assert_int_equal(counts_of(db).recipients, 1080);
}

int main(void)
{
#define WITH_DB(test)                                                          \
    cmocka_unit_test_setup_teardown(test, open_db, house_close)
    const struct CMUnitTest tests[] = {
        WITH_DB(each_choice_of_categories_is_found_once),
        WITH_DB(a_language_of_ones_own_is_a_choice_too),
        WITH_DB(everybody_is_counted_once),
        WITH_DB(those_who_get_it_are_counted_beforehand),
        WITH_DB(a_start_that_broke_off_is_taken_back),
        WITH_DB(what_was_started_is_not_taken_back),
        WITH_DB(the_suppressed_are_not_counted),
        WITH_DB(a_walk_meets_each_waiting_one_once),
        WITH_DB(what_a_clock_ahead_put_off_comes_back),
        WITH_DB(a_pause_of_a_clock_ahead_is_void),
        WITH_DB(time_in_which_nobody_tried_does_not_count),
        WITH_DB(a_walk_can_begin_anywhere),
        WITH_DB(who_was_tried_in_vain_is_given_up),
        WITH_DB(who_left_meanwhile_is_skipped_with_the_reason),
        WITH_DB(a_claimed_one_is_not_claimed_again),
        WITH_DB(a_deferred_one_comes_again_when_it_is_due),
        WITH_DB(a_broken_off_run_leaves_nobody_behind),
        WITH_DB(only_failed_ones_are_retried),
        WITH_DB(a_lease_has_one_holder),
        WITH_DB(a_sleeper_finds_its_lease_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
