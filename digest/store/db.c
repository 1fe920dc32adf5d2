/* Opens and migrates the database, runs transactions, and words its errors. */
#include "digest/store/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/store/backup.h"
#include "digest/store/disk_internal.h"
#include "digest/store/handle_internal.h"
#include "digest/store/migrations_internal.h"

enum {
    BUSY_TIMEOUT_MS = 10000,
    LOOK_US = 1000, /* how often a lock is looked at by who waits */
    LONG_MS = 50,   /* who has held it for so long lets others in … */
    LET_IN_MS = 3,  /* … for so long */
};

/* The system's error, in words that say what to do; false where it has none
 * of its own. */
static bool fail_disk(const struct db *db, int code, struct err *err)
{
    switch (code) {
    case ENOSPC:
    case EDQUOT:
        err_set(err, ERR_STORE,
                "%s: the disk is full; nothing was lost: make room, and try "
                "again",
                db->path);
        return true;
    case EROFS:
        err_set(err, ERR_IO,
                "%s: its file system is mounted read-only; mount it to be "
                "written (a disk that failed may be the reason: see the "
                "system's log)",
                db->path);
        return true;
    case EIO:
    case ENXIO:
    case ENODEV:
        err_set(err, ERR_IO,
                "%s: the disk failed (%s), which doesn't mean that the "
                "database is damaged; see the system's log, and try again",
                db->path, strerror(code));
        return true;
    default:
        return false;
    }
}

static bool is_read_only(const char *path)
{
    OWNED(mem_free) char *copy = mem_copy(path);
    struct statvfs disk;
    return (statvfs(path, &disk) == 0 || statvfs(dirname(copy), &disk) == 0) &&
           disk.f_flag & ST_RDONLY;
}

static bool fail_permission(const struct db *db, struct err *err)
{
    return err_set(err, ERR_PERMISSION,
                   "%s: may not be written; check the owner and mode of "
                   "the file and its folder",
                   db->path);
}

/* SQLite couldn't use a file: the system knows why. */
static bool fail_file(struct db *db, int fault, struct err *err)
{
    bool opens = (sqlite3_errcode(db->sqlite) & 0xff) == SQLITE_CANTOPEN;
    int code = sqlite3_system_errno(db->sqlite);
    if (!opens)
        code = fault ? fault : code ? code : EIO;
    if (is_read_only(db->path))
        code = EROFS;
    if (fail_disk(db, code, err))
        return false;
    if (code == EACCES || code == EPERM)
        return fail_permission(db, err);
    const char *said = sqlite3_errmsg(db->sqlite);
    return code ? err_set(err, ERR_STORE, "%s: %s (%s)", db->path, said,
                          strerror(code))
                : err_set(err, ERR_STORE, "%s: %s", db->path, said);
}

static bool describe(struct db *db, struct err *err)
{
    int code = sqlite3_errcode(db->sqlite), fault = disk_fault();
    const char *said = sqlite3_errmsg(db->sqlite);
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return err_set(err, ERR_CONFLICT, "%s: %s", db->path, said);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, ERR_TEMPORARY,
                       "%s: the database is locked by another program; try "
                       "again in a moment",
                       db->path);
    case SQLITE_FULL:
        fail_disk(db, ENOSPC, err);
        return false;
    case SQLITE_CANTOPEN:
        if (access(db->path, R_OK | W_OK) != 0 && errno == EACCES)
            return fail_permission(db, err);
        /* fall through */
    case SQLITE_IOERR:
        return fail_file(db, fault, err);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        if (is_read_only(db->path) && fail_disk(db, EROFS, err))
            return false;
        return fail_permission(db, err);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        if (fault && fail_disk(db, fault, err))
            return false;
        return err_set(err, ERR_STORE,
                       "%s: not a database, or a damaged one (%s); put a "
                       "backup in its place",
                       db->path, said);
    default:
        return err_set(err, ERR_STORE, "%s: %s", db->path, said);
    }
}

bool db_fail(struct db *db, struct err *err)
{
    struct err why = {0};
    describe(db, &why);
    if (db->depth && !db->lost.kind && sqlite3_get_autocommit(db->sqlite))
        db->lost = why;
    if (err)
        *err = why;
    return false;
}

/* An error such as a full disk ended the transaction: nothing can be added to
 * it any more, and what was is gone. */
static bool is_lost(const struct db *db, struct err *err)
{
    if (db->lost.kind && err)
        *err = db->lost;
    return db->lost.kind;
}

static bool execute(struct db *db, const char *sql, struct err *err)
{
    if (sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
        return db_fail(db, err);
    return true;
}

static bool pragma_number(struct db *db, const char *sql, int64_t *out,
                          struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql);
    return stmt_one_int(stmt, out, err);
}

static bool apply_migration(struct db *db, int number, struct err *err)
{
    const char *name;
    struct str sql = migration_sql(number, &name);
    OWNED(mem_free)
    char *text =
        mem_format("%.*s;\nPRAGMA user_version = %d;\n", STR_ARG(sql), number);
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    int64_t version;
    if (!pragma_number(db, "PRAGMA user_version", &version, err))
        return false;
    if (version >= number) /* another process did it meanwhile */
        return tx_commit(&tx, err);
    if (!execute(db, text, err))
        return err_context(err, "migration %s", name);
    return tx_commit(&tx, err);
}

