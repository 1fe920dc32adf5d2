#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"

static void the_environment_holds_random_and_clock_still(void **state)
{
    (void)state;
    unsigned char from_seed[40], again[40];
    random_bytes(from_seed, sizeof from_seed);
    random_hold(42);
    random_bytes(again, sizeof again);
    assert_memory_equal(from_seed, again, sizeof again);
    assert_int_equal(clock_now(), 1795158000);
}

static void a_seed_gives_the_same_bytes_in_any_portions(void **state)
{
    (void)state;
    unsigned char whole[64], parts[64];
    random_hold(7);
    random_bytes(whole, sizeof whole);
    random_hold(7);
    random_bytes(parts, 1);
    random_bytes(parts + 1, 0);
    random_bytes(parts + 1, 63);
    assert_memory_equal(whole, parts, sizeof whole);
    random_hold(8);
    random_bytes(parts, sizeof parts);
    assert_memory_not_equal(whole, parts, sizeof whole);
}

static void a_number_below_stays_below_and_reaches_all(void **state)
{
    (void)state;
    random_hold(1);
    unsigned count[7] = {0};
    for (int i = 0; i < 7000; i++) {
        uint32_t n = random_below(7);
        assert_true(n < 7);
        count[n]++;
    }
    for (size_t i = 0; i < ARRAY_SIZE(count); i++)
        assert_in_range(count[i], 850, 1150);
    for (int i = 0; i < 100; i++)
        assert_int_equal(random_below(1), 0);
}

static void no_number_is_likelier_than_another(void **state)
{
    (void)state;
    random_hold(1);
    /* Three quarters of what 32 bits hold: a plain remainder would give the
     * lowest third twice as often. */
    uint32_t third = UINT32_C(1) << 30;
    unsigned low = 0;
    for (int i = 0; i < 6000; i++)
        low += random_below(3 * third) < third;
    assert_in_range(low, 1850, 2150);
}

static void the_clock_stands_where_it_is_held(void **state)
{
    (void)state;
    clock_hold(1000);
    assert_int_equal(clock_now(), 1000);
    assert_int_equal(clock_now(), 1000);
    clock_hold(0);
    assert_int_equal(clock_now(), 0);
    clock_hold(-1);
    assert_true(clock_now() > 1700000000);
}

static void monotonic_time_never_goes_back(void **state)
{
    (void)state;
    clock_hold(1000);
    int64_t before = clock_monotonic_ms();
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_monotonic_ms();
        assert_true(now >= before);
        before = now;
    }
    clock_hold(-1);
}

int main(void)
{
    /* Both are looked up once, before the first use. */
    setenv("DIGEST_SEED", "42", 1);
    setenv("DIGEST_NOW", "2026-11-20T07:00:00Z", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_holds_random_and_clock_still),
        cmocka_unit_test(a_seed_gives_the_same_bytes_in_any_portions),
        cmocka_unit_test(a_number_below_stays_below_and_reaches_all),
        cmocka_unit_test(no_number_is_likelier_than_another),
        cmocka_unit_test(the_clock_stands_where_it_is_held),
        cmocka_unit_test(monotonic_time_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
