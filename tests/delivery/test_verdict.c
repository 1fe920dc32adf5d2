/* Shows what a sender's result makes of a message that waited in a queue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "digest/base/random.h"
#include "digest/delivery/verdict_internal.h"

enum { NOW = 1795000000, HOUR = 3600, DAY = 24 * HOUR };

static const struct verdict_rule issue = {.give_up_after = 2 * DAY};
static const struct verdict_rule outbox = {.give_up_after = 2 * DAY,
                                           .is_short = true};

static struct sender_result refused(enum sender_outcome outcome, int code,
                                    const char *reply)
{
    return (struct sender_result){.id = 1,
                                  .outcome = outcome,
                                  .stage = STAGE_RCPT,
                                  .code = code,
                                  .reply = reply,
                                  .relay = "relay:25"};
}

static struct queue_outcome decide(const struct verdict_rule *rule,
                                   const struct queue_item *item,
                                   const struct sender_result *r, bool took)
{
    struct queue_outcome out = {.now = NOW};
    random_hold(7);
    verdict_decide(rule, item, r, took, &out);
    return out;
}

static const struct queue_item fresh = {.id = 1, .first_at = NOW};

static void a_message_that_was_taken_is_sent(void **state)
{
    (void)state;
    struct sender_result r = refused(SENDER_SENT, 250, "queued as 7");
    struct queue_outcome out = decide(&issue, &fresh, &r, false);
    assert_int_equal(out.state, DELIVERY_SENT);
    assert_true(out.attempted);
    assert_int_equal(out.first_at, NOW);
    assert_string_equal(out.relay, "relay:25");
}

static void a_deferred_message_waits_five_minutes_first(void **state)
{
    (void)state;
    struct sender_result r = refused(SENDER_DEFERRED, 451, "later");
    struct queue_outcome out = decide(&issue, &fresh, &r, false);
    assert_int_equal(out.state, DELIVERY_DEFERRED);
    assert_in_range(out.next_at, NOW + 240, NOW + 360);
}

static void each_wait_is_longer_up_to_four_hours(void **state)
{
    (void)state;
    struct sender_result r = refused(SENDER_DEFERRED, 451, "later");
    int64_t before = 0;
    for (int64_t tries = 0; tries < 12; tries++) {
        struct queue_item item = {.id = 1, .first_at = NOW, .attempts = tries};
        int64_t wait = decide(&issue, &item, &r, false).next_at - NOW;
        assert_true(wait > before || wait > 3 * HOUR);
        assert_in_range(wait, 240, 4 * HOUR * 6 / 5);
        before = wait;
    }
}

static void the_last_try_comes_when_the_time_is_up(void **state)
{
    (void)state;
    struct sender_result r = refused(SENDER_DEFERRED, 451, "later");
    struct queue_item item = {
        .id = 1, .first_at = NOW - 2 * DAY + HOUR, .attempts = 20};
    struct queue_outcome out = decide(&issue, &item, &r, false);
    assert_int_equal(out.state, DELIVERY_DEFERRED);
    assert_int_equal(out.next_at, NOW + HOUR);
    item.first_at = NOW - 2 * DAY;
    assert_int_equal(decide(&issue, &item, &r, false).state, DELIVERY_FAILED);
}

static void no_answer_is_tried_once_more(void **state)
{
    (void)state;
    struct sender_result r = refused(SENDER_UNKNOWN, 0, "");
    struct queue_item item = fresh;
    struct queue_outcome out = decide(&issue, &item, &r, false);
    assert_int_equal(out.state, DELIVERY_DEFERRED);
    assert_true(out.unknown);
    assert_int_equal(out.next_at, NOW + HOUR / 2);
    item.unknowns = 1;
    assert_int_equal(decide(&issue, &item, &r, false).state, DELIVERY_FAILED);
}

static void a_message_that_was_not_offered_keeps_its_place(void **state)
{
    (void)state;
    struct sender_result r = refused(SENDER_RETURNED, 0, "");
    struct queue_item item = {.id = 1, .next_at = NOW - 60};
    struct queue_outcome out = decide(&outbox, &item, &r, false);
    assert_int_equal(out.state, DELIVERY_QUEUED);
    assert_int_equal(out.next_at, NOW - 60);
    assert_false(out.attempted);
    assert_int_equal(out.first_at, 0);
}

static void a_refusal_that_came_back_stands_behind_all_that_is_due(void **state)
{
    (void)state;
    struct sender_result r = refused(SENDER_RETURNED, 554, "no");
    struct queue_item item = {.id = 1, .next_at = NOW - 60};
    struct queue_outcome out = decide(&outbox, &item, &r, false);
    assert_int_equal(out.state, DELIVERY_QUEUED);
    assert_int_equal(out.next_at, NOW);
    assert_false(out.attempted);
    item.attempts = 1;
    item.first_at = NOW - HOUR;
    assert_int_equal(decide(&outbox, &item, &r, false).state,
                     DELIVERY_DEFERRED);
}

static void it_stands_where_the_relay_took_others_since(void **state)
{
    (void)state;
    struct sender_result r = refused(SENDER_RETURNED, 550, "no such user");
    struct queue_item item = {.id = 1, .first_at = NOW, .refused_at = NOW - 9};
    int64_t since = 0;
    assert_true(verdict_asks(&issue, &item, &r, NOW, &since));
    assert_int_equal(since, NOW - 8);
    struct queue_outcome out = decide(&issue, &item, &r, true);
    assert_int_equal(out.state, DELIVERY_FAILED);
    assert_true(out.attempted);
    item.refused_at = 0;
    assert_false(verdict_asks(&issue, &item, &r, NOW, &since));
}

static void a_short_queue_asks_whether_the_relay_takes_others(void **state)
{
    (void)state;
    struct sender_result policy = refused(SENDER_FAILED, 554, "go away");
    struct sender_result address = refused(SENDER_FAILED, 550, "no such user");
    snprintf(address.status, sizeof address.status, "5.1.1");
    int64_t since = 0;
    assert_true(verdict_asks(&outbox, &fresh, &policy, NOW, &since));
    assert_int_equal(since, NOW - HOUR);
    assert_false(verdict_asks(&issue, &fresh, &policy, NOW, &since));
    assert_false(verdict_asks(&outbox, &fresh, &address, NOW, &since));
    assert_int_equal(decide(&outbox, &fresh, &policy, false).state,
                     DELIVERY_DEFERRED);
    assert_int_equal(decide(&outbox, &fresh, &policy, true).state,
                     DELIVERY_FAILED);
    assert_int_equal(decide(&outbox, &fresh, &address, false).state,
                     DELIVERY_FAILED);
    assert_int_equal(decide(&issue, &fresh, &policy, false).state,
                     DELIVERY_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_that_was_taken_is_sent),
        cmocka_unit_test(a_deferred_message_waits_five_minutes_first),
        cmocka_unit_test(each_wait_is_longer_up_to_four_hours),
        cmocka_unit_test(the_last_try_comes_when_the_time_is_up),
        cmocka_unit_test(no_answer_is_tried_once_more),
        cmocka_unit_test(a_message_that_was_not_offered_keeps_its_place),
        cmocka_unit_test(
            a_refusal_that_came_back_stands_behind_all_that_is_due),
        cmocka_unit_test(it_stands_where_the_relay_took_others_since),
        cmocka_unit_test(a_short_queue_asks_whether_the_relay_takes_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
