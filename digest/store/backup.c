#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/store/handle.h"

enum { PAGES_A_STEP = 2000 };

static bool copy_pages(struct db *db, struct db *copy, struct err *err)
{
    sqlite3_backup *backup =
        sqlite3_backup_init(copy->sqlite, "main", db->sqlite, "main");
    if (!backup)
        return db_fail(copy, err);
    int code;
    do {
        code = sqlite3_backup_step(backup, PAGES_A_STEP);
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
            sqlite3_sleep(20);
    } while (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED);
    sqlite3_backup_finish(backup);
    return code == SQLITE_DONE || db_fail(copy, err);
}

static bool verify(struct db *copy, struct err *err)
{
    struct stmt *check = db_stmt(copy, "PRAGMA integrity_check(1)");
    if (!stmt_step(check, err))
        return false;
    bool good = strcmp(stmt_text(check, 0), "ok") == 0;
    if (!good)
        err_set(err, ERR_STORE, "%s: the copy is damaged: %s", copy->path,
                stmt_text(check, 0));
    stmt_reset(check);
    return good;
}

bool db_backup(struct db *db, const char *path, struct err *err)
{
    if (file_exists(path))
        return err_set(err, ERR_CONFLICT,
                       "%s: exists already; name a file that doesn't", path);
    if (!file_write(path, STR(""), 0600, err))
        return false;
    OWNED(db_release) struct db *copy = MEM_NEW(struct db);
    copy->path = mem_copy(path);
    bool good = sqlite3_open_v2(path, &copy->sqlite,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                                NULL) == SQLITE_OK ||
                db_fail(copy, err);
    good = good && copy_pages(db, copy, err) && verify(copy, err);
    if (!good)
        unlink(path);
    return good;
}
