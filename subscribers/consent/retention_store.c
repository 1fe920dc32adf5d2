/* Finds and deletes what the record of consent keeps no longer. */
#include "subscribers/consent/retention_store_internal.h"

#include "digest/base/mem.h"

enum sql { OLD, DROP, DROP_PAST, SQL_COUNT };

static const char *const sql[] = {
    /* A subscriber who was forgotten before has no address left. */
    [OLD] = "SELECT s.id FROM subscriber s "
            "WHERE s.id > ?2 AND s.email <> '' AND s.created_at < ?1 "
            "    AND NOT EXISTS (SELECT 1 FROM subscription u "
            "        WHERE u.subscriber_id = s.id "
            "        AND (u.state IN ('active', 'pending') OR u.since >= ?1)) "
            "    AND NOT EXISTS (SELECT 1 FROM consent_event e "
            "        WHERE e.subscriber_id = s.id AND e.at >= ?1) "
            "ORDER BY s.id LIMIT ?3",
    [DROP] = "DELETE FROM address_change WHERE asked_at < ?1",
    [DROP_PAST] = "DELETE FROM address_past WHERE moved_at < ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool retention_find(struct db *db, int64_t before, int64_t after, int64_t *ids,
                    size_t most, size_t *count, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[OLD]);
    *count = 0;
    stmt_bind_int(rows, 1, before);
    stmt_bind_int(rows, 2, after);
    stmt_bind_int(rows, 3, (int64_t)most);
    while (stmt_step(rows, err))
        if (*count < most)
            ids[(*count)++] = stmt_int(rows, 0);
    return stmt_done(rows);
}

bool retention_store_drop(struct db *db, int64_t asked_before,
                          int64_t moved_before, struct err *err)
{
    struct stmt *drop = db_stmt(db, sql[DROP]);
    stmt_bind_int(drop, 1, asked_before);
    if (!stmt_run(drop, err))
        return false;
    struct stmt *past = db_stmt(db, sql[DROP_PAST]);
    stmt_bind_int(past, 1, moved_before);
    return stmt_run(past, err);
}