static bool is_memory(const char *path)
{
    return strcmp(path, ":memory:") == 0;
}

/* Migrates from an older version. The copy goes where nothing came of it: cron
 * tries again each minute, and copies of the same would take the room, and the
 * place of older ones. */
static bool migrate_from(struct db *db, int version, struct err *err)
{
    OWNED(mem_free) char *copy = NULL;
    if (!db_backup_beside(db, version, &copy, err))
        return false;
    for (int number = version + 1; number <= migration_count(); number++) {
        if (apply_migration(db, number, err))
            continue;
        if (number == version + 1)
            unlink(copy);
        return false;
    }
    return db_prune_beside(db, err);
}

/* One process at a time makes the copy and migrates; the lock is on the
 * folder, and leaves nothing behind. */
static bool migrate_alone(struct db *db, struct err *err)
{
    OWNED(mem_free) char *copy = mem_copy(db->path);
    OWNED(file_unlock)
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int64_t version;
    if (folder < 0 || flock(folder, LOCK_EX) != 0)
        return file_fail(err, db->path, "lock the folder of");
    if (!pragma_number(db, "PRAGMA user_version", &version, err))
        return false;
    if (version >= migration_count()) /* another did it meanwhile */
        return true;
    return migrate_from(db, (int)version, err);
}

static bool migrate(struct db *db, struct err *err)
{
    int64_t version, application;
    if (!pragma_number(db, "PRAGMA user_version", &version, err) ||
        !pragma_number(db, "PRAGMA application_id", &application, err))
        return false;
    int64_t tables;
    if (!pragma_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err))
        return false;
    if (tables > 0 && application != DB_APPLICATION_ID)
        return err_set(err, ERR_STORE,
                       "%s: a database of some other program; give another "
                       "database.path in digest.yaml",
                       db->path);
    if (version > migration_count())
        return err_set(err, ERR_STORE,
                       "%s: made by a newer digest (version %" PRId64
                       ", this one knows %d); upgrade this program with `git "
                       "pull && cron/setup`, or restore a backup from before",
                       db->path, version, migration_count());
    if (version > 0 && version < migration_count() && !is_memory(db->path))
        return migrate_alone(db, err);
    OWNED(mem_free)
    char *mark = mem_format("PRAGMA application_id = %d", DB_APPLICATION_ID);
    if (version == 0 && !execute(db, mark, err))
        return false;
    for (int number = (int)version + 1; number <= migration_count(); number++)
        if (!apply_migration(db, number, err))
            return false;
    return true;
}

/* SQLite would make the file with the umask's mode; it holds people's
 * addresses. */
static bool make_private_file(const char *path, struct err *err)
{
    int fd = file_create(path, 0600);
    if (fd < 0)
        return errno == EEXIST || file_fail(err, path, "make the database");
    close(fd);
    return true;
}

/* SQLite's own would look less and less often, and between the transactions
 * of a busy writer find none of the moments in which nobody writes. */
static int wait_for_lock(void *context, int times)
{
    struct db *db = context;
    int64_t now = clock_monotonic_ms();
    if (times == 0)
        db->waiting_ms = now;
    if (now - db->waiting_ms >= db->busy_timeout_ms)
        return 0;
    usleep(LOOK_US);
    return 1;
}

static bool configure(struct db *db, struct err *err)
{
    db->busy_timeout_ms = BUSY_TIMEOUT_MS;
    sqlite3_busy_handler(db->sqlite, wait_for_lock, db);
    sqlite3_extended_result_codes(db->sqlite, 1);
    /* A plan never hangs on what is bound: else each look-up of an article
     * would be compiled anew, for the partial index it might have used. */
    sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    return execute(db,
                   "PRAGMA journal_mode = WAL;"
                   "PRAGMA synchronous = FULL;"
                   "PRAGMA foreign_keys = ON;"
                   "PRAGMA secure_delete = ON;"
                   "PRAGMA temp_store = MEMORY;"
                   "PRAGMA cache_size = -16000;"
                   "PRAGMA trusted_schema = OFF;",
                   err);
}

bool db_open(const char *path, enum db_open how, struct db **out,
             struct err *err)
{
    if (!is_memory(path)) {
        if (how == DB_CREATE && !make_private_file(path, err))
            return false;
        if (how == DB_OPEN && !file_exists(path))
            return err_set(err, ERR_NOT_FOUND, "%s: there is no database here",
                           path) ||
                   err_remedy(err, REMEDY_MAKE_DATABASE, NULL);
    }
    OWNED(db_release) struct db *db = MEM_NEW(struct db);
    db->path = mem_copy(path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    disk_watch();
    if (sqlite3_open_v2(path, &db->sqlite, flags, NULL) != SQLITE_OK)
        return db_fail(db, err);
    if (!configure(db, err) || !migrate(db, err))
        return false;
    *out = TAKE(db);
    return true;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < db->stmt_count; i++) {
        sqlite3_finalize(db->stmts[i]->sqlite);
        free(db->stmts[i]);
    }
    free(db->stmts);
    free(db->slots);
    sqlite3_close(db->sqlite);
    free(db->path);
    free(db);
}

