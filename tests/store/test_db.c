#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/store/backup.h"
#include "digest/store/db.h"
#include "digest/store/migrations_internal.h"
#include "digest/store/rows.h"

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

static void rows_become_an_array_in_the_arena(void **state)
{
    (void)state;
    OWNED(db_release) struct db *db = fresh(":memory:", DB_OPEN);
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct err err = {0};
    int64_t *items = NULL;
    size_t n = 1;
    struct stmt *rows = db_stmt(db, "SELECT id FROM newsletter");
    assert_true(STMT_LIST(rows, &arena, items, n, stmt_int(rows, 0), &err));
    assert_int_equal(n, 0);
    rows = db_stmt(
        db, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i FROM n LIMIT 20");
    assert_true(STMT_LIST(rows, &arena, items, n, stmt_int(rows, 0), &err));
    assert_int_equal(n, 20);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(items[i], i + 1);
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

struct writer {
    const char *path;
    atomic_bool stop, ended;
    atomic_int commits;
};

static void *keep_writing(void *context)
{
    struct writer *writer = context;
    struct err err = {0};
    struct db *db = NULL;
    if (!db_open(writer->path, DB_OPEN, &db, &err))
        return NULL;
    while (!writer->stop) {
        char slug[32];
        snprintf(slug, sizeof slug, "n%d", writer->commits);
        add_newsletter(db, slug);
        writer->commits++;
    }
    db_close(db);
    return NULL;
}

/* Without one view of the database each commit made it begin anew, and it
 * would never end. */
static void a_backup_ends_while_another_writes(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(db_release) struct db *db = fresh(folder->file, DB_CREATE);
    OWNED(mem_free) char *path = file_join(folder->path, "copy.db");
    assert_true(stmt_run(
        db_stmt(db, "INSERT INTO bounce_aside (at, why, sender, subject, "
                    "recipient, kind, status, reason, source) "
                    "VALUES (0, '', '', '', '', '', '', '', "
                    "zeroblob(40000000))"),
        &err));
    struct writer writer = {.path = folder->file};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, keep_writing, &writer), 0);
    while (writer.commits < 10)
        sched_yield();
    int before = writer.commits;
    bool good = db_backup(db, path, &err);
    int after = writer.commits;
    writer.stop = true;
    pthread_join(thread, NULL);
    if (!good)
        fail_msg("%s", err.text);
    assert_true(after > before); /* it did write meanwhile */
    OWNED(db_release) struct db *copy = fresh(path, DB_OPEN);
    assert_true(count(copy) >= before && count(copy) <= after);
}

static void spoil(const char *path)
{
    int fd = open(path, O_WRONLY);
    char junk[4096];
    memset(junk, 0x5a, sizeof junk);
    assert_true(fd >= 0 &&
                pwrite(fd, junk, sizeof junk, 8192) == (ssize_t)sizeof junk);
    close(fd);
}

static void a_damaged_database_makes_no_backup(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    db_close(fresh(folder->file, DB_CREATE));
    spoil(folder->file);
    OWNED(mem_free) char *path = file_join(folder->path, "copy.db");
    struct db *db = NULL;
    if (db_open(folder->file, DB_OPEN, &db, &err))
        assert_false(db_backup(db, path, &err));
    db_close(db);
    assert_int_equal(err.kind, ERR_STORE);
    OWNED(file_list_free) struct file_list left = {0};
    assert_true(file_list(folder->path, NULL, &left, &err));
    for (size_t i = 0; i < left.count; i++)
        assert_null(strstr(left.names[i], "copy"));
}

/* A database with one newsletter, and a backup of it; then it gets another.
 */
static char *make_backup(struct folder *folder)
{
    struct err err = {0};
    OWNED(db_release) struct db *db = fresh(folder->file, DB_CREATE);
    char *path = file_join(folder->path, "copy.db");
    add_newsletter(db, "one");
    assert_true(db_backup(db, path, &err));
    add_newsletter(db, "two");
    return path;
}

