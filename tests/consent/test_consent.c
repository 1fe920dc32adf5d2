#include "subscribers/consent/apply_internal.h"
#include "subscribers/consent/consent.h"
#include "subscribers/consent/transition_internal.h"
#include "tests/support/house.h"

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
    house_issue(db, 5, 1, 12, "sent");
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    db_release(&db);
    return 0;
}

/* ---- the table ---- */

/* Every pair, written as what comes after it: the first letter of the new
 * state, n for none, = for as it was, ! for refused. In the order import,
 * add, ask, confirm, leave, return, bounce, complain, expire, lift, import as
 * unsubscribed, as bounced, as complained. */
static const char *const expected[CONSENT_STATE_COUNT] = {
    [SUBSCRIPTION_NONE] = "aap!=!====ubc",
    [SUBSCRIPTION_PENDING] = "=a=au!bcn=ubc",
    [SUBSCRIPTION_ACTIVE] = "====u=bc==ubc",
    [SUBSCRIPTION_UNSUBSCRIBED] = "!ap!=a=c====c",
    [SUBSCRIPTION_BOUNCED] = "!!!!u!=c=u==c",
    [SUBSCRIPTION_COMPLAINED] = "!!!!=!===u===",
};

static int64_t someone_in(int in_state)
{
    static int serial;
    OWNED(mem_free) char *key = mem_format("s%d@example.org", serial++);
    int64_t id;
    bool added;
    assert_true(roster_add(db, key, key, "", 0, &id, &added, &err));
    if (in_state != SUBSCRIPTION_NONE)
        assert_true(roster_set_state(
            db, 1, id, (enum subscription_state)in_state, 1, &err));
    return id;
}

static char outcome(enum consent_result result, const struct roster_state *s)
{
    if (result == CONSENT_ALREADY)
        return '=';
    if (result == CONSENT_REFUSED)
        return '!';
    return s->exists ? subscription_state_name(s->state)[0] : 'n';
}

static void check_pair(int in_state, enum consent_action action)
{
    const struct consent_origin origin = {.means = MEANS_COMMAND, .now = 2};
    struct consent_change change = {
        .subscriber_id = someone_in(in_state),
        .newsletter_id = 1,
        .action = action,
        .origin = &origin,
    };
    enum consent_result result;
    struct roster_state before, after;
    struct consent_history history;
    assert_true(roster_get_state(db, 1, change.subscriber_id, &before, &err));
    assert_true(consent_apply(db, &change, &result, &err));
    assert_true(roster_get_state(db, 1, change.subscriber_id, &after, &err));
    assert_true(
        consent_history(db, change.subscriber_id, &arena, &history, &err));
    char was = expected[in_state][action], is = outcome(result, &after);
    if (was != is)
        fail_msg("state %d, action %d: %c, not %c", in_state, action, is, was);
    assert_int_equal(history.count, result == CONSENT_DONE);
    if (result == CONSENT_DONE) {
        assert_string_equal(history.items[0].event,
                            consent_action_event(action));
        return;
    }
    assert_int_equal(before.exists, after.exists);
    assert_int_equal(before.state, after.state);
    assert_int_equal(before.since, after.since);
}

static void every_state_and_event_end_as_the_table_has_it(void **state)
{
    (void)state;
    for (int in_state = 0; in_state < CONSENT_STATE_COUNT; in_state++)
        for (int action = 0; action < CONSENT_ACTION_COUNT; action++)
            check_pair(in_state, (enum consent_action)action);
}

/* ---- coming ---- */

static enum consent_result subscribe(const char *email, const char *means,
                                     bool pending)
{
    struct consent_origin origin = {.means = means, .now = 100};
    enum consent_result result;
    if (!consent_subscribe(db, str_of(email), "A Name", 1, "World", pending,
                           &origin, &result, &err))
        fail_msg("%s", err.text);
    return result;
}

static struct subscriber get(const char *key)
{
    struct subscriber s;
    if (!roster_get(db, key, &arena, &s, &err))
        fail_msg("%s", err.text);
    return s;
}

static void leave(const char *key, int64_t newsletter, int64_t at)
{
    struct consent_origin origin = {.means = MEANS_PAGE, .now = at};
    enum consent_result result;
    assert_true(consent_unsubscribe(db, get(key).id, newsletter, &origin,
                                    &result, &err));
}

