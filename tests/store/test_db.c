#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/store/db.h"
#include "digest/store/migrations.h"

static struct db *fresh(const char *path, enum db_open how)
{
    struct db *db = NULL;
    struct err err = {0};
    if (!db_open(path, how, &db, &err))
        fail_msg("%s", err.text);
    return db;
}

static void add_newsletter(struct db *db, const char *slug)
{
    struct err err = {0};
    struct stmt *add = db_stmt(
        db, "INSERT INTO newsletter (slug, title, from_address, created_at) "
            "VALUES (?1, 'T', 'a@example.org', 0)");
    stmt_bind_text(add, 1, slug);
    assert_true(stmt_run(add, &err));
}

static int64_t count(struct db *db)
{
    int64_t n = -1;
    struct err err = {0};
    assert_true(
        stmt_one_int(db_stmt(db, "SELECT count(*) FROM newsletter"), &n, &err));
    return n;
}

static void a_fresh_database_is_at_this_programs_version(void **state)
{
    (void)state;
    OWNED(db_release) struct db *db = fresh(":memory:", DB_OPEN);
    assert_int_equal(db_version(db), migration_count());
    assert_true(migration_count() > 0);
}

static void a_transaction_that_is_not_committed_leaves_nothing(void **state)
{
    (void)state;
    OWNED(db_release) struct db *db = fresh(":memory:", DB_OPEN);
    struct err err = {0};
    {
        OWNED(tx_end) struct tx tx = TX_INIT;
        assert_true(tx_begin(&tx, db, TX_NORMAL, &err));
        add_newsletter(db, "lost");
    }
    assert_int_equal(count(db), 0);
}

static void an_inner_transaction_rolls_back_alone(void **state)
{
    (void)state;
    OWNED(db_release) struct db *db = fresh(":memory:", DB_OPEN);
    struct err err = {0};
    OWNED(tx_end) struct tx outer = TX_INIT;
    assert_true(tx_begin(&outer, db, TX_DURABLE, &err));
    add_newsletter(db, "kept");
    {
        OWNED(tx_end) struct tx inner = TX_INIT;
        assert_true(tx_begin(&inner, db, TX_DURABLE, &err));
        add_newsletter(db, "lost");
    }
    assert_true(tx_commit(&outer, &err));
    assert_int_equal(count(db), 1);
}

static void a_broken_constraint_is_a_conflict(void **state)
{
    (void)state;
    OWNED(db_release) struct db *db = fresh(":memory:", DB_OPEN);
    struct err err = {0};
    add_newsletter(db, "same");
    struct stmt *add = db_stmt(
        db, "INSERT INTO newsletter (slug, title, from_address, created_at) "
            "VALUES ('same', 'T', 'a@example.org', 0)");
    assert_false(stmt_run(add, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

struct folder {
    char path[64];
    char *file;
};

static int make_folder(void **state)
{
    struct folder *folder = MEM_NEW(struct folder);
    strcpy(folder->path, "/tmp/digest-store-XXXXXX");
    if (!mkdtemp(folder->path))
        return -1;
    folder->file = file_join(folder->path, "a.db");
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *folder = *state;
    char *command = mem_format("rm -rf '%s'", folder->path);
    int code = system(command); /* NOLINT: a fixed command in a test */
    free(command);
    free(folder->file);
    free(folder);
    return code;
}

static void a_new_file_is_private(void **state)
{
    struct folder *folder = *state;
    OWNED(db_release) struct db *db = fresh(folder->file, DB_CREATE);
    assert_non_null(db);
    struct stat status;
    assert_int_equal(stat(folder->file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void a_newer_database_is_refused(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    struct db *db = fresh(folder->file, DB_CREATE);
    assert_true(stmt_run(db_stmt(db, "PRAGMA user_version = 9999"), &err));
    db_close(db);
    assert_false(db_open(folder->file, DB_OPEN, &db, &err));
    assert_int_equal(err.kind, ERR_STORE);
    assert_non_null(strstr(err.text, "newer"));
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    char junk[4096];
    memset(junk, 'x', sizeof junk);
    assert_true(
        file_write(folder->file, (struct str){junk, sizeof junk}, 0600, &err));
    struct db *db = NULL;
    assert_false(db_open(folder->file, DB_OPEN, &db, &err));
    assert_int_equal(err.kind, ERR_STORE);
}

static void a_missing_file_is_not_made_by_opening(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    struct db *db = NULL;
    assert_false(db_open(folder->file, DB_OPEN, &db, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_false(file_exists(folder->file));
}

static void a_backup_holds_what_was_committed(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(db_release) struct db *db = fresh(folder->file, DB_CREATE);
    add_newsletter(db, "one");
    OWNED(mem_free) char *path = file_join(folder->path, "copy.db");
    assert_true(db_backup(db, path, &err));
    OWNED(db_release) struct db *copy = fresh(path, DB_OPEN);
    assert_int_equal(count(copy), 1);
    assert_false(db_backup(db, path, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static void a_second_writer_is_told_to_try_again(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(db_release) struct db *a = fresh(folder->file, DB_CREATE);
    OWNED(db_release) struct db *b = fresh(folder->file, DB_OPEN);
    OWNED(tx_end) struct tx first = TX_INIT, second = TX_INIT;
    assert_true(stmt_run(db_stmt(b, "PRAGMA busy_timeout = 0"), &err));
    assert_true(tx_begin(&first, a, TX_NORMAL, &err));
    assert_false(tx_begin(&second, b, TX_NORMAL, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
}

int main(void)
{
#define IN_FOLDER(test)                                                        \
    cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_database_is_at_this_programs_version),
        cmocka_unit_test(a_transaction_that_is_not_committed_leaves_nothing),
        cmocka_unit_test(an_inner_transaction_rolls_back_alone),
        cmocka_unit_test(a_broken_constraint_is_a_conflict),
        IN_FOLDER(a_new_file_is_private),
        IN_FOLDER(a_newer_database_is_refused),
        IN_FOLDER(a_file_that_is_no_database_is_refused),
        IN_FOLDER(a_missing_file_is_not_made_by_opening),
        IN_FOLDER(a_backup_holds_what_was_committed),
        IN_FOLDER(a_second_writer_is_told_to_try_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
