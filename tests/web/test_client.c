#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/web/client.h"

static void assert_client(const char *peer, const char *forwarded,
                          const char *expected)
{
    static const char *items[] = {"127.0.0.1", "10.0.0.0/9", "2001:db8::/33",
                                  "nonsense", "1.2.3.4/99"};
    struct conf_list trusted = {items, ARRAY_SIZE(items)};
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    assert_string_equal(client_address(peer, forwarded, &trusted, &arena),
                        expected);
}

static void a_stranger_is_who_connected_whatever_they_say(void **state)
{
    (void)state;
    assert_client("192.0.2.1", "198.51.100.7", "192.0.2.1");
    assert_client("1.2.3.4", "198.51.100.7", "1.2.3.4");
    assert_client("10.128.0.1", "198.51.100.7", "10.128.0.1");
    assert_client("2001:db8:8000::1", "198.51.100.7", "2001:db8:8000::1");
}

static void a_trusted_proxy_says_who_it_was(void **state)
{
    (void)state;
    assert_client("127.0.0.1", "198.51.100.7", "198.51.100.7");
    assert_client("::ffff:127.0.0.1", " 198.51.100.7 ", "198.51.100.7");
    assert_client("2001:db8:7fff::1", "2001:DB9::1", "2001:db9::1");
    assert_client("10.1.2.3", "[2001:db9::1]:443", "2001:db9::1");
    assert_client("10.1.2.3", "198.51.100.7:55123", "198.51.100.7");
}

static void what_the_client_wrote_itself_is_not_believed(void **state)
{
    (void)state;
    assert_client("127.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7");
    assert_client("127.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.9",
                  "198.51.100.7");
    assert_client("127.0.0.1", "6.6.6.6, <script>, 10.0.0.9", "10.0.0.9");
}

static void without_a_usable_header_it_is_the_proxy(void **state)
{
    (void)state;
    assert_client("127.0.0.1", NULL, "127.0.0.1");
    assert_client("127.0.0.1", "", "127.0.0.1");
    assert_client("127.0.0.1", "unknown", "127.0.0.1");
    assert_client("127.0.0.1", "10.0.0.2", "10.0.0.2");
    assert_client("", "198.51.100.7", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stranger_is_who_connected_whatever_they_say),
        cmocka_unit_test(a_trusted_proxy_says_who_it_was),
        cmocka_unit_test(what_the_client_wrote_itself_is_not_believed),
        cmocka_unit_test(without_a_usable_header_it_is_the_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