void db_release(struct db **db)
{
    db_close(*db);
    *db = NULL;
}

int db_version(struct db *db)
{
    int64_t version = 0;
    struct err err;
    return pragma_number(db, "PRAGMA user_version", &version, &err)
               ? (int)version
               : 0;
}

int64_t db_set_busy_timeout(struct db *db, int64_t ms)
{
    int64_t was = db->busy_timeout_ms;
    db->busy_timeout_ms = ms;
    return was;
}

int64_t db_used(const struct db *db)
{
    return db->used;
}

const char *db_path(const struct db *db)
{
    return db->path;
}

int64_t db_changes(struct db *db)
{
    return sqlite3_changes64(db->sqlite);
}

int64_t db_last_id(struct db *db)
{
    return sqlite3_last_insert_rowid(db->sqlite);
}

/* ---- transactions ---- */

static bool set_durability(struct db *db, enum tx_kind kind, struct err *err)
{
    if (kind == TX_READ || db->synchronous == kind)
        return true;
    if (!execute(db,
                 kind == TX_DURABLE ? "PRAGMA synchronous = FULL"
                                    : "PRAGMA synchronous = NORMAL",
                 err))
        return false;
    db->synchronous = kind;
    return true;
}

static void note_writing(struct db *db)
{
    db->writing_ms = clock_monotonic_ms();
    if (db->writing_ms - db->freed_ms >= LET_IN_MS)
        db->held_ms = 0;
}

bool tx_begin(struct tx *tx, struct db *db, enum tx_kind kind, struct err *err)
{
    assert(!tx->db);
    if (db->depth == 0) {
        if (!set_durability(db, kind, err) ||
            !stmt_run(
                db_stmt(db, kind == TX_READ ? "BEGIN" : "BEGIN IMMEDIATE"),
                err))
            return false;
        if (kind != TX_READ)
            note_writing(db);
    } else {
        char sql[32];
        snprintf(sql, sizeof sql, "SAVEPOINT s%u", db->depth);
        if (is_lost(db, err) || !execute(db, sql, err))
            return false;
    }
    tx->db = db;
    tx->depth = db->depth++;
    return true;
}

/* Lets other writers in. An import, writing in long transactions or one short
 * one after the other, would keep out all those who want to unsubscribe. */
static void let_others_in(struct db *db)
{
    int64_t now_ms = clock_monotonic_ms();
    if (!db->writing_ms)
        return;
    db->held_ms += now_ms - db->writing_ms;
    db->writing_ms = 0;
    db->freed_ms = now_ms;
    if (db->held_ms < LONG_MS)
        return;
    usleep(LET_IN_MS * 1000);
    db->held_ms = 0;
}

bool tx_commit(struct tx *tx, struct err *err)
{
    struct db *db = tx->db;
    assert(db && db->depth == tx->depth + 1);
    if (is_lost(db, err))
        return false;
    if (tx->depth == 0) {
        if (!stmt_run(db_stmt(db, "COMMIT"), err))
            return false;
    } else {
        char sql[32];
        snprintf(sql, sizeof sql, "RELEASE s%u", tx->depth);
        if (!execute(db, sql, err))
            return false;
    }
    db->depth--;
    tx->db = NULL;
    if (db->depth == 0) {
        let_others_in(db);
        db_kept(db);
    }
    return true;
}

void tx_end(struct tx *tx)
{
    struct db *db = tx->db;
    if (!db)
        return;
    /* An error such as a full disk may have rolled back already. */
    if (tx->depth == 0) {
        if (!sqlite3_get_autocommit(db->sqlite))
            sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    } else {
        char sql[64];
        snprintf(sql, sizeof sql, "ROLLBACK TO s%u; RELEASE s%u", tx->depth,
                 tx->depth);
        if (!db->lost.kind)
            sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
    }
    db->depth = tx->depth;
    tx->db = NULL;
    if (db->depth == 0) {
        db->lost.kind = ERR_NONE;
        let_others_in(db);
    }
}

bool tx_is_open(const struct tx *tx)
{
    return tx->db && !sqlite3_get_autocommit(tx->db->sqlite);
}

bool db_sync(struct db *db, struct err *err)
{
    int moved = 0;
    if (is_memory(db->path))
        return true;
    sqlite3_file_control(db->sqlite, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved)
        return err_set(err, ERR_STORE,
                       "%s: was moved or removed while it was in use; what "
                       "was on record is in the file that went: put it back",
                       db->path);
    OWNED(mem_free) char *wal = mem_format("%s-wal", db->path);
    int fd = open(wal, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || file_fail(err, wal, "open");
    bool good = fdatasync(fd) == 0 || file_fail(err, wal, "sync");
    close(fd);
    return good;
}
