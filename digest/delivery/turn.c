#include "digest/delivery/turn.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

static char *lock_path(struct db *db, int64_t issue_id)
{
    return mem_format("%s.send-%" PRId64 ".lock", db_path(db), issue_id);
}

/* A database in memory is this process's alone: it needs none, and its name
 * is no path. */
bool turn_lock(struct db *db, int64_t issue_id, int *lock, struct err *err)
{
    OWNED(mem_free) char *path = lock_path(db, issue_id);
    return strcmp(db_path(db), ":memory:") == 0 || file_lock(path, lock, err);
}

bool turn_take(struct db *db, const struct issue *issue, const char *doing,
               struct work *work, int *lock, struct err *err)
{
    char name[80];
    snprintf(name, sizeof name, "issue %s/%" PRId64, issue->newsletter,
             issue->number);
    if (turn_lock(db, issue->id, lock, err))
        return work_take(work, db, name, err);
    if (err->kind == ERR_TEMPORARY)
        err_set(err, ERR_TEMPORARY,
                "%s: is being %s by another process; this one steps aside",
                name, doing);
    return false;
}

void turn_remove(struct db *db, int64_t issue_id)
{
    OWNED(mem_free) char *path = lock_path(db, issue_id);
    unlink(path);
}
