#include "digest/base/clock.h"
#include "digest/delivery/pace_internal.h"
#include "tests/support/house.h"

static void what_all_relays_together_may_is_kept(void **state)
{
    (void)state;
    OWNED(db_release) struct db *db = house_db();
    OWNED(sender_release) struct sender *sender = NULL;
    struct relay_settings relay = {.url = "null:"};
    struct sender_pace *paces = NULL;
    struct err err = {0};
    clock_hold(1795000000);
    house_run(db, "INSERT INTO pace (relay, domain, tokens, at) "
                  "VALUES ('', '', -50, 1795000000)");
    assert_true(sender_new(&relay, 1, &sender, &err));
    assert_true(pace_begin(db, sender, 0.01, 0, &err));
    assert_int_equal(sender_pace_save(sender, &paces), 1);
    assert_string_equal(paces[0].relay, "");
    assert_true(paces[0].tokens < -49);
    free(paces);
    clock_hold(-1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_all_relays_together_may_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
