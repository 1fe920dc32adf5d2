#include "subscribers/consent/consent.h"
#include "subscribers/consent/edit.h"
#include "subscribers/consent/subscriber_import.h"
#include "subscribers/consent/suppression.h"
#include "tests/support/house.h"

static struct db *db;
static struct token_keys *keys;
static struct arena arena;
static struct err err;

static int make_keys(void **state)
{
    (void)state;
    keys = house_keys();
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    token_keys_free(keys);
    return 0;
}

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

static struct consent_origin by(const char *means, int64_t now)
{
    return (struct consent_origin){.means = means, .now = now, .keys = keys};
}

static enum consent_result subscribe(const char *email, const char *means,
                                     int64_t newsletter, bool pending)
{
    struct consent_origin origin = by(means, 100);
    enum consent_result result;
    if (!consent_subscribe(db, str_of(email), "Ada", newsletter, NULL, pending,
                           &origin, &result, &err))
        fail_msg("%s", err.text);
    return result;
}

static struct subscriber ada(void)
{
    struct subscriber s;
    if (!roster_get(db, "ada@example.org", &arena, &s, &err))
        fail_msg("%s", err.text);
    return s;
}

static struct consent_event last_event(int64_t subscriber_id)
{
    struct consent_history history;
    assert_true(consent_history(db, subscriber_id, &arena, &history, &err));
    assert_true(history.count > 0);
    return history.items[history.count - 1];
}

static struct suppression_list suppressions(void)
{
    struct suppression_list list;
    assert_true(suppression_find(db, &arena, &list, &err));
    return list;
}

/* ---- bounces and complaints ---- */

static void a_dead_address_is_off_every_list(void **state)
{
    (void)state;
    struct consent_origin origin = by(MEANS_DELIVERY, 300);
    subscribe("Ada@example.org", MEANS_COMMAND, 1, false);
    subscribe("ada@example.org", MEANS_COMMAND, 2, true);
    int64_t id = ada().id;
    for (int again = 0; again < 2; again++)
        assert_true(consent_bounce(db, id, "550 5.1.1", &origin, &err));
    struct subscriber s = ada();
    assert_int_equal(s.subscriptions[0].state, SUBSCRIPTION_BOUNCED);
    assert_int_equal(s.subscriptions[1].state, SUBSCRIPTION_BOUNCED);
    struct consent_event event = last_event(id);
    assert_string_equal(event.event, "bounced");
    assert_string_equal(event.note, "550 5.1.1");
    struct suppression_list list = suppressions();
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].address, "ada@example.org");
    assert_string_equal(list.items[0].reason, "bounced");
    assert_int_equal(subscribe("ada@example.org", MEANS_COMMAND, 1, false),
                     CONSENT_REFUSED);
}

static void a_complaint_ends_everything(void **state)
{
    (void)state;
    struct consent_origin origin = by(MEANS_MAIL, 300);
    subscribe("ada@example.org", MEANS_COMMAND, 1, false);
    assert_true(consent_complain(db, ada().id, NULL, &origin, &err));
    assert_int_equal(ada().subscriptions[0].state, SUBSCRIPTION_COMPLAINED);
    assert_string_equal(suppressions().items[0].reason, "complained");
}

