/* Copies the database while it is used, verifies copies, and puts one back. */
#include "digest/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/store/disk_internal.h"
#include "digest/store/handle_internal.h"
#include "digest/store/migrations_internal.h"

enum { PAGES_A_STEP = 2000 };

/* ---- one file --------------------------------------------------------- */

static bool open_file(const char *path, int flags, struct db **out,
                      struct err *err)
{
    OWNED(db_release) struct db *db = MEM_NEW(struct db);
    db->path = mem_copy(path);
    disk_watch();
    if (sqlite3_open_v2(path, &db->sqlite, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        db_fail(db, err);
        return false;
    }
    *out = TAKE(db);
    return true;
}

bool db_check(struct db *db, struct err *err)
{
    struct stmt *check = db_stmt(db, "PRAGMA integrity_check(1)");
    if (!stmt_step(check, err))
        return false;
    const char *said = stmt_text(check, 0);
    bool good = strcmp(said, "ok") == 0;
    const char *line = strrchr(said, '\n'); /* the first names the database */
    if (!good)
        err_set(err, ERR_STORE, "%s: damaged (%s)", db->path,
                line ? line + 1 : said);
    stmt_reset(check);
    return good;
}

/* Checks that a database is of this program, and not of a newer one. */
static bool check_kind(struct db *db, struct err *err)
{
    int64_t application;
    if (!stmt_one_int(db_stmt(db, "PRAGMA application_id"), &application, err))
        return false;
    if (application != DB_APPLICATION_ID)
        return err_set(err, ERR_STORE, "%s: no database of digest", db->path);
    if (db_version(db) > migration_count())
        return err_set(err, ERR_STORE,
                       "%s: made by a newer digest (version %d, this one "
                       "knows %d); upgrade this program with `git pull && "
                       "cron/setup`",
                       db->path, db_version(db), migration_count());
    return true;
}

/* A damaged file is found by reading it anew, not from memory. */
static bool check_file(const char *path, struct err *err)
{
    OWNED(db_release) struct db *db = NULL;
    return open_file(path, SQLITE_OPEN_READONLY, &db, err) &&
           check_kind(db, err) && db_check(db, err);
}

/* A new name in a folder is on disk when the folder is. */
static bool sync_folder(const char *path, struct err *err)
{
    OWNED(mem_free) char *copy = mem_copy(path);
    const char *folder = dirname(copy);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return file_fail(err, folder, "open");
    bool good = fsync(fd) == 0 || file_fail(err, folder, "sync");
    close(fd);
    return good;
}

/* ---- copying ---------------------------------------------------------- */

static bool copy_pages(struct db *from, struct db *to, struct err *err)
{
    sqlite3_backup *backup =
        sqlite3_backup_init(to->sqlite, "main", from->sqlite, "main");
    if (!backup)
        return db_fail(to, err);
    int code;
    do
        code = sqlite3_backup_step(backup, PAGES_A_STEP);
    while (code == SQLITE_OK);
    code = sqlite3_backup_finish(backup);
    return code == SQLITE_OK || db_fail(to, err);
}

/* One moment's view: without it each commit of another process would make
 * the copy begin anew, and during a send it would never end. */
static bool copy_view(struct db *from, struct db *to, struct err *err)
{
    int64_t tables;
    OWNED(tx_end) struct tx tx = TX_INIT;
    return tx_begin(&tx, from, TX_READ, err) &&
           stmt_one_int(db_stmt(from, "SELECT count(*) FROM sqlite_schema"),
                        &tables, err) &&
           copy_pages(from, to, err) && tx_commit(&tx, err);
}

/* Leaves no -wal file beside the copy: one file is all of it. */
static bool leave_wal(struct db *db, struct err *err)
{
    struct stmt *mode = db_stmt(db, "PRAGMA journal_mode = DELETE");
    bool done = stmt_step(mode, err);
    if (done && strcmp(stmt_text(mode, 0), "delete") != 0)
        done = err_set(err, ERR_TEMPORARY,
                       "%s: in use by another program; stop it first (`digest "
                       "serve`, a send that is going on, cron)",
                       db->path);
    stmt_reset(mode);
    return done;
}

static bool copy_to(struct db *from, const char *path, struct err *err)
{
    OWNED(db_release) struct db *to = NULL;
    return file_write(path, STR(""), 0600, err) &&
           open_file(path, SQLITE_OPEN_READWRITE, &to, err) &&
           copy_view(from, to, err) && leave_wal(to, err);
}

/* The copy under its working name; gone when it didn't come to be. */
static bool copy_checked(struct db *from, const char *path, struct err *err)
{
    if (copy_to(from, path, err) && check_file(path, err))
        return true;
    unlink(path);
    return false;
}

static bool refuse_existing(const char *path, struct err *err)
{
    return err_set(err, ERR_CONFLICT,
                   "%s: exists already; name a file that doesn't", path);
}

bool db_backup(struct db *db, const char *path, struct err *err)
{
    OWNED(mem_free)
    char *working = mem_format("%s.%ld.part", path, (long)getpid());
    if (file_exists(path))
        return refuse_existing(path, err);
    if (!copy_checked(db, working, err))
        return false;
    /* Unlike rename, this takes no other's file away. */
    bool good = link(working, path) == 0;
    if (!good && errno == EEXIST)
        refuse_existing(path, err);
    else if (!good)
        file_fail(err, path, "write");
    unlink(working);
    return good && sync_folder(path, err);
}

/* ---- before a migration ----------------------------------------------- */

static const char copy_mark[] = ".migrated-";

/* 20261125T230500Z: a time that names sort by. */
static void stamp(char out[TIME_TEXT_SIZE])
{
    char text[TIME_TEXT_SIZE];
    size_t length = 0;
    for (const char *c = time_rfc3339(clock_now(), text); *c; c++)
        if (*c != '-' && *c != ':')
            out[length++] = *c;
    out[length] = '\0';
}

/* The newest stay; their names sort by time. */
static bool prune(const char *database, const char *mark, struct err *err)
{
    OWNED(mem_free) char *copy = mem_copy(database);
    OWNED(mem_free) char *again = mem_copy(database);
    const char *folder = dirname(copy);
    OWNED(mem_free) char *prefix = mem_format("%s%s", basename(again), mark);
    OWNED(file_list_free) struct file_list list = {0};
    if (!file_list(folder, ".db", &list, err))
        return false;
    size_t kept = 0;
    for (size_t i = list.count; i-- > 0;) {
        if (!str_starts(str_of(list.names[i]), str_of(prefix)) ||
            kept++ < BACKUPS_OF_MIGRATIONS)
            continue;
        OWNED(mem_free) char *path = file_join(folder, list.names[i]);
        if (unlink(path) != 0 && errno != ENOENT)
            return file_fail(err, path, "remove");
    }
    return true;
}

bool db_backup_beside(struct db *db, int version, char **copy, struct err *err)
{
    char now[TIME_TEXT_SIZE];
    stamp(now);
    OWNED(mem_free)
    char *path =
        mem_format("%s%s%s-from-%d.db", db->path, copy_mark, now, version);
    if (!db_backup(db, path, err))
        return err_context(err, "the copy that is made before a migration");
    *copy = TAKE(path);
    return true;
}

bool db_prune_beside(struct db *db, struct err *err)
{
    return prune(db->path, copy_mark, err);
}

/* ---- the way back ----------------------------------------------------- */

/* Makes sure that nobody else has the database open, and all of it is in the
 * one file. One too damaged for that is kept as it is. */
static bool claim_alone(const char *path, struct err *err)
{
    OWNED(db_release) struct db *db = NULL;
    struct err why = {0};
    if (!open_file(path, SQLITE_OPEN_READWRITE, &db, err))
        return false;
    if (leave_wal(db, &why) || why.kind == ERR_STORE)
        return true;
    *err = why;
    if (why.kind == ERR_TEMPORARY)
        err_set(err, ERR_TEMPORARY,
                "%s: in use; stop what uses it first (the web server, cron, a "
                "send that is going on)",
                path);
    return false;
}

static bool is_same(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* The database by its other name; what belongs to a damaged one follows. */
static bool put_aside(const char *path, char **aside, struct err *err)
{
    static const char *const ends[] = {"-wal", "-shm"};
    char now[TIME_TEXT_SIZE];
    stamp(now);
    *aside = mem_format("%s.before-restore-%s", path, now);
    if (link(path, *aside) != 0)
        return file_fail(err, *aside, "write");
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        OWNED(mem_free) char *from = mem_format("%s%s", path, ends[i]);
        OWNED(mem_free) char *to = mem_format("%s%s", *aside, ends[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return file_fail(err, from, "put aside");
    }
    return true;
}

static bool take_place(const char *working, const char *path, bool replace,
                       char **aside, struct err *err)
{
    bool there = file_exists(path);
    if (there &&
        (!replace || !claim_alone(path, err) || !put_aside(path, aside, err)))
        return replace ? false : refuse_existing(path, err);
    if (rename(working, path) != 0)
        return file_fail(err, path, "write");
    return sync_folder(path, err);
}

bool db_restore(const char *backup, const char *path, bool replace,
                char **aside, struct err *err)
{
    OWNED(db_release) struct db *from = NULL;
    OWNED(mem_free) char *working = mem_format("%s.restoring", path);
    *aside = NULL;
    if (!file_exists(backup))
        return err_set(err, ERR_NOT_FOUND, "%s: there is no such backup",
                       backup);
    if (is_same(backup, path))
        return err_set(err, ERR_CONFLICT,
                       "%s: is the database itself, not a backup of it", path);
    if (file_exists(path) && !replace)
        return err_set(err, ERR_CONFLICT, "%s: there is a database already",
                       path) ||
               err_remedy(err, REMEDY_REPLACE, NULL);
    if (!open_file(backup, SQLITE_OPEN_READONLY, &from, err) ||
        !check_kind(from, err) || !db_check(from, err) ||
        (file_exists(path) && !claim_alone(path, err)) ||
        !copy_checked(from, working, err))
        return false;
    if (file_give(working, path, err) &&
        take_place(working, path, replace, aside, err))
        return true;
    unlink(working);
    return false;
}
