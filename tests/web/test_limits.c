#include "digest/base/clock.h"
#include "digest/web/limits.h"
#include "tests/support/house.h"

enum { NOW = 1764054000, HOUR = 3600, DAY = 24 * HOUR };

static struct token_keys *keys;

static int begin(void **state)
{
    keys = house_keys();
    *state = limits_new(keys);
    return 0;
}

static int end(void **state)
{
    limits_free(*state);
    token_keys_free(keys);
    return 0;
}

/* How many more there are to take at once. */
static int left(struct limits *limits, enum limit limit, const char *who,
                int64_t now)
{
    int count = 0;
    clock_hold_monotonic(now * 1000);
    while (count < 1000 && limits_take(limits, limit, who))
        count++;
    return count;
}

static void so_many_and_no_more(void **state)
{
    assert_int_equal(left(*state, LIMIT_CLIENT, "192.0.2.7", NOW), 30);
    assert_int_equal(left(*state, LIMIT_CLIENT, "192.0.2.7", NOW), 0);
    assert_int_equal(left(*state, LIMIT_ADDRESS, "a@example.org", NOW), 5);
    assert_int_equal(left(*state, LIMIT_ADDRESS, "a@example.org", NOW), 0);
}

static void nobody_pays_for_another(void **state)
{
    assert_int_equal(left(*state, LIMIT_CLIENT, "192.0.2.7", NOW), 30);
    assert_int_equal(left(*state, LIMIT_CLIENT, "192.0.2.8", NOW), 30);
    assert_int_equal(left(*state, LIMIT_ADDRESS, "192.0.2.7", NOW), 5);
}

static void an_ipv6_network_is_one_client(void **state)
{
    assert_int_equal(left(*state, LIMIT_CLIENT, "2001:db8:1:2::1", NOW), 30);
    assert_int_equal(left(*state, LIMIT_CLIENT, "2001:db8:1:2:ffff::9", NOW),
                     0);
    assert_int_equal(left(*state, LIMIT_CLIENT, "2001:db8:1:3::1", NOW), 30);
}

static void what_was_taken_comes_back_with_time(void **state)
{
    assert_int_equal(left(*state, LIMIT_CLIENT, "192.0.2.7", NOW), 30);
    assert_int_equal(
        left(*state, LIMIT_CLIENT, "192.0.2.7", NOW + HOUR / 30 - 1), 0);
    assert_int_equal(left(*state, LIMIT_CLIENT, "192.0.2.7", NOW + HOUR / 30),
                     1);
    assert_int_equal(left(*state, LIMIT_CLIENT, "192.0.2.7", NOW + 2 * HOUR),
                     30);
    assert_int_equal(left(*state, LIMIT_ADDRESS, "a@example.org", NOW), 5);
    assert_int_equal(
        left(*state, LIMIT_ADDRESS, "a@example.org", NOW + DAY / 5), 1);
}

static void a_refusal_costs_nothing(void **state)
{
    assert_int_equal(left(*state, LIMIT_CLIENT, "192.0.2.7", NOW), 30);
    for (int i = 0; i < 1000; i++)
        assert_false(limits_take(*state, LIMIT_CLIENT, "192.0.2.7"));
    clock_hold_monotonic((int64_t)(NOW + HOUR / 30) * 1000);
    assert_true(limits_take(*state, LIMIT_CLIENT, "192.0.2.7"));
}

static void a_wall_clock_that_is_set_right_locks_nobody_out(void **state)
{
    clock_hold((int64_t)NOW + 365 * DAY);
    assert_int_equal(left(*state, LIMIT_SIGN_IN_CLIENT, "192.0.2.7", NOW), 10);
    clock_hold(NOW);
    assert_int_equal(
        left(*state, LIMIT_SIGN_IN_CLIENT, "192.0.2.7", NOW + HOUR), 10);
    clock_hold(-1);
}

/* Each check of a password holds everybody else up. */
static void few_passwords_are_tried_in_a_row_from_wherever(void **state)
{
    assert_int_equal(left(*state, LIMIT_SIGN_IN_ALL, "", NOW), 6);
    assert_int_equal(left(*state, LIMIT_SIGN_IN_ALL, "", NOW + 1), 1);
    assert_int_equal(left(*state, LIMIT_SIGN_IN_ALL, "", NOW + 60), 6);
}

static void without_limits_nothing_is_refused(void **state)
{
    (void)state;
    assert_int_equal(left(NULL, LIMIT_CLIENT, "192.0.2.7", NOW), 1000);
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(so_many_and_no_more),
        FRESH(nobody_pays_for_another),
        FRESH(an_ipv6_network_is_one_client),
        FRESH(what_was_taken_comes_back_with_time),
        FRESH(a_refusal_costs_nothing),
        FRESH(a_wall_clock_that_is_set_right_locks_nobody_out),
        FRESH(few_passwords_are_tried_in_a_row_from_wherever),
        FRESH(without_limits_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
