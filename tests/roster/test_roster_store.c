#include "subscribers/roster/roster_store.h"
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
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    db_release(&db);
    return 0;
}

static int64_t add(const char *key, const char *name)
{
    int64_t id = 0;
    bool added;
    if (!roster_add(db, key, key, name, 1000, &id, &added, &err))
        fail_msg("%s", err.text);
    return id;
}

static void set(int64_t newsletter, int64_t id, enum subscription_state state)
{
    assert_true(roster_set_state(db, newsletter, id, state, 2000, &err));
}

static void a_subscriber_is_added_once_and_found_again(void **state)
{
    (void)state;
    int64_t id, again;
    bool added;
    struct subscriber s, by_key, by_id;
    assert_true(roster_add(db, "Ada@example.org", "ada@example.org", "Ada", 7,
                           &id, &added, &err));
    assert_true(added);
    assert_true(roster_add(db, "ADA@example.org", "ada@example.org", "", 9,
                           &again, &added, &err));
    assert_false(added);
    assert_int_equal(id, again);
    assert_true(roster_get(db, "ada@example.org", &arena, &s, &err));
    assert_string_equal(s.email, "Ada@example.org");
    assert_string_equal(s.name, "Ada");
    assert_string_equal(s.language, "");
    assert_int_equal(s.created_at, 7);
    assert_int_equal(s.subscription_count, 0);
    assert_true(roster_get_by_key(db, s.key, &arena, &by_key, &err));
    assert_int_equal(by_key.id, id);
    assert_true(roster_get_by_id(db, id, &arena, &by_id, &err));
    assert_string_equal(by_id.email, s.email);
}

static void a_name_given_later_replaces_the_old_one(void **state)
{
    (void)state;
    struct subscriber s;
    add("a@example.org", NULL);
    add("a@example.org", "Ada");
    add("a@example.org", NULL);
    assert_true(roster_get(db, "a@example.org", &arena, &s, &err));
    assert_string_equal(s.name, "Ada");
}

static void keys_differ_from_subscriber_to_subscriber(void **state)
{
    (void)state;
    struct subscriber a, b;
    add("a@example.org", NULL);
    add("b@example.org", NULL);
    assert_true(roster_get(db, "a@example.org", &arena, &a, &err));
    assert_true(roster_get(db, "b@example.org", &arena, &b, &err));
    assert_memory_not_equal(a.key, b.key, ROSTER_KEY_SIZE);
}

static void someone_unknown_is_not_found(void **state)
{
    (void)state;
    struct subscriber s;
    unsigned char key[ROSTER_KEY_SIZE] = {0};
    assert_false(roster_get(db, "x@example.org", &arena, &s, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "x@example.org"));
    assert_false(roster_get_by_key(db, key, &arena, &s, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void subscriptions_come_with_the_subscriber_by_slug(void **state)
{
    (void)state;
    struct subscriber s;
    int64_t id = add("a@example.org", NULL);
    set(1, id, SUBSCRIPTION_ACTIVE);
    set(2, id, SUBSCRIPTION_PENDING);
    set(1, id, SUBSCRIPTION_UNSUBSCRIBED);
    assert_true(roster_set_categories(db, 2, id, "World\nScience", &err));
    assert_true(roster_get(db, "a@example.org", &arena, &s, &err));
    assert_int_equal(s.subscription_count, 2);
    assert_string_equal(s.subscriptions[0].newsletter, "daily");
    assert_int_equal(s.subscriptions[0].state, SUBSCRIPTION_PENDING);
    assert_string_equal(s.subscriptions[0].categories, "World\nScience");
    assert_string_equal(s.subscriptions[1].newsletter, "weekly");
    assert_int_equal(s.subscriptions[1].newsletter_id, 1);
    assert_int_equal(s.subscriptions[1].state, SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(s.subscriptions[1].since, 2000);
}

static size_t count(struct roster_query query, const char *first)
{
    struct roster_list list;
    if (!roster_find(db, &query, &arena, &list, &err))
        fail_msg("%s", err.text);
    if (list.count)
        assert_string_equal(list.items[0].email, first);
    return list.count;
}

static void the_list_is_filtered_and_paged(void **state)
{
    (void)state;
    int64_t a = add("a@example.org", NULL), b = add("b@example.org", NULL);
    int64_t c = add("c@example.org", NULL);
    add("d@example.org", NULL);
    set(1, a, SUBSCRIPTION_ACTIVE);
    set(2, a, SUBSCRIPTION_ACTIVE);
    set(1, b, SUBSCRIPTION_UNSUBSCRIBED);
    set(2, b, SUBSCRIPTION_ACTIVE);
    set(2, c, SUBSCRIPTION_ACTIVE);
    assert_int_equal(count((struct roster_query){0}, "a@example.org"), 4);
    assert_int_equal(
        count((struct roster_query){.newsletter = "weekly"}, "a@example.org"),
        2);
    assert_int_equal(count((struct roster_query){.newsletter = "weekly",
                                                 .state = "unsubscribed"},
                           "b@example.org"),
                     1);
    assert_int_equal(
        count((struct roster_query){.state = "active"}, "a@example.org"), 3);
    assert_int_equal(count((struct roster_query){.after_id = a, .limit = 2},
                           "b@example.org"),
                     2);
    assert_int_equal(count((struct roster_query){.newsletter = "none"}, NULL),
                     0);
}

static void only_active_subscriptions_are_counted(void **state)
{
    (void)state;
    int64_t a = add("a@example.org", NULL), b = add("b@example.org", NULL);
    int64_t n;
    set(1, a, SUBSCRIPTION_ACTIVE);
    set(1, b, SUBSCRIPTION_PENDING);
    set(2, b, SUBSCRIPTION_ACTIVE);
    assert_true(roster_count_active(db, 1, &n, &err));
    assert_int_equal(n, 1);
    assert_true(roster_count_active(db, 0, &n, &err));
    assert_int_equal(n, 2);
}

static void a_suppressed_address_is_known(void **state)
{
    (void)state;
    bool suppressed;
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('a@example.org', 'bounced', 0)");
    assert_true(roster_suppressed(db, "a@example.org", &suppressed, &err));
    assert_true(suppressed);
    assert_true(roster_suppressed(db, "b@example.org", &suppressed, &err));
    assert_false(suppressed);
}

static void state_names_read_back(void **state)
{
    (void)state;
    enum subscription_state found;
    for (int i = 0; i <= SUBSCRIPTION_COMPLAINED; i++) {
        const char *name = subscription_state_name((enum subscription_state)i);
        assert_true(subscription_state_find(name, &found));
        assert_int_equal(found, i);
    }
    assert_false(subscription_state_find("Active", &found));
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        FRESH(a_subscriber_is_added_once_and_found_again),
        FRESH(a_name_given_later_replaces_the_old_one),
        FRESH(keys_differ_from_subscriber_to_subscriber),
        FRESH(someone_unknown_is_not_found),
        FRESH(subscriptions_come_with_the_subscriber_by_slug),
        FRESH(the_list_is_filtered_and_paged),
        FRESH(only_active_subscriptions_are_counted),
        FRESH(a_suppressed_address_is_known),
        cmocka_unit_test(state_names_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
