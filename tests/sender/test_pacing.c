#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/sender/pacing_internal.h"

static int take_all(struct bucket *bucket, int64_t now)
{
    int count = 0;
    while (count < 1000 && bucket_wait_ms(bucket, now) == 0) {
        bucket_take(bucket, now);
        count++;
    }
    return count;
}

static void no_rate_is_no_limit(void **state)
{
    (void)state;
    struct bucket bucket;
    bucket_begin(&bucket, 0, 0);
    assert_int_equal(take_all(&bucket, 0), 1000);
}

static void a_second_s_worth_may_go_at_once(void **state)
{
    (void)state;
    struct bucket bucket;
    bucket_begin(&bucket, 20, 5000);
    assert_int_equal(take_all(&bucket, 5000), 20);
    assert_int_equal(bucket_wait_ms(&bucket, 5000), 50);
    assert_int_equal(take_all(&bucket, 5500), 10);
    assert_int_equal(take_all(&bucket, 1000000), 20);
}

static void a_slow_rate_gives_one_and_then_waits(void **state)
{
    (void)state;
    struct bucket bucket;
    bucket_begin(&bucket, 0.1, 0);
    assert_int_equal(take_all(&bucket, 0), 1);
    assert_in_range(bucket_wait_ms(&bucket, 0), 9990, 10001);
    assert_int_equal(take_all(&bucket, 9000), 0);
    assert_int_equal(take_all(&bucket, 10001), 1);
}

static void what_it_says_to_wait_is_enough(void **state)
{
    (void)state;
    for (double rate = 0.3; rate < 3000; rate *= 1.7) {
        struct bucket bucket;
        int64_t now = 0, count = 0;
        bucket_begin(&bucket, rate, 0);
        while (now < 20000) {
            while (bucket_wait_ms(&bucket, now) == 0) {
                bucket_take(&bucket, now);
                count++;
            }
            int64_t wait = bucket_wait_ms(&bucket, now);
            assert_true(wait > 0);
            now += wait;
        }
        double most = bucket_most(&bucket) + rate * (double)now / 1000;
        assert_true((double)count <= most + 1);
        assert_true((double)count >= most * 0.5 - 2);
    }
}

static void a_clock_that_goes_back_gives_nothing(void **state)
{
    (void)state;
    struct bucket bucket;
    bucket_begin(&bucket, 1, 10000);
    assert_int_equal(take_all(&bucket, 10000), 1);
    assert_int_equal(take_all(&bucket, 5000), 0);
    assert_int_equal(take_all(&bucket, 11000), 1);
}

static void domains_have_their_own_pace_whatever_their_case(void **state)
{
    (void)state;
    struct domains domains = {.rate = 1};
    struct domain *a = domains_get(&domains, STR("Example.ORG"), 0);
    assert_ptr_equal(a, domains_get(&domains, STR("example.org"), 0));
    assert_ptr_not_equal(a, domains_get(&domains, STR("example.net"), 0));
    domain_begin(a, 0);
    assert_true(domain_wait_ms(&domains, a, 0) > 0);
    struct domain *b = domains_get(&domains, STR("example.net"), 0);
    assert_int_equal(domain_wait_ms(&domains, b, 0), 0);
    domain_end(a);
    domains_free(&domains);
}

static void connections_to_a_domain_are_counted(void **state)
{
    (void)state;
    struct domains domains = {.connections = 2};
    struct domain *a = domains_get(&domains, STR("example.org"), 0);
    domain_begin(a, 0);
    domain_begin(a, 0);
    assert_int_equal(domain_wait_ms(&domains, a, 0), -1);
    domain_end(a);
    assert_int_equal(domain_wait_ms(&domains, a, 0), 0);
    domain_end(a);
    domains_free(&domains);
}

static void many_domains_are_forgotten_but_not_those_in_use(void **state)
{
    (void)state;
    struct domains domains = {.rate = 1, .connections = 1};
    struct domain *kept = domains_get(&domains, STR("kept.example"), 0);
    domain_begin(kept, 0);
    for (int i = 0; i < 100000; i++) {
        char name[32];
        snprintf(name, sizeof name, "d%d.example", i);
        struct domain *d = domains_get(&domains, str_of(name), i);
        domain_begin(d, i);
        domain_end(d);
    }
    assert_true(domains.count < 5000);
    assert_ptr_equal(kept, domains_get(&domains, STR("kept.example"), 100000));
    assert_int_equal(domain_wait_ms(&domains, kept, 100000), -1);
    domains_free(&domains);
}

static void without_limits_no_domain_is_kept(void **state)
{
    (void)state;
    struct domains domains = {0};
    assert_null(domains_get(&domains, STR("example.org"), 0));
    assert_int_equal(domain_wait_ms(&domains, NULL, 0), 0);
    domain_begin(NULL, 0);
    domain_end(NULL);
    domains_free(&domains);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_rate_is_no_limit),
        cmocka_unit_test(a_second_s_worth_may_go_at_once),
        cmocka_unit_test(a_slow_rate_gives_one_and_then_waits),
        cmocka_unit_test(what_it_says_to_wait_is_enough),
        cmocka_unit_test(a_clock_that_goes_back_gives_nothing),
        cmocka_unit_test(domains_have_their_own_pace_whatever_their_case),
        cmocka_unit_test(connections_to_a_domain_are_counted),
        cmocka_unit_test(many_domains_are_forgotten_but_not_those_in_use),
        cmocka_unit_test(without_limits_no_domain_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
