/* Reads the senders' domains and the latest issue, for the examinations. */
#include <string.h>

#include "digest/base/mem.h"
#include "digest/doctor/doctor.h"

enum sql { DOMAINS, LATEST, SQL_COUNT };

static const char *const sql[] = {
    [DOMAINS] = "SELECT DISTINCT lower(substr(from_address, "
                "    instr(from_address, '@') + 1)) AS domain "
                "FROM newsletter ORDER BY domain",
    [LATEST] = "SELECT max(coalesce((SELECT max(started_at) FROM issue), 0), "
               "    coalesce((SELECT max(drafted_at) FROM issue), 0), "
               "    coalesce((SELECT at FROM consent_event "
               "        ORDER BY id DESC LIMIT 1), 0), "
               "    coalesce((SELECT max(at) FROM upkeep), 0))",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool doctor_domains(struct doctor *doctor, struct doctor_domains *out,
                    struct err *err)
{
    OWNED(mem_free) const char **found = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *rows = db_stmt(doctor->db, sql[DOMAINS]);
    while (stmt_step(rows, err))
        MEM_PUSH(found, count, capacity,
                 arena_copy(&doctor->arena, stmt_text(rows, 0)));
    if (!stmt_done(rows))
        return false;
    out->count = count;
    out->items = ARENA_NEW_ARRAY(&doctor->arena, const char *, count + 1);
    if (count)
        memcpy(out->items, found, count * sizeof *found);
    return true;
}

bool doctor_latest(struct db *db, int64_t *out, struct err *err)
{
    return stmt_one_int(db_stmt(db, sql[LATEST]), out, err);
}