static void restoring_over_a_database_has_to_be_said(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(mem_free) char *path = make_backup(folder);
    OWNED(mem_free) char *aside = NULL;
    assert_false(db_restore(path, folder->file, false, &aside, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    OWNED(db_release) struct db *db = fresh(folder->file, DB_OPEN);
    assert_int_equal(count(db), 2);
}

static void restoring_keeps_what_was_there(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(mem_free) char *path = make_backup(folder);
    OWNED(mem_free) char *aside = NULL;
    if (!db_restore(path, folder->file, true, &aside, &err))
        fail_msg("%s", err.text);
    OWNED(db_release) struct db *db = fresh(folder->file, DB_OPEN);
    OWNED(db_release) struct db *old = fresh(aside, DB_OPEN);
    assert_int_equal(count(db), 1);
    assert_int_equal(count(old), 2);
    struct stat status;
    assert_int_equal(stat(folder->file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void a_database_in_use_is_not_restored_over(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(mem_free) char *path = make_backup(folder);
    OWNED(mem_free) char *aside = NULL;
    OWNED(db_release) struct db *db = fresh(folder->file, DB_OPEN);
    assert_int_equal(count(db), 2);
    assert_false(db_restore(path, folder->file, true, &aside, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    add_newsletter(db, "three"); /* it is as it was */
    assert_int_equal(count(db), 3);
}

static void a_damaged_backup_is_not_restored(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(mem_free) char *path = make_backup(folder);
    OWNED(mem_free) char *aside = NULL;
    spoil(path);
    assert_false(db_restore(path, folder->file, true, &aside, &err));
    assert_int_equal(err.kind, ERR_STORE);
    OWNED(db_release) struct db *db = fresh(folder->file, DB_OPEN);
    assert_int_equal(count(db), 2);
}

static void a_damaged_database_is_restored_over(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(mem_free) char *path = make_backup(folder);
    OWNED(mem_free) char *aside = NULL;
    assert_int_equal(truncate(folder->file, 5000), 0);
    if (!db_restore(path, folder->file, true, &aside, &err))
        fail_msg("%s", err.text);
    OWNED(db_release) struct db *db = fresh(folder->file, DB_OPEN);
    assert_int_equal(count(db), 1);
    assert_true(file_exists(aside));
}

static void a_backup_is_not_restored_over_itself(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(mem_free) char *path = make_backup(folder);
    OWNED(mem_free) char *aside = NULL;
    assert_false(db_restore(path, path, true, &aside, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static void a_second_writer_is_told_to_try_again(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(db_release) struct db *a = fresh(folder->file, DB_CREATE);
    OWNED(db_release) struct db *b = fresh(folder->file, DB_OPEN);
    OWNED(tx_end) struct tx first = TX_INIT, second = TX_INIT;
    assert_true(tx_begin(&first, a, TX_NORMAL, &err));
    assert_int_equal(db_set_busy_timeout(b, 100), 10000);
    assert_false(tx_begin(&second, b, TX_NORMAL, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
}

/* One long transaction after the other, as an import of a large list. */
static void *keep_others_out(void *context)
{
    enum { TIMES = 100, LONG_US = 60000 };
    struct writer *writer = context;
    struct err err = {0};
    struct db *db = NULL;
    if (!db_open(writer->path, DB_OPEN, &db, &err))
        return NULL;
    for (int i = 0; i < TIMES && !writer->stop; i++) {
        OWNED(tx_end) struct tx tx = TX_INIT;
        char slug[32];
        snprintf(slug, sizeof slug, "n%d", i);
        if (!tx_begin(&tx, db, TX_NORMAL, &err))
            break;
        add_newsletter(db, slug);
        usleep(LONG_US);
        if (tx_commit(&tx, &err))
            writer->commits++;
    }
    writer->ended = true;
    db_close(db);
    return NULL;
}

static void who_writes_long_lets_others_in(void **state)
{
    struct folder *folder = *state;
    struct err err = {0};
    OWNED(db_release) struct db *db = fresh(folder->file, DB_CREATE);
    struct writer writer = {.path = folder->file};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, keep_others_out, &writer),
                     0);
    while (writer.commits < 1 && !writer.ended)
        sched_yield();
    OWNED(tx_end) struct tx tx = TX_INIT;
    bool good = tx_begin(&tx, db, TX_NORMAL, &err);
    bool ended = writer.ended;
    tx_end(&tx);
    writer.stop = true;
    pthread_join(thread, NULL);
    assert_true(good);
    assert_false(ended);
}

int main(void)
{
#define IN_FOLDER(test)                                                        \
    cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_database_is_at_this_programs_version),
        cmocka_unit_test(rows_become_an_array_in_the_arena),
        cmocka_unit_test(a_transaction_that_is_not_committed_leaves_nothing),
        cmocka_unit_test(an_inner_transaction_rolls_back_alone),
        cmocka_unit_test(a_broken_constraint_is_a_conflict),
        IN_FOLDER(a_new_file_is_private),
        IN_FOLDER(a_newer_database_is_refused),
        IN_FOLDER(a_file_that_is_no_database_is_refused),
        IN_FOLDER(a_missing_file_is_not_made_by_opening),
        IN_FOLDER(a_backup_holds_what_was_committed),
        IN_FOLDER(a_backup_ends_while_another_writes),
        IN_FOLDER(a_damaged_database_makes_no_backup),
        IN_FOLDER(restoring_over_a_database_has_to_be_said),
        IN_FOLDER(restoring_keeps_what_was_there),
        IN_FOLDER(a_database_in_use_is_not_restored_over),
        IN_FOLDER(a_damaged_backup_is_not_restored),
        IN_FOLDER(a_damaged_database_is_restored_over),
        IN_FOLDER(a_backup_is_not_restored_over_itself),
        IN_FOLDER(a_second_writer_is_told_to_try_again),
        IN_FOLDER(who_writes_long_lets_others_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