static void a_new_address_is_subscribed_with_its_record(void **state)
{
    (void)state;
    struct consent_history history;
    assert_int_equal(subscribe(" Ada@Example.org", MEANS_COMMAND, false),
                     CONSENT_DONE);
    struct subscriber s = get("ada@example.org");
    assert_string_equal(s.email, "Ada@example.org");
    assert_string_equal(s.name, "A Name");
    assert_int_equal(s.subscription_count, 1);
    assert_int_equal(s.subscriptions[0].state, SUBSCRIPTION_ACTIVE);
    assert_string_equal(s.subscriptions[0].categories, "World");
    assert_int_equal(s.subscriptions[0].since, 100);
    assert_true(consent_history(db, s.id, &arena, &history, &err));
    assert_int_equal(history.count, 1);
    assert_string_equal(history.items[0].event, "subscribed");
    assert_string_equal(history.items[0].means, "command");
    assert_string_equal(history.items[0].newsletter, "weekly");
    assert_string_equal(history.items[0].issue, "");
    assert_int_equal(history.items[0].at, 100);
    assert_int_equal(subscribe("ada@example.org", MEANS_COMMAND, false),
                     CONSENT_ALREADY);
}

static void someone_pending_waits(void **state)
{
    (void)state;
    assert_int_equal(subscribe("a@example.org", MEANS_COMMAND, true),
                     CONSENT_DONE);
    assert_int_equal(get("a@example.org").subscriptions[0].state,
                     SUBSCRIPTION_PENDING);
    assert_int_equal(subscribe("b@example.org", MEANS_IMPORT, true),
                     CONSENT_DONE);
    assert_int_equal(get("b@example.org").subscriptions[0].state,
                     SUBSCRIPTION_PENDING);
}

