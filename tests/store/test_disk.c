/* A disk that fails, or is full: what is said is the cause, and nothing is
 * kept of a transaction that the database gave up. The faults are put in
 * between SQLite and the system. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/store/db.h"

static int failing; /* how many calls fail from now on */
static int fault;   /* with this errno */
static bool writing;

static bool fails(bool is_write)
{
    if (!failing || is_write != writing)
        return false;
    failing--;
    errno = fault;
    return true;
}

static ssize_t failing_pread(int fd, void *to, size_t size, off_t at)
{
    return fails(false) ? -1 : pread(fd, to, size, at);
}

static ssize_t failing_pwrite(int fd, const void *from, size_t size, off_t at)
{
    return fails(true) ? -1 : pwrite(fd, from, size, at);
}

static void set_fault(bool is_write, int code, int times)
{
    writing = is_write;
    fault = code;
    failing = times;
}

/* Before the first database is opened, so that they stand below what the
 * program itself puts there. off_t has 64 bits here. */
static int put_faults(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        sqlite3_syscall_ptr call;
    } calls[] = {
        {"pread", (sqlite3_syscall_ptr)failing_pread},
        {"pread64", (sqlite3_syscall_ptr)failing_pread},
        {"pwrite", (sqlite3_syscall_ptr)failing_pwrite},
        {"pwrite64", (sqlite3_syscall_ptr)failing_pwrite},
    };
    _Static_assert(sizeof(off_t) == 8, "one call for both names");
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    int put = 0;
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
        if (vfs->xGetSystemCall(vfs, calls[i].name) &&
            vfs->xSetSystemCall(vfs, calls[i].name, calls[i].call) == SQLITE_OK)
            put++;
    return put >= 2 ? 0 : -1;
}

static char folder[32];

static int begin(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/digest-disk-XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    failing = 0;
    OWNED(mem_free) char *remove = mem_format("rm -rf '%s'", folder);
    return chdir("/") == 0 ? system(remove) : -1;
}

static struct db *open_db(enum db_open how)
{
    struct db *db = NULL;
    struct err err = {0};
    if (!db_open("d.db", how, &db, &err))
        fail_msg("%s", err.text);
    return db;
}

static bool add(struct db *db, const char *slug, struct err *err)
{
    struct stmt *add = db_stmt(
        db, "INSERT INTO newsletter (slug, title, from_address, created_at) "
            "VALUES (?1, 'T', 'a@example.org', 0)");
    stmt_bind_text(add, 1, slug);
    return stmt_run(add, err);
}

static int64_t count(struct db *db)
{
    int64_t n = -1;
    struct err err = {0};
    if (!stmt_one_int(db_stmt(db, "SELECT count(*) FROM newsletter"), &n, &err))
        fail_msg("%s", err.text);
    return n;
}

static void says(const struct err *err, enum err_kind kind, const char *text)
{
    if (err->kind != kind || !strstr(err->text, text))
        fail_msg("kind %d: %s", (int)err->kind, err->text);
}

static void a_read_that_fails_once_is_no_damage(void **state)
{
    (void)state;
    struct err err = {0};
    db_close(open_db(DB_CREATE));
    OWNED(db_release) struct db *db = open_db(DB_OPEN);
    struct stmt *all = db_stmt(db, "SELECT count(*) FROM delivery");
    int64_t n;
    set_fault(false, EIO, 1);
    assert_false(stmt_one_int(all, &n, &err));
    says(&err, ERR_IO, "d.db: the disk failed (Input/output error)");
    assert_null(strstr(err.text, "backup"));
    assert_true(stmt_one_int(all, &n, &err));
    assert_int_equal(n, 0);
}

static void a_database_that_cannot_be_read_is_not_called_damaged(void **state)
{
    (void)state;
    struct err err = {0};
    struct db *db = NULL;
    db_close(open_db(DB_CREATE));
    set_fault(false, EIO, 1000);
    assert_false(db_open("d.db", DB_OPEN, &db, &err));
    says(&err, ERR_IO, "the disk failed");
}

