/* Shows how it is said which way mail has taken, and what a relay's settings
 * become. */
#include "digest/delivery/relays.h"
#include "digest/delivery/ways.h"
#include "tests/support/house.h"

static struct arena arena;
static struct err err;

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void each_way_is_named_once(void **state)
{
    (void)state;
    struct conf_relay relays[] = {{.url = "smtp://mail.example.org:587"},
                                  {.url = "MAILDIR:outbox"},
                                  {.url = "smtps://other.example.org"},
                                  {.url = "null:"}};
    struct conf conf = {.relays = relays, .relay_count = ARRAY_SIZE(relays)};
    assert_string_equal(ways_of(&conf, &arena), "smtp:\nMAILDIR:outbox\nnull:");
    conf.relay_count = 0;
    assert_string_equal(ways_of(&conf, &arena), "");
}

static void a_way_that_was_taken_stays_on_record(void **state)
{
    (void)state;
    assert_string_equal(ways_join("", "null:", &arena), "null:");
    assert_string_equal(ways_join("null:", "smtp:", &arena), "null:\nsmtp:");
    assert_string_equal(ways_join("null:\nsmtp:", "smtp:", &arena),
                        "null:\nsmtp:");
    assert_string_equal(ways_join("smtp:", "", &arena), "smtp:");
}

static void what_reached_nobody_is_said_to(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"maildir:outbox", "written to the folder outbox"},
        {"null:", "discarded"},
        {"smtp:\nmaildir:outbox", "partly written to the folder outbox"},
        {"null:\nmaildir:a", "discarded and written to the folder a"},
        {"maildir:a\nsmtp:\nmaildir:b", "partly written to the folder a and "
                                        "written to the folder b"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(mem_free) char *aside = mem_format(" (%s)", cases[i][1]);
        assert_string_equal(ways_words(cases[i][0], &arena), cases[i][1]);
        assert_string_equal(ways_aside(cases[i][0], &arena), aside);
    }
    assert_null(ways_words("smtp:", &arena));
    assert_null(ways_words("", &arena)); /* nothing is known */
    assert_string_equal(ways_aside("smtp:", &arena), "");
}

static void a_folder_counts_from_that_of_the_settings(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"maildir:outbox", "maildir:/srv/digest/outbox"},
        {"maildir:/var/outbox", "maildir:/var/outbox"},
        {"null:", "null:"},
        {"smtp://mail.example.org", "smtp://mail.example.org"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(relays_free) struct relays relays = {0};
        struct conf_relay relay = {.url = cases[i][0]};
        struct conf conf = {
            .folder = "/srv/digest", .relays = &relay, .relay_count = 1};
        must(relays_make(&conf, &relays, &err));
        assert_int_equal(relays.count, 1);
        assert_string_equal(relays.items[0].url, cases[i][1]);
    }
}

static void each_setting_of_a_relay_reaches_it(void **state)
{
    (void)state;
    OWNED(relays_free) struct relays relays = {0};
    struct conf_relay relay = {.url = "smtp://mail.example.org",
                               .password = "secret",
                               .tls_none = true,
                               .ca_file = "/etc/ca.pem",
                               .weight = 3,
                               .connections = 4,
                               .messages_per_connection = 50,
                               .connections_per_domain = 2,
                               .rate = 1.5,
                               .rate_per_domain = 0.5,
                               .timeout = 90,
                               .pause_after = 7};
    struct conf conf = {.folder = ".", .relays = &relay, .relay_count = 1};
    must(relays_make(&conf, &relays, &err));
    const struct relay_settings *made = relays.items;
    assert_string_equal(made->password, "secret");
    assert_true(made->tls_none);
    assert_string_equal(made->ca_file, "/etc/ca.pem");
    assert_int_equal(made->weight, 3);
    assert_int_equal(made->connections, 4);
    assert_int_equal(made->messages_per_connection, 50);
    assert_int_equal(made->connections_per_domain, 2);
    assert_int_equal(made->refusals_max, 7);
    assert_true(made->rate > 1.4 && made->rate < 1.6);
    assert_true(made->rate_per_domain > 0.4 && made->rate_per_domain < 0.6);
    assert_int_equal(made->timeout_ms, 90000);
}

static void without_a_relay_it_is_said_how_to_add_one(void **state)
{
    (void)state;
    struct conf conf = {.path = "/srv/digest/digest.yaml"};
    assert_false(relays_check(&conf, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.text, "/srv/digest/digest.yaml: no transport"));
    assert_non_null(strstr(err.text, "transport: { url: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_is_named_once),
        cmocka_unit_test(a_way_that_was_taken_stays_on_record),
        cmocka_unit_test(what_reached_nobody_is_said_to),
        cmocka_unit_test(a_folder_counts_from_that_of_the_settings),
        cmocka_unit_test(each_setting_of_a_relay_reaches_it),
        cmocka_unit_test(without_a_relay_it_is_said_how_to_add_one),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
