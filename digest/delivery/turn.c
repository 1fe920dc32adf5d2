/* Takes turns, by a lock on a file and a lease in the database. */
#include "digest/delivery/turn.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

/* A database in memory is this process's alone: it needs no lock, and its name
 * is no path. */
static bool lock_file(struct db *db, const char *name, int *lock,
                      struct err *err)
{
    OWNED(mem_free) char *path = mem_format("%s.%s.lock", db_path(db), name);
    return strcmp(db_path(db), ":memory:") == 0 || file_lock(path, lock, err);
}

static char *issue_lock(int64_t issue_id)
{
    return mem_format("send-%" PRId64, issue_id);
}

bool turn_take(struct db *db, const struct turn_name *name, struct work *work,
               int *lock, struct err *err)
{
    if (lock_file(db, name->lock, lock, err))
        return work_take(work, db, name->lease, err);
    if (err->kind == ERR_TEMPORARY)
        err_set(err, ERR_TEMPORARY, "%s; this one steps aside", name->busy);
    return false;
}

bool turn_take_issue(struct db *db, const struct issue *issue,
                     const char *doing, struct work *work, int *lock,
                     struct err *err)
{
    OWNED(mem_free) char *file = issue_lock(issue->id);
    OWNED(mem_free)
    char *lease =
        mem_format("issue %s/%" PRId64, issue->newsletter, issue->number);
    OWNED(mem_free)
    char *busy = mem_format("%s: is being %s by another process", lease, doing);
    struct turn_name name = {.lock = file, .lease = lease, .busy = busy};
    return turn_take(db, &name, work, lock, err);
}

bool turn_lock_issue(struct db *db, int64_t issue_id, int *lock,
                     struct err *err)
{
    OWNED(mem_free) char *name = issue_lock(issue_id);
    return lock_file(db, name, lock, err);
}

void turn_remove_issue(struct db *db, int64_t issue_id)
{
    OWNED(mem_free) char *name = issue_lock(issue_id);
    OWNED(mem_free) char *path = mem_format("%s.%s.lock", db_path(db), name);
    unlink(path);
}
