/* The scheduler's own tables after a clock was set back. */
#include "digest/base/mem.h"
#include "digest/scheduler/scheduler_internal.h"

enum sql { JOBS, OCCURRENCES, SQL_COUNT };

static const char *const sql[] = {
    [JOBS] = "UPDATE job SET next_at = 0 WHERE next_at > ?1",
    /* An issue that was made stays, and so does its occurrence, unless it is
     * made further ahead (31 days) than any is. */
    [OCCURRENCES] = "DELETE FROM occurrence WHERE due_at > ?1 "
                    "    AND (state <> 'made' OR due_at > ?1 + 32 * 86400)",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool scheduler_store_set_back(struct db *db, int64_t now, struct err *err)
{
    for (enum sql which = JOBS; which < SQL_COUNT; which++) {
        struct stmt *stmt = db_stmt(db, sql[which]);
        stmt_bind_int(stmt, 1, now);
        if (!stmt_run(stmt, err))
            return false;
    }
    return true;
}