static void someone_unknown_cannot_bounce(void **state)
{
    (void)state;
    struct consent_origin origin = by(MEANS_DELIVERY, 300);
    assert_false(consent_bounce(db, 99, NULL, &origin, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

/* ---- suppression ---- */

static void an_editor_suppresses_and_lifts(void **state)
{
    (void)state;
    struct consent_origin origin = by(MEANS_DELIVERY, 300);
    bool added;
    assert_true(suppression_add(db, STR("B@example.org"), SUPPRESSED_EDITOR,
                                "asked by phone", 5, &added, &err));
    assert_true(added);
    assert_true(suppression_add(db, STR("b@example.org"), SUPPRESSED_EDITOR,
                                NULL, 6, &added, &err));
    assert_false(added);
    assert_string_equal(suppressions().items[0].note, "asked by phone");
    assert_int_equal(suppressions().items[0].at, 5);
    subscribe("ada@example.org", MEANS_COMMAND, 1, false);
    assert_true(consent_bounce(db, ada().id, NULL, &origin, &err));
    assert_true(
        suppression_remove(db, STR("Ada@example.org"), keys, 400, &err));
    assert_int_equal(ada().subscriptions[0].state, SUBSCRIPTION_UNSUBSCRIBED);
    assert_string_equal(last_event(ada().id).event, "lifted");
    assert_int_equal(subscribe("ada@example.org", MEANS_IMPORT, 1, false),
                     CONSENT_REFUSED);
    assert_int_equal(subscribe("ada@example.org", MEANS_COMMAND, 1, false),
                     CONSENT_DONE);
    assert_true(suppression_remove(db, STR("b@example.org"), keys, 1, &err));
    assert_false(suppression_remove(db, STR("b@example.org"), keys, 1, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_false(suppression_add(db, STR("b"), SUPPRESSED_EDITOR, NULL, 5,
                                 &added, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

/* ---- confirming ---- */

static void confirming_makes_a_pending_one_active(void **state)
{
    (void)state;
    struct consent_origin origin = by(MEANS_PAGE, 300);
    enum consent_result result;
    subscribe("ada@example.org", MEANS_COMMAND, 1, true);
    int64_t id = ada().id;
    assert_true(consent_confirm(db, id, 2, 200, &origin, &result, &err));
    assert_int_equal(result, CONSENT_REFUSED);
    assert_true(consent_confirm(db, id, 1, 200, &origin, &result, &err));
    assert_int_equal(result, CONSENT_DONE);
    assert_int_equal(ada().subscriptions[0].state, SUBSCRIPTION_ACTIVE);
    assert_string_equal(last_event(id).event, "confirmed");
    assert_true(consent_confirm(db, id, 1, 200, &origin, &result, &err));
    assert_int_equal(result, CONSENT_ALREADY);
}

static enum consent_result confirm_ada(int64_t linked_at, int64_t now)
{
    struct consent_origin origin = by(MEANS_PAGE, now);
    enum consent_result result, before;
    assert_true(consent_may_confirm(db, ada().id, 1, linked_at, &origin,
                                    &before, &err));
    assert_true(
        consent_confirm(db, ada().id, 1, linked_at, &origin, &result, &err));
    assert_int_equal(result, before);
    return result;
}

static int64_t asked(void)
{
    return house_number(db, "SELECT asked_at FROM subscription");
}

static void a_link_is_good_for_its_days_alone(void **state)
{
    (void)state;
    subscribe("ada@example.org", MEANS_COMMAND, 1, true);
    int64_t at = asked();
    assert_int_equal(confirm_ada(at, at + CONSENT_CONFIRM_WITHIN_S + 1),
                     CONSENT_REFUSED);
    assert_int_equal(confirm_ada(at + 2 * CONSENT_CONFIRM_WITHIN_S, at),
                     CONSENT_REFUSED);
    assert_int_equal(confirm_ada(0, at), CONSENT_REFUSED);
    assert_int_equal(confirm_ada(at, at + CONSENT_CONFIRM_WITHIN_S),
                     CONSENT_DONE);
}

/* A person who left may ask again: the mail of the first time confirms
 * nothing. */
static void a_link_confirms_no_later_request(void **state)
{
    (void)state;
    enum consent_result result;
    struct consent_origin origin = by(MEANS_PAGE, 400);
    subscribe("ada@example.org", MEANS_COMMAND, 1, true);
    int64_t first = asked();
    assert_int_equal(confirm_ada(first, first + 1), CONSENT_DONE);
    assert_int_equal(confirm_ada(first, first + 1), CONSENT_ALREADY);
    assert_true(consent_unsubscribe(db, ada().id, 1, &origin, &result, &err));
    assert_int_equal(confirm_ada(first, 401), CONSENT_REFUSED);
    assert_int_equal(ada().subscriptions[0].state, SUBSCRIPTION_UNSUBSCRIBED);
    origin.now = 500;
    assert_true(consent_subscribe(db, STR("ada@example.org"), NULL, 1, NULL,
                                  true, &origin, &result, &err));
    assert_int_equal(confirm_ada(first, 501), CONSENT_REFUSED);
    assert_int_equal(confirm_ada(500, 501), CONSENT_DONE);
}

static void a_suppressed_address_confirms_nothing(void **state)
{
    (void)state;
    bool added;
    subscribe("ada@example.org", MEANS_COMMAND, 1, true);
    assert_true(suppression_add(db, STR("ada@example.org"), SUPPRESSED_EDITOR,
                                NULL, 300, &added, &err));
    assert_int_equal(confirm_ada(asked(), 301), CONSENT_REFUSED);
    assert_int_equal(ada().subscriptions[0].state, SUBSCRIPTION_PENDING);
}

/* A second mail has its own days, and they aren't ended under it. */
static void asking_again_gives_it_its_days_anew(void **state)
{
    (void)state;
    struct consent_origin origin = by(MEANS_PAGE, 0);
    enum consent_result result;
    size_t count;
    subscribe("ada@example.org", MEANS_COMMAND, 1, true);
    int64_t first = asked();
    origin.now = first + CONSENT_CONFIRM_WITHIN_S - 10;
    assert_true(consent_subscribe(db, STR("ada@example.org"), NULL, 1, NULL,
                                  true, &origin, &result, &err));
    assert_true(consent_expire(db, first + 20, origin.now, &count, &err));
    assert_int_equal(count, 0);
    assert_int_equal(confirm_ada(origin.now, origin.now + 60), CONSENT_DONE);
}

static void who_never_confirms_expires(void **state)
{
    (void)state;
    size_t count;
    subscribe("ada@example.org", MEANS_COMMAND, 1, true);
    subscribe("b@example.org", MEANS_COMMAND, 1, false);
    assert_true(consent_expire(db, 100, 500, &count, &err));
    assert_int_equal(count, 0);
    assert_true(consent_expire(db, 101, 500, &count, &err));
    assert_int_equal(count, 1);
    assert_int_equal(ada().subscription_count, 0);
    struct consent_event event = last_event(ada().id);
    assert_string_equal(event.event, "expired");
    assert_string_equal(event.means, "time");
}

/* ---- being forgotten ---- */

static int64_t mentions(const char *word)
{
    int64_t n = -1;
    struct stmt *count =
        db_stmt(db, "SELECT (SELECT count(*) FROM subscriber WHERE "
                    "    email || email_key || name || language LIKE ?1) + "
                    "(SELECT count(*) FROM consent_event "
                    "    WHERE client || note LIKE ?1) + "
                    "(SELECT count(*) FROM suppression "
                    "    WHERE address_key || note LIKE ?1)");
    stmt_bind_text(count, 1, word);
    assert_true(stmt_one_int(count, &n, &err));
    return n;
}

static void forget(int64_t id, const struct consent_origin *origin)
{
    struct consent_identity identity;
    assert_true(consent_identify(db, id, &arena, &identity, &err));
    assert_true(consent_forget(db, id, &identity, origin, &err));
}

static void forget_ada(void)
{
    struct consent_origin origin = by(MEANS_COMMAND, 300);
    subscribe("ada@example.org", MEANS_COMMAND, 1, false);
    struct subscriber s = ada();
    house_issue(db, 5, 1, 12, "sent");
    house_run(
        db, "INSERT INTO delivery (issue_id, subscriber_id, state, changed_at, "
            "    reply) SELECT 5, id, 'failed', 0, '' FROM subscriber");
    forget(s.id, &origin);
    forget(s.id, &origin);
    assert_true(consent_bounce(db, s.id, "550 ada", &origin, &err));
}

static void of_someone_forgotten_nothing_is_left_but_numbers(void **state)
{
    (void)state;
    struct roster_list list;
    struct roster_query query = {0};
    struct subscriber gone;
    int64_t deliveries;
    forget_ada();
    assert_int_equal(mentions("%ada%"), 0);
    assert_true(roster_find(db, &query, &arena, &list, &err));
    assert_int_equal(list.count, 0);
    assert_false(roster_get(db, "ada@example.org", &arena, &gone, &err));
    assert_true(stmt_one_int(db_stmt(db, "SELECT count(*) FROM delivery"),
                             &deliveries, &err));
    assert_int_equal(deliveries, 1);
    assert_int_equal(suppressions().count, 1);
    assert_string_equal(suppressions().items[0].address, "");
}

static void someone_forgotten_comes_back_by_confirming_alone(void **state)
{
    (void)state;
    struct consent_origin origin = by(MEANS_PAGE, 500);
    enum consent_result result;
    forget_ada();
    assert_int_equal(subscribe("ADA@example.org", MEANS_IMPORT, 1, false),
                     CONSENT_REFUSED);
    assert_int_equal(subscribe("ada@example.org", MEANS_IMPORT, 1, true),
                     CONSENT_REFUSED);
    assert_int_equal(subscribe("ada@example.org", MEANS_COMMAND, 1, false),
                     CONSENT_REFUSED);
    assert_non_null(strstr(err.text, "was erased here"));
    assert_int_equal(subscribe("ada@example.org", MEANS_COMMAND, 1, true),
                     CONSENT_DONE);
    assert_int_equal(suppressions().count, 1);
    assert_true(consent_confirm(db, ada().id, 1, 500, &origin, &result, &err));
    assert_int_equal(result, CONSENT_DONE);
    assert_int_equal(suppressions().count, 0);
}

static void an_editor_may_say_that_they_want_to_be_back(void **state)
{
    (void)state;
    forget_ada();
    assert_true(suppression_readmit(db, "ada@example.org", keys, &err));
    assert_int_equal(subscribe("ada@example.org", MEANS_COMMAND, 1, false),
                     CONSENT_DONE);
    assert_int_equal(suppressions().count, 0);
}

/* The hash takes the place of the plain row, and of the server's words. */
static void who_had_complained_stays_suppressed_by_the_hash_alone(void **state)
{
    (void)state;
    struct consent_origin origin = by(MEANS_MAIL, 300);
    subscribe("ada@example.org", MEANS_COMMAND, 1, false);
    struct subscriber s = ada();
    assert_true(consent_complain(db, s.id, "ada said so", &origin, &err));
    forget(s.id, &origin);
    assert_int_equal(mentions("%ada%"), 0);
    assert_int_equal(suppressions().count, 1);
    assert_string_equal(suppressions().items[0].reason, SUPPRESSED_COMPLAINED);
    assert_true(suppression_readmit(db, "ada@example.org", keys, &err));
    assert_int_equal(subscribe("ada@example.org", MEANS_COMMAND, 1, true),
                     CONSENT_REFUSED);
    assert_int_equal(subscribe("ada@example.org", MEANS_IMPORT, 1, false),
                     CONSENT_REFUSED);
    assert_true(suppression_remove(db, STR("ada@example.org"), keys, 9, &err));
    assert_int_equal(subscribe("ada@example.org", MEANS_COMMAND, 1, false),
                     CONSENT_DONE);
}

static void an_address_that_they_had_before_brings_nobody_back(void **state)
{
    (void)state;
    struct consent_origin origin = by(MEANS_COMMAND, 300);
    struct consent_edit edit = {.email = "countess@example.org"};
    bool changed;
    subscribe("ada@example.org", MEANS_COMMAND, 1, false);
    struct subscriber s = ada();
    assert_true(consent_edit(db, s.id, &edit, &origin, &changed, &err));
    forget(s.id, &origin);
    assert_int_equal(suppressions().count, 2);
    assert_int_equal(subscribe("ada@example.org", MEANS_IMPORT, 1, false),
                     CONSENT_REFUSED);
    assert_int_equal(subscribe("countess@example.org", MEANS_IMPORT, 1, false),
                     CONSENT_REFUSED);
}

static void edit_address(int64_t id, const char *email)
{
    struct consent_origin origin = by(MEANS_COMMAND, 300);
    struct consent_edit edit = {.email = email};
    bool changed;
    if (!consent_edit(db, id, &edit, &origin, &changed, &err))
        fail_msg("%s", err.text);
}

static void import(const char *text, struct subscriber_import_report *report)
{
    struct subscriber_import_options options = {.newsletter_id = 1,
                                                .keys = keys};
    *report = (struct subscriber_import_report){0};
    assert_true(subscriber_import_text(db, str_of(text), "l.csv", &options,
                                       report, &err));
}

/* An old list would mail them under an address that they gave up, and there
 * is no leaving on record. */
static void an_import_knows_an_address_that_was_given_up(void **state)
{
    (void)state;
    struct subscriber_import_report report;
    subscribe("ada@example.org", MEANS_COMMAND, 1, false);
    int64_t id = ada().id;
    edit_address(id, "Countess@example.org");
    import("email\nAda@example.org\ncountess@example.org\n", &report);
    assert_int_equal(report.refused, 1);
    assert_int_equal(report.unchanged, 1);
    struct consent_origin origin = by(MEANS_PAGE, 400);
    enum consent_result result;
    assert_true(consent_unsubscribe(db, id, 0, &origin, &result, &err));
    import("email\nada@example.org\ncountess@example.org\n", &report);
    assert_int_equal(report.refused, 2);
    import("email,state\nada@example.org,unsubscribed\n", &report);
    assert_int_equal(report.added, 1);
}

/* Whoever takes it back, or adds it on purpose, has it as any other. */
static void an_address_that_was_given_up_can_be_had_again(void **state)
{
    (void)state;
    struct subscriber_import_report report;
    subscribe("ada@example.org", MEANS_COMMAND, 1, false);
    int64_t id = ada().id;
    edit_address(id, "countess@example.org");
    edit_address(id, "ada@example.org");
    import("email\nada@example.org\n", &report);
    assert_int_equal(report.unchanged, 1);
    assert_int_equal(subscribe("countess@example.org", MEANS_IMPORT, 1, false),
                     CONSENT_REFUSED);
    assert_int_equal(subscribe("countess@example.org", MEANS_COMMAND, 1, false),
                     CONSENT_DONE);
    import("email\ncountess@example.org\n", &report);
    assert_int_equal(report.unchanged, 1);
}

static void an_import_file_does_not_bring_them_back(void **state)
{
    (void)state;
    struct subscriber_import_options options = {.newsletter_id = 1,
                                                .keys = keys};
    struct subscriber_import_report report = {0};
    forget_ada();
    assert_true(subscriber_import_text(
        db, STR("email\nAda@Example.org\nb@example.org\n"), "l.csv", &options,
        &report, &err));
    assert_int_equal(report.refused, 1);
    assert_int_equal(report.added, 1);
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        FRESH(a_dead_address_is_off_every_list),
        FRESH(a_complaint_ends_everything),
        FRESH(someone_unknown_cannot_bounce),
        FRESH(an_editor_suppresses_and_lifts),
        FRESH(confirming_makes_a_pending_one_active),
        FRESH(a_link_is_good_for_its_days_alone),
        FRESH(a_link_confirms_no_later_request),
        FRESH(a_suppressed_address_confirms_nothing),
        FRESH(asking_again_gives_it_its_days_anew),
        FRESH(who_never_confirms_expires),
        FRESH(of_someone_forgotten_nothing_is_left_but_numbers),
        FRESH(someone_forgotten_comes_back_by_confirming_alone),
        FRESH(an_editor_may_say_that_they_want_to_be_back),
        FRESH(who_had_complained_stays_suppressed_by_the_hash_alone),
        FRESH(an_address_that_they_had_before_brings_nobody_back),
        FRESH(an_import_knows_an_address_that_was_given_up),
        FRESH(an_address_that_was_given_up_can_be_had_again),
        FRESH(an_import_file_does_not_bring_them_back),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
