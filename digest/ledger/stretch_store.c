/* Entering an issue's recipients, a stretch of the list at a time. */
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/ledger/ledger.h"

/* So many rows are looked at, and at the most added, with the lock held. */
enum { STRETCH = 1000 };

enum sql { MAKE_CHOSEN, EMPTY, NEXT, CHOICES, CHOOSE, COUNT, ENTER, SQL_COUNT };

/* Who gets an issue that starts at ?4, but for the suppressed. A pause that is
 * longer than ?5, the longest, was begun by a clock that was ahead. */
#define RECEIVES                                                               \
    "u.newsletter_id = ?1 AND u.state = 'active' "                             \
    "    AND (u.paused_until <= ?4 OR u.paused_until > ?4 + ?5) "

/* CROSS JOIN: subscriptions outside, in the order of the key. */
#define LIST "FROM subscription u CROSS JOIN subscriber r "
#define READERS                                                                \
    "WHERE " RECEIVES                                                          \
    "    AND u.subscriber_id > ?2 AND u.subscriber_id <= ?3 "                  \
    "    AND r.id = u.subscriber_id "                                          \
    "    AND NOT EXISTS (SELECT 1 FROM suppression p "                         \
    "        WHERE p.address_key = r.email_key) "
#define TOLD "c.categories = u.categories AND c.language = r.language "

static const char *const sql[] = {
    [MAKE_CHOSEN] = "CREATE TEMP TABLE IF NOT EXISTS chosen "
                    "(categories TEXT, language TEXT, variant_id INTEGER, "
                    " PRIMARY KEY (categories, language))",
    [EMPTY] = "DELETE FROM chosen",
    [NEXT] = "SELECT coalesce(max(subscriber_id), ?2) FROM ("
             "    SELECT subscriber_id FROM subscription "
             "    WHERE newsletter_id = ?1 AND subscriber_id > ?2 "
             "    ORDER BY subscriber_id LIMIT ?3)",
    /* Without an ORDER BY, which would sort a row for each subscriber. */
    [CHOICES] = "SELECT DISTINCT u.categories, r.language " LIST READERS
                "AND NOT EXISTS (SELECT 1 FROM chosen c WHERE " TOLD ")",
    [CHOOSE] = "INSERT INTO chosen (categories, language, variant_id) "
               "VALUES (?1, ?2, nullif(?3, 0))",
    /* Of all at once: from the suppressed to their few subscribers. */
    [COUNT] = "SELECT count(*) FROM subscription u WHERE " RECEIVES
              "    AND u.subscriber_id NOT IN (SELECT s.id FROM suppression p "
              "        JOIN subscriber s ON s.email_key = p.address_key)",
    [ENTER] =
        "INSERT INTO delivery (issue_id, subscriber_id, variant_id, "
        "    state, changed_at, reply) "
        "SELECT ?6, u.subscriber_id, c.variant_id, "
        "    CASE WHEN c.variant_id IS NULL THEN 'skipped' "
        "        ELSE 'queued' END, ?4, "
        "    CASE WHEN c.variant_id IS NULL THEN ?7 ELSE '' END " LIST
        "CROSS JOIN chosen c " READERS "AND " TOLD "ORDER BY u.subscriber_id",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool ledger_stretch_begin(struct db *db, struct err *err)
{
    return stmt_run(db_stmt(db, sql[MAKE_CHOSEN]), err) &&
           stmt_run(db_stmt(db, sql[EMPTY]), err);
}

bool ledger_stretch_next(struct db *db, struct ledger_stretch *stretch,
                         struct err *err)
{
    stretch->after = stretch->until;
    struct stmt *next = db_stmt(db, sql[NEXT]);
    stmt_bind_int(next, 1, stretch->newsletter_id);
    stmt_bind_int(next, 2, stretch->after);
    stmt_bind_int(next, 3, STRETCH);
    return stmt_one_int(next, &stretch->until, err);
}

static struct stmt *about(struct db *db, enum sql which,
                          const struct ledger_stretch *stretch)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_int(stmt, 1, stretch->newsletter_id);
    stmt_bind_int(stmt, 2, stretch->after);
    stmt_bind_int(stmt, 3, stretch->until);
    stmt_bind_int(stmt, 4, stretch->now);
    stmt_bind_int(stmt, 5, stretch->longest_pause_s);
    return stmt;
}

bool ledger_stretch_choices(struct db *db, const struct ledger_stretch *stretch,
                            struct arena *arena, struct ledger_choices *out,
                            struct err *err)
{
    struct ledger_choice *items = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *rows = about(db, CHOICES, stretch);
    while (stmt_step(rows, err)) {
        struct ledger_choice item = {
            .categories = arena_copy(arena, stmt_text(rows, 0)),
            .language = arena_copy(arena, stmt_text(rows, 1))};
        MEM_PUSH(items, count, capacity, item);
    }
    out->items = ARENA_NEW_ARRAY(arena, struct ledger_choice, count);
    out->count = count;
    if (count)
        memcpy(out->items, items, count * sizeof *items);
    free(items);
    return stmt_done(rows);
}

bool ledger_choose(struct db *db, const struct ledger_choice *choice,
                   struct err *err)
{
    struct stmt *choose = db_stmt(db, sql[CHOOSE]);
    stmt_bind_text(choose, 1, choice->categories);
    stmt_bind_text(choose, 2, choice->language);
    stmt_bind_int(choose, 3, choice->variant_id);
    return stmt_run(choose, err);
}

bool ledger_stretch_enter(struct db *db, const struct ledger_stretch *stretch,
                          const char *reason, int64_t *count, struct err *err)
{
    struct stmt *enter = about(db, ENTER, stretch);
    stmt_bind_int(enter, 6, stretch->issue_id);
    stmt_bind_text(enter, 7, reason);
    if (!stmt_run(enter, err))
        return false;
    *count = db_changes(db);
    return true;
}

bool ledger_count_recipients(struct db *db, int64_t newsletter_id, int64_t now,
                             int64_t longest_pause_s, int64_t *count,
                             struct err *err)
{
    struct ledger_stretch all = {.newsletter_id = newsletter_id,
                                 .now = now,
                                 .longest_pause_s = longest_pause_s};
    return stmt_one_int(about(db, COUNT, &all), count, err);
}
