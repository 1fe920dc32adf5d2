#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "subscribers/consent/import_spool_internal.h"

static struct err err;

static struct import_row row_of(const char *key, unsigned line)
{
    return (struct import_row){.key = key,
                               .email = key,
                               .name = "A Name",
                               .language = "de",
                               .timezone = "",
                               .categories = "World\nScience",
                               .client = "192.0.2.1",
                               .note = "from a test",
                               .newsletter_id = 3,
                               .since = 7,
                               .created = 5,
                               .line = line,
                               .state = 2};
}

static void rows_come_back_by_key_and_then_by_line(void **state)
{
    (void)state;
    static const char *const keys[] = {"b@x", "a@x", "b@x", "aa@x", "a@x"};
    static const char *const wanted[] = {"a@x", "a@x", "aa@x", "b@x", "b@x"};
    static const unsigned lines[] = {2, 5, 4, 1, 3};
    OWNED(import_spool_release)
    struct import_spool *spool = import_spool_new("/tmp");
    struct import_row row;
    struct str key;
    bool more;
    for (unsigned i = 0; i < ARRAY_SIZE(keys); i++) {
        row = row_of(keys[i], i + 1);
        assert_true(import_spool_add(spool, &row, &err));
    }
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        assert_true(import_spool_peek(spool, &key, &err));
        assert_true(str_equal(key, str_of(wanted[i])));
        assert_true(import_spool_next(spool, &row, &more, &err));
        assert_true(more);
        assert_string_equal(row.key, wanted[i]);
        assert_int_equal(row.line, lines[i]);
    }
    assert_string_equal(row.categories, "World\nScience");
    assert_string_equal(row.note, "from a test");
    assert_int_equal(row.newsletter_id, 3);
    assert_int_equal(row.since, 7);
    assert_int_equal(row.created, 5);
    assert_int_equal(row.state, 2);
    assert_true(import_spool_peek(spool, &key, &err));
    assert_int_equal(key.len, 0);
    assert_true(import_spool_next(spool, &row, &more, &err));
    assert_false(more);
}

static void more_than_memory_holds_comes_back_whole_and_in_order(void **state)
{
    (void)state;
    enum { MANY = 200000 }; /* some 25 MB: three runs and a rest */
    OWNED(import_spool_release)
    struct import_spool *spool = import_spool_new("/tmp");
    OWNED(mem_free) bool *seen = MEM_NEW_ARRAY(bool, MANY + 1);
    struct import_row row;
    struct str peeked;
    char key[64], last[64] = "";
    unsigned last_line = 0;
    bool more;
    random_hold(9);
    for (unsigned i = 1; i <= MANY; i++) {
        snprintf(key, sizeof key, "p%u@example.org", random_below(50000));
        row = row_of(key, i);
        assert_true(import_spool_add(spool, &row, &err));
    }
    for (size_t i = 0; i < MANY; i++) {
        if (i % 3 == 0)
            assert_true(import_spool_peek(spool, &peeked, &err));
        assert_true(import_spool_next(spool, &row, &more, &err));
        assert_true(more);
        int order = strcmp(last, row.key);
        assert_true(order < 0 || (order == 0 && last_line < row.line));
        assert_false(seen[row.line]);
        seen[row.line] = true;
        snprintf(last, sizeof last, "%s", row.key);
        last_line = row.line;
    }
    assert_true(import_spool_next(spool, &row, &more, &err));
    assert_false(more);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    (void)state;
    OWNED(import_spool_release)
    struct import_spool *spool = import_spool_new("/nonexistent");
    struct import_row row = row_of("a@example.org", 1);
    bool good = true;
    for (int i = 0; i < 200000 && good; i++)
        good = import_spool_add(spool, &row, &err);
    assert_false(good);
    assert_non_null(strstr(err.text, "/nonexistent"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_back_by_key_and_then_by_line),
        cmocka_unit_test(more_than_memory_holds_comes_back_whole_and_in_order),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