static void a_damaged_one_is(void **state)
{
    (void)state;
    struct err err = {0};
    struct db *db = NULL;
    assert_true(file_write("d.db",
                           STR("no database, whatever its name says, "
                               "and long enough to be looked at"),
                           0600, &err));
    assert_false(db_open("d.db", DB_OPEN, &db, &err));
    says(&err, ERR_STORE, "damaged");
    says(&err, ERR_STORE, "put a backup in its place");
}

static void a_full_disk_is_named_and_costs_one_transaction(void **state)
{
    (void)state;
    static const int codes[] = {ENOSPC, EDQUOT};
    OWNED(db_release) struct db *db = open_db(DB_CREATE);
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        struct err err = {0};
        OWNED(tx_end) struct tx tx = TX_INIT;
        assert_true(tx_begin(&tx, db, TX_DURABLE, &err));
        assert_true(add(db, "a", &err));
        set_fault(true, codes[i], 1000);
        assert_false(tx_commit(&tx, &err));
        says(&err, ERR_STORE, "d.db: the disk is full");
        tx_end(&tx);
        failing = 0;
        assert_int_equal(count(db), 0);
    }
    struct err err = {0};
    assert_true(add(db, "b", &err));
    assert_int_equal(count(db), 1);
}

static void a_write_that_fails_names_the_disk(void **state)
{
    (void)state;
    struct err err = {0};
    OWNED(db_release) struct db *db = open_db(DB_CREATE);
    set_fault(true, EIO, 1000);
    assert_false(add(db, "a", &err));
    says(&err, ERR_IO, "the disk failed (Input/output error)");
    set_fault(true, EROFS, 1000);
    assert_false(add(db, "a", &err));
    says(&err, ERR_IO, "mounted read-only");
}

/* The database gives a whole transaction up; the next one inside of it would
 * be a transaction of its own, and stay. */
static void nothing_is_kept_of_a_transaction_that_was_given_up(void **state)
{
    (void)state;
    struct err err = {0};
    OWNED(db_release) struct db *db = open_db(DB_CREATE);
    {
        OWNED(tx_end) struct tx outer = TX_INIT;
        OWNED(tx_end) struct tx inner = TX_INIT;
        assert_true(tx_begin(&outer, db, TX_DURABLE, &err));
        assert_true(add(db, "a", &err));
        assert_false(stmt_run(
            db_stmt(db, "INSERT OR ROLLBACK INTO newsletter (slug, title, "
                        "    from_address, created_at) "
                        "VALUES ('a', 'T', 'a@example.org', 0)"),
            &err));
        says(&err, ERR_CONFLICT, "newsletter.slug");
        assert_int_equal(count(db), 0);
        err = (struct err){0};
        assert_false(add(db, "b", &err));
        says(&err, ERR_CONFLICT, "newsletter.slug");
        err = (struct err){0};
        assert_false(tx_begin(&inner, db, TX_DURABLE, &err));
        says(&err, ERR_CONFLICT, "newsletter.slug");
        err = (struct err){0};
        assert_false(tx_commit(&outer, &err));
        says(&err, ERR_CONFLICT, "newsletter.slug");
    }
    assert_int_equal(count(db), 0);
    assert_true(add(db, "c", &err));
    assert_int_equal(count(db), 1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_read_that_fails_once_is_no_damage),
        IN_FOLDER(a_database_that_cannot_be_read_is_not_called_damaged),
        IN_FOLDER(a_damaged_one_is),
        IN_FOLDER(a_full_disk_is_named_and_costs_one_transaction),
        IN_FOLDER(a_write_that_fails_names_the_disk),
        IN_FOLDER(nothing_is_kept_of_a_transaction_that_was_given_up),
    };
    return cmocka_run_group_tests(tests, put_faults, NULL);
}
