#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/random.h"
#include "digest/delivery/retry.h"

enum { HOUR = 3600, DAY = 86400, YEAR = 365 * DAY, NOW = 1795000000 };

static void delays_grow_and_stay_below_their_span(void **state)
{
    (void)state;
    random_hold(1);
    assert_in_range(retry_delay(0), 240, 360);
    assert_in_range(retry_delay(1), 480, 720);
    for (int64_t tries = 0; tries < 100; tries++)
        assert_in_range(retry_delay(tries), 240, RETRY_SPAN_S);
}

static void time_and_tries_together_give_up(void **state)
{
    (void)state;
    int64_t enough = retry_tries(2 * DAY);
    assert_int_equal(enough, 2);
    assert_true(retry_is_over(NOW, enough, 2 * DAY, NOW + 2 * DAY));
    assert_false(retry_is_over(NOW, enough, 2 * DAY, NOW + 2 * DAY - 1));
    assert_false(retry_is_over(NOW, enough - 1, 2 * DAY, NOW + 2 * DAY));
}

static void
a_clock_that_jumps_gives_nothing_up_that_was_hardly_tried(void **state)
{
    (void)state;
    assert_false(retry_is_over(NOW, 0, 2 * DAY, NOW + YEAR));
    assert_false(retry_is_over(NOW, 1, 2 * DAY, NOW + YEAR));
}

static void a_first_try_to_come_waits_for_no_clock(void **state)
{
    (void)state;
    assert_false(retry_is_over(NOW + YEAR, 3, 2 * DAY, NOW));
    assert_true(retry_is_over(NOW + YEAR, 17, 2 * DAY, NOW));
}

static void a_short_time_asks_for_few_tries(void **state)
{
    (void)state;
    assert_true(retry_is_over(NOW, 0, 0, NOW));
    assert_true(retry_is_over(NOW, 1, 60, NOW + 60));
    assert_true(retry_is_over(NOW, 3, HOUR, NOW + HOUR));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delays_grow_and_stay_below_their_span),
        cmocka_unit_test(time_and_tries_together_give_up),
        cmocka_unit_test(
            a_clock_that_jumps_gives_nothing_up_that_was_hardly_tried),
        cmocka_unit_test(a_first_try_to_come_waits_for_no_clock),
        cmocka_unit_test(a_short_time_asks_for_few_tries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
