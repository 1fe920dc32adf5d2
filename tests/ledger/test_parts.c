#include "digest/base/random.h"
#include "digest/ledger/ledger.h"
#include "digest/ledger/parts_internal.h"
#include "tests/support/house.h"

enum { STORY = 3000, STORIES = 20 };

static struct db *db;
static struct err err;
static struct strbuf stories[STORIES]; /* nothing in one is in another */

static int begin(void **state)
{
    (void)state;
    db = house_db();
    house_newsletter(db, "weekly");
    house_issue(db, 1, 1, 1, "draft");
    random_hold(7);
    for (size_t i = 0; i < STORIES; i++)
        for (size_t k = 0; k < STORY; k++)
            strbuf_add_char(&stories[i], (char)('a' + random_below(26)));
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < STORIES; i++)
        strbuf_free(&stories[i]);
    db_close(db);
    return 0;
}

static int64_t stored(void)
{
    return house_number(
        db, "SELECT coalesce(sum(length(bytes)), 0) FROM variant_part");
}

/* The stories whose bits are set, with a head that no other text has. */
static void write_text(unsigned bits, struct strbuf *out)
{
    strbuf_add_format(out, "%u stories of the week: ", bits);
    for (size_t i = 0; i < STORIES; i++)
        if (bits & 1u << i)
            strbuf_add_str(out, strbuf_str(&stories[i]));
}

static void put(struct str text, struct strbuf *list)
{
    assert_true(parts_put(db, 1, text, list, &err));
}

static void is_stored(struct str text, struct str list)
{
    OWNED(strbuf_free) struct strbuf got = STRBUF_INIT;
    assert_true(parts_get(db, list, &got, &err));
    assert_int_equal(got.len, text.len);
    assert_memory_equal(strbuf_text(&got), text.ptr, text.len);
}

static void a_text_comes_back_as_it_was(void **state)
{
    (void)state;
    static const struct str texts[] = {{"", 0}, {"x", 1}, {"a\0b\xff", 4}};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        OWNED(strbuf_free) struct strbuf list = STRBUF_INIT;
        put(texts[i], &list);
        is_stored(texts[i], strbuf_str(&list));
    }
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT, list = STRBUF_INIT;
    write_text(0xfffff, &text);
    for (size_t i = 0; i < 100000; i++)
        strbuf_add_char(&text, ' '); /* nowhere to cut */
    put(strbuf_str(&text), &list);
    is_stored(strbuf_str(&text), strbuf_str(&list));
}

static void the_same_text_is_stored_once(void **state)
{
    (void)state;
    OWNED(strbuf_free)
    struct strbuf text = STRBUF_INIT, list = STRBUF_INIT, again = STRBUF_INIT;
    write_text(0xff, &text);
    put(strbuf_str(&text), &list);
    int64_t once = stored();
    assert_int_equal(once, text.len);
    put(strbuf_str(&text), &again);
    assert_int_equal(stored(), once);
    assert_string_equal(strbuf_text(&again), strbuf_text(&list));
}

static void choices_of_stories_cost_little_each(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf whole = STRBUF_INIT, list = STRBUF_INIT;
    write_text(0xfffff, &whole);
    put(strbuf_str(&whole), &list);
    int64_t before = stored();
    enum { CHOICES = 1000 };
    for (unsigned i = 1; i <= CHOICES; i++) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT, its = STRBUF_INIT;
        write_text(i * 1021 & 0xfffff, &text);
        put(strbuf_str(&text), &its);
        is_stored(strbuf_str(&text), strbuf_str(&its));
    }
    /* A head, and where two stories meet that didn't before: one or two parts
     * of texts of some 30,000 bytes. */
    assert_true((stored() - before) / CHOICES < 3000);
}

static void another_issue_has_parts_of_its_own(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf list = STRBUF_INIT, other = STRBUF_INIT;
    house_issue(db, 2, 1, 2, "sent");
    put(STR("shared"), &list);
    assert_true(parts_put(db, 2, STR("shared"), &other, &err));
    assert_string_not_equal(strbuf_text(&list), strbuf_text(&other));
    assert_true(stmt_run(db_stmt(db, "DELETE FROM issue WHERE id = 2"), &err));
    is_stored(STR("shared"), strbuf_str(&list));
    assert_int_equal(house_number(db, "SELECT count(*) FROM variant_part"), 1);
}

static void what_is_missing_is_said(void **state)
{
    (void)state;
    static const char *const lists[] = {"1", "1-2", "x", "2-1", "1-", "-1"};
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        assert_false(parts_get(db, str_of(lists[i]), &out, &err));
        assert_int_equal(err.kind, ERR_STORE);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(a_text_comes_back_as_it_was),
        CASE(the_same_text_is_stored_once),
        CASE(choices_of_stories_cost_little_each),
        CASE(another_issue_has_parts_of_its_own),
        CASE(what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