static void a_bad_address_is_refused_and_leaves_nothing(void **state)
{
    (void)state;
    struct consent_origin origin = {.means = MEANS_COMMAND};
    enum consent_result result;
    int64_t n = -1;
    assert_false(consent_subscribe(db, STR("not an address"), NULL, 1, NULL,
                                   false, &origin, &result, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_true(
        stmt_one_int(db_stmt(db, "SELECT count(*) FROM subscriber"), &n, &err));
    assert_int_equal(n, 0);
}

static void an_import_brings_back_nobody_who_left(void **state)
{
    (void)state;
    subscribe("a@example.org", MEANS_COMMAND, false);
    leave("a@example.org", 1, 200);
    assert_int_equal(subscribe("a@example.org", MEANS_IMPORT, false),
                     CONSENT_REFUSED);
    assert_non_null(strstr(err.text, "a@example.org: unsubscribed"));
    assert_int_equal(subscribe("a@example.org", MEANS_IMPORT, true),
                     CONSENT_REFUSED);
    assert_int_equal(get("a@example.org").subscriptions[0].state,
                     SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(subscribe("a@example.org", MEANS_COMMAND, false),
                     CONSENT_DONE);
}

static void asking_again_and_not_confirming_is_still_having_left(void **state)
{
    (void)state;
    subscribe("a@example.org", MEANS_COMMAND, false);
    leave("a@example.org", 1, 200);
    subscribe("a@example.org", MEANS_COMMAND, true);
    const struct consent_origin origin = {.means = MEANS_COMMAND, .now = 9};
    struct consent_change change = {.subscriber_id = get("a@example.org").id,
                                    .newsletter_id = 1,
                                    .action = CONSENT_EXPIRE,
                                    .origin = &origin};
    enum consent_result result;
    assert_true(consent_apply(db, &change, &result, &err));
    assert_int_equal(subscribe("a@example.org", MEANS_IMPORT, false),
                     CONSENT_REFUSED);
}

static void a_suppressed_address_is_refused_by_any_means(void **state)
{
    (void)state;
    int64_t n = -1;
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('a@example.org', 'complained', 0)");
    assert_int_equal(subscribe("A@example.org", MEANS_IMPORT, false),
                     CONSENT_REFUSED);
    assert_int_equal(subscribe("A@example.org", MEANS_COMMAND, false),
                     CONSENT_REFUSED);
    assert_non_null(strstr(err.text, "suppression list"));
    assert_true(
        stmt_one_int(db_stmt(db, "SELECT count(*) FROM subscriber"), &n, &err));
    assert_int_equal(n, 0);
}

static void a_name_is_stored_as_one_clean_line(void **state)
{
    (void)state;
    struct consent_origin origin = {.means = MEANS_COMMAND};
    enum consent_result result;
    assert_true(consent_subscribe(db, STR("a@example.org"),
                                  " Ada\r\nBcc: x\x02greeting\x03 ", 1, NULL,
                                  false, &origin, &result, &err));
    assert_string_equal(get("a@example.org").name, "Ada Bcc: xgreeting");
}

/* ---- leaving ---- */

static void leaving_is_recorded_with_its_issue_and_client(void **state)
{
    (void)state;
    struct consent_history history;
    struct consent_origin origin = {.means = MEANS_ONE_CLICK,
                                    .issue_id = 5,
                                    .client = "192.0.2.7",
                                    .now = 300};
    enum consent_result result;
    subscribe("a@example.org", MEANS_COMMAND, false);
    int64_t id = get("a@example.org").id;
    assert_true(consent_unsubscribe(db, id, 1, &origin, &result, &err));
    assert_int_equal(result, CONSENT_DONE);
    assert_true(consent_unsubscribe(db, id, 1, &origin, &result, &err));
    assert_int_equal(result, CONSENT_ALREADY);
    assert_int_equal(get("a@example.org").subscriptions[0].since, 300);
    assert_true(consent_history(db, id, &arena, &history, &err));
    assert_int_equal(history.count, 2);
    assert_string_equal(history.items[1].event, "unsubscribed");
    assert_string_equal(history.items[1].means, "one-click");
    assert_string_equal(history.items[1].issue, "weekly/12");
    assert_string_equal(history.items[1].client, "192.0.2.7");
}

static void leaving_works_when_the_issue_is_gone(void **state)
{
    (void)state;
    struct consent_origin origin = {.means = MEANS_PAGE, .issue_id = 999};
    enum consent_result result;
    subscribe("a@example.org", MEANS_COMMAND, false);
    assert_true(consent_unsubscribe(db, get("a@example.org").id, 1, &origin,
                                    &result, &err));
    assert_int_equal(result, CONSENT_DONE);
}

static void leaving_one_newsletter_leaves_the_others(void **state)
{
    (void)state;
    subscribe("a@example.org", MEANS_COMMAND, false);
    int64_t id = get("a@example.org").id;
    assert_true(roster_set_state(db, 2, id, SUBSCRIPTION_ACTIVE, 1, &err));
    leave("a@example.org", 1, 200);
    struct subscriber s = get("a@example.org");
    assert_int_equal(s.subscriptions[0].state, SUBSCRIPTION_ACTIVE);
    assert_int_equal(s.subscriptions[1].state, SUBSCRIPTION_UNSUBSCRIBED);
}

static void leaving_everything_is_one_event(void **state)
{
    (void)state;
    struct consent_history history;
    subscribe("a@example.org", MEANS_COMMAND, false);
    int64_t id = get("a@example.org").id;
    assert_true(roster_set_state(db, 2, id, SUBSCRIPTION_PENDING, 1, &err));
    leave("a@example.org", 0, 200);
    leave("a@example.org", 0, 201);
    struct subscriber s = get("a@example.org");
    assert_int_equal(s.subscriptions[0].state, SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(s.subscriptions[1].state, SUBSCRIPTION_UNSUBSCRIBED);
    assert_true(consent_history(db, id, &arena, &history, &err));
    assert_int_equal(history.count, 2);
    assert_string_equal(history.items[1].newsletter, "");
}

static void someone_unknown_cannot_leave(void **state)
{
    (void)state;
    struct consent_origin origin = {.means = MEANS_COMMAND};
    enum consent_result result;
    assert_false(consent_unsubscribe(db, 77, 1, &origin, &result, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void leaving_can_be_taken_back_while_it_is_fresh(void **state)
{
    (void)state;
    struct consent_origin origin = {.means = MEANS_PAGE,
                                    .now = 200 + CONSENT_RETURN_WITHIN_S};
    enum consent_result result;
    bool may;
    subscribe("a@example.org", MEANS_COMMAND, false);
    leave("a@example.org", 1, 200);
    int64_t id = get("a@example.org").id;
    assert_true(consent_may_return(db, id, 1, origin.now, &may, &err));
    assert_true(may);
    assert_true(consent_may_return(db, id, 1, origin.now + 1, &may, &err));
    assert_false(may);
    origin.now++;
    assert_true(consent_return(db, id, 1, &origin, &result, &err));
    assert_int_equal(result, CONSENT_REFUSED);
    origin.now--;
    assert_true(consent_return(db, id, 1, &origin, &result, &err));
    assert_int_equal(result, CONSENT_DONE);
    assert_int_equal(get("a@example.org").subscriptions[0].state,
                     SUBSCRIPTION_ACTIVE);
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        FRESH(every_state_and_event_end_as_the_table_has_it),
        FRESH(a_new_address_is_subscribed_with_its_record),
        FRESH(someone_pending_waits),
        FRESH(a_bad_address_is_refused_and_leaves_nothing),
        FRESH(an_import_brings_back_nobody_who_left),
        FRESH(asking_again_and_not_confirming_is_still_having_left),
        FRESH(a_suppressed_address_is_refused_by_any_means),
        FRESH(a_name_is_stored_as_one_clean_line),
        FRESH(leaving_is_recorded_with_its_issue_and_client),
        FRESH(leaving_works_when_the_issue_is_gone),
        FRESH(leaving_one_newsletter_leaves_the_others),
        FRESH(leaving_everything_is_one_event),
        FRESH(someone_unknown_cannot_leave),
        FRESH(leaving_can_be_taken_back_while_it_is_fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
