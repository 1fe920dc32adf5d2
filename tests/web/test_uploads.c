#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/web/desk/uploads.h"

enum { DAY = 86400 };

static struct uploads *uploads;
static struct err err;

static int begin(void **state)
{
    (void)state;
    err = (struct err){0};
    uploads = uploads_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    uploads_free(uploads);
    return 0;
}

static struct upload *add(const char *who, int64_t now)
{
    struct upload *upload;
    if (!uploads_add(uploads, who, "list.csv", STR("email\na@example.org\n"),
                     now, &upload, &err))
        fail_msg("%s", err.text);
    return upload;
}

static bool is_there(int64_t id, const char *who, int64_t now)
{
    struct upload *upload;
    bool found = uploads_get(uploads, id, who, now, &upload, &err);
    if (found)
        assert_true(upload->is_imported ||
                    str_equal(upload->text, STR("email\na@example.org\n")));
    else
        assert_int_equal(err.kind, ERR_NOT_FOUND);
    return found;
}

static void an_upload_is_its_editors_alone(void **state)
{
    (void)state;
    int64_t id = add("ada", 1)->id;
    assert_true(is_there(id, "ada", 2));
    assert_false(is_there(id, "bob", 2));
    assert_false(is_there(id + 1, "ada", 2));
    assert_false(is_there(0, "ada", 2));
}

static void an_upload_is_kept_for_a_day(void **state)
{
    (void)state;
    int64_t id = add("ada", 1000)->id;
    assert_true(is_there(id, "ada", 1000 + DAY));
    assert_false(is_there(id, "ada", 1001 + DAY));
    id = add("ada", 10 * DAY)->id;
    assert_false(is_there(id, "ada", DAY));
}

static void an_editor_has_three_and_the_oldest_goes(void **state)
{
    (void)state;
    int64_t first = add("ada", 1)->id, other = add("bob", 1)->id;
    add("ada", 2);
    add("ada", 3);
    assert_true(is_there(first, "ada", 3));
    add("ada", 4);
    assert_false(is_there(first, "ada", 4));
    assert_true(is_there(other, "bob", 4));
}

static void no_upload_that_is_at_work_goes(void **state)
{
    (void)state;
    struct upload *none, *first = add("ada", 1);
    int64_t second = add("ada", 2)->id;
    atomic_store(&first->is_busy, true);
    add("ada", 3);
    add("ada", 4);
    assert_true(is_there(first->id, "ada", 2 * DAY));
    assert_false(is_there(second, "ada", 2 * DAY));
    atomic_store(&add("ada", 2 * DAY)->is_busy, true);
    atomic_store(&add("ada", 2 * DAY)->is_busy, true);
    assert_false(
        uploads_add(uploads, "ada", "", STR("x"), 2 * DAY, &none, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
}

static void what_is_imported_or_deleted_is_gone(void **state)
{
    (void)state;
    struct upload *upload = add("ada", 1);
    upload_drop_text(upload);
    upload->is_imported = true;
    assert_int_equal(upload->text.len, 0);
    assert_true(is_there(upload->id, "ada", 1));
    int64_t id = upload->id;
    uploads_drop(uploads, upload);
    assert_false(is_there(id, "ada", 1));
}

/* Many editors at once: the oldest of all goes. */
static void there_is_an_end_to_all_of_them(void **state)
{
    (void)state;
    int64_t first = add("editor 0", 1)->id, last = 0;
    for (int i = 1; i <= 30; i++) {
        OWNED(mem_free) char *who = mem_format("editor %d", i);
        last = add(who, 1)->id;
    }
    assert_false(is_there(first, "editor 0", 1));
    assert_true(is_there(last, "editor 30", 1));
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(an_upload_is_its_editors_alone),
        FRESH(an_upload_is_kept_for_a_day),
        FRESH(an_editor_has_three_and_the_oldest_goes),
        FRESH(no_upload_that_is_at_work_goes),
        FRESH(what_is_imported_or_deleted_is_gone),
        FRESH(there_is_an_end_to_all_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
