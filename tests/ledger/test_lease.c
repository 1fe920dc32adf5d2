/* Leases that are kept, and the counter beside the database. */
#include "digest/base/file.h"
#include "digest/ledger/counter.h"
#include "digest/ledger/lease_keep.h"
#include "tests/support/house.h"

struct place {
    char *folder, *path, *counter;
};

static int make_place(void **state)
{
    struct place *p = MEM_NEW(struct place);
    p->folder = house_folder();
    p->path = mem_format("%s/digest.db", p->folder);
    p->counter = mem_format("%s.counter", p->path);
    *state = p;
    return 0;
}

static int remove_place(void **state)
{
    struct place *p = *state;
    house_folder_release(&p->folder);
    free(p->path);
    free(p->counter);
    free(p);
    return 0;
}

static void a_job_is_done_by_one_at_a_time(void **state)
{
    const struct place *p = *state;
    OWNED(db_release) struct db *db = NULL, *other = NULL;
    struct lease_keep *first = NULL, *second = NULL;
    struct err err = {0};
    db = house_db_at(p->path);
    other = house_db_at(p->path);
    assert_true(lease_keep_take(db, "job fetch", 1000, &first, &err));
    assert_false(lease_keep_take(other, "job fetch", 1000, &second, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_true(lease_keep_take(other, "job tidy", 1000, &second, &err));
    lease_keep_release(&second);
    lease_keep_release(&first);
    assert_true(lease_keep_take(other, "job fetch", 1000, &second, &err));
    lease_keep_release(&second);
}

static void a_dead_holder_stands_in_the_way_for_a_while(void **state)
{
    const struct place *p = *state;
    OWNED(db_release) struct db *db = NULL;
    struct lease dead, lease;
    struct err err = {0};
    db = house_db_at(p->path);
    assert_true(lease_take(db, "job", 1000, LEASE_KEEP_S, false, &dead, &err));
    assert_false(lease_take(db, "job", 1000 + LEASE_KEEP_S - 1, LEASE_KEEP_S,
                            false, &lease, &err));
    assert_true(lease_take(db, "job", 1000 + LEASE_KEEP_S, LEASE_KEEP_S, false,
                           &lease, &err));
    /* When it wakes, it finds out. */
    assert_false(lease_check(db, &dead, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_true(lease_check(db, &lease, &err));
}

static void the_lock_of_this_host_says_nothing_of_another(void **state)
{
    const struct place *p = *state;
    OWNED(db_release) struct db *db = NULL;
    struct lease dead, lease;
    struct err err = {0};
    db = house_db_at(p->path);
    assert_true(lease_take(db, "job", 1000, LEASE_KEEP_S, false, &dead, &err));
    /* A process of this host that held it is dead. */
    assert_true(lease_take(db, "job", 1001, LEASE_KEEP_S, true, &lease, &err));
    assert_int_equal(lease.fence, dead.fence + 1);
    assert_true(stmt_run(db_stmt(db, "UPDATE lease SET "
                                     "holder = 'elsewhere, process 7'"),
                         &err));
    assert_false(lease_take(db, "job", 1002, LEASE_KEEP_S, true, &lease, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_non_null(strstr(err.text, "elsewhere, process 7"));
    assert_true(lease_take(db, "job", 1001 + LEASE_KEEP_S, LEASE_KEEP_S, true,
                           &lease, &err));
}

static void a_clock_that_went_back_holds_no_job_up(void **state)
{
    const struct place *p = *state;
    OWNED(db_release) struct db *db = NULL;
    struct lease early, lease;
    struct err err = {0};
    db = house_db_at(p->path);
    assert_true(
        lease_take(db, "job", 1000000, LEASE_KEEP_S, false, &early, &err));
    assert_true(lease_take(db, "job", 1000, LEASE_KEEP_S, false, &lease, &err));
    /* Nor one that was an hour ahead; one that went back a little does. */
    assert_false(lease_take(db, "job", 990, LEASE_KEEP_S, false, &early, &err));
    assert_true(lease_take(db, "two", 4600, LEASE_KEEP_S, false, &early, &err));
    assert_true(lease_take(db, "two", 1000, LEASE_KEEP_S, false, &lease, &err));
}

static void count_one(struct db *db)
{
    struct err err = {0};
    if (!counter_advance(db, &err) || !db_sync(db, &err) ||
        !counter_write(db, &err))
        fail_msg("%s", err.text);
}

static void an_older_copy_is_noticed(void **state)
{
    const struct place *p = *state;
    struct db *db = NULL;
    struct err err = {0};
    db = house_db_at(p->path);
    assert_true(counter_check(db, &err)); /* no file yet */
    count_one(db);
    assert_true(counter_check(db, &err));
    db_close(db);
    OWNED(strbuf_free) struct strbuf backup = STRBUF_INIT;
    assert_true(file_read(p->path, 1 << 26, &backup, &err));
    db = house_db_at(p->path);
    count_one(db);
    db_close(db);

    assert_true(file_write(p->path, strbuf_str(&backup), 0600, &err));
    db = house_db_at(p->path);
    assert_false(counter_check(db, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_non_null(strstr(err.text, "until a person has looked"));

    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct counter_file file;
    assert_true(counter_read(db, &arena, &file, &err));
    assert_int_equal(file.number, 2);
    assert_true(counter_accept(db, &file, &err));
    assert_true(counter_check(db, &err));
    db_close(db);
}

static void a_database_ahead_of_its_file_is_no_older_copy(void **state)
{
    const struct place *p = *state;
    OWNED(db_release) struct db *db = NULL;
    struct err err = {0};
    db = house_db_at(p->path);
    count_one(db);
    /* Killed before the file was written. */
    assert_true(counter_advance(db, &err));
    assert_true(counter_check(db, &err));
}

static void a_file_of_another_database_says_nothing(void **state)
{
    const struct place *p = *state;
    OWNED(db_release) struct db *db = NULL;
    struct err err = {0};
    db = house_db_at(p->path);
    assert_true(
        file_write(p->counter, STR("identity other\nnumber 99\n"), 0600, &err));
    assert_true(counter_check(db, &err));
    assert_true(
        file_write(p->counter, STR("identity x\nnonsense\n"), 0600, &err));
    assert_false(counter_check(db, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, ":2:"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_job_is_done_by_one_at_a_time),
        TEST(a_dead_holder_stands_in_the_way_for_a_while),
        TEST(the_lock_of_this_host_says_nothing_of_another),
        TEST(a_clock_that_went_back_holds_no_job_up),
        TEST(an_older_copy_is_noticed),
        TEST(a_database_ahead_of_its_file_is_no_older_copy),
        TEST(a_file_of_another_database_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
