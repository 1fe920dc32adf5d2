/* Entering an issue's recipients, a stretch of the list at a time. */
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/ledger/correction_internal.h"
#include "digest/store/rows.h"
#include "digest/ledger/ledger.h"

/* So many rows are looked at, and at the most added, with the lock held. */
enum { STRETCH = 1000 };

enum sql {
    MAKE_CHOSEN,
    EMPTY,
    NEXT,
    CHOICES,
    CHOOSE,
    COUNT,
    OWED,
    ENTER,
    SQL_COUNT
};

/* Subscriptions that get an issue which starts at ?4, but for the suppressed. A
 * pause that is longer than ?5, the longest, was begun by a clock that was
 * ahead. */
#define RECEIVES                                                               \
    "u.newsletter_id = ?1 AND u.state = 'active' "                             \
    "    AND (u.paused_until <= ?4 OR u.paused_until > ?4 + ?5) "

/* Subscriptions owed correction ?8, where the issue is for that alone. */
#define CONCERNED "AND (?8 = 0 OR " CORRECTIONS_OWED " <> '') "

/* CROSS JOIN: subscriptions outside, in the order of the key. */
#define LIST "FROM subscription u CROSS JOIN subscriber r "
#define READERS                                                                \
    "WHERE " RECEIVES                                                          \
    "    AND u.subscriber_id > ?2 AND u.subscriber_id <= ?3 "                  \
    "    AND r.id = u.subscriber_id "                                          \
    "    AND NOT EXISTS (SELECT 1 FROM suppression p "                         \
    "        WHERE p.address_key = r.email_key) " CONCERNED
#define TOLD                                                                   \
    "c.categories = u.categories AND c.language = r.language "                 \
    "    AND c.corrections = " CORRECTIONS_OWED " "

static const char *const sql[] = {
    [MAKE_CHOSEN] = "CREATE TEMP TABLE IF NOT EXISTS chosen "
                    "(categories TEXT, language TEXT, corrections TEXT, "
                    " variant_id INTEGER, "
                    " PRIMARY KEY (categories, language, corrections))",
    [EMPTY] = "DELETE FROM chosen",
    [NEXT] = "SELECT coalesce(max(subscriber_id), ?2) FROM ("
             "    SELECT subscriber_id FROM subscription "
             "    WHERE newsletter_id = ?1 AND subscriber_id > ?2 "
             "    ORDER BY subscriber_id LIMIT ?3)",
    /* Without an ORDER BY, which would sort a row for each subscriber. */
    [CHOICES] = "SELECT DISTINCT u.categories, r.language, " CORRECTIONS_OWED
                " " LIST READERS
                "AND NOT EXISTS (SELECT 1 FROM chosen c WHERE " TOLD ")",
    [CHOOSE] = "INSERT INTO chosen (categories, language, corrections, "
               "    variant_id) VALUES (?1, ?2, ?4, nullif(?3, 0))",
    /* Counts all at once, from the suppressed to their few subscribers. */
    [COUNT] =
        "SELECT count(*) FROM subscription u WHERE " RECEIVES
        "    AND u.subscriber_id NOT IN (SELECT s.id FROM suppression p "
        "        JOIN subscriber s ON s.email_key = p.address_key) " CONCERNED,
    [OWED] = "SELECT " CORRECTIONS_OWED " FROM (SELECT ?1 AS subscriber_id) u",
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

static bool look_up(struct db *db, const struct ledger_stretch *stretch,
                    struct err *err)
{
    struct correction_scope scope = {
        .newsletter_id = stretch->newsletter_id,
        .only = stretch->correction_id,
        .since = stretch->now - stretch->longest_pause_s,
    };
    return correction_look_up(db, &scope, err);
}

bool ledger_stretch_begin(struct db *db, const struct ledger_stretch *stretch,
                          struct err *err)
{
    return stmt_run(db_stmt(db, sql[MAKE_CHOSEN]), err) &&
           stmt_run(db_stmt(db, sql[EMPTY]), err) && look_up(db, stretch, err);
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
    stmt_bind_int(stmt, 8, stretch->correction_id);
    return stmt;
}

static struct ledger_choice read_item(struct stmt *row, struct arena *arena)
{
    return (struct ledger_choice){
        .categories = arena_copy(arena, stmt_text(row, 0)),
        .language = arena_copy(arena, stmt_text(row, 1)),
        .corrections = arena_copy(arena, stmt_text(row, 2))};
}

bool ledger_stretch_choices(struct db *db, const struct ledger_stretch *stretch,
                            struct arena *arena, struct ledger_choices *out,
                            struct err *err)
{
    struct stmt *rows = about(db, CHOICES, stretch);
    return STMT_LIST(rows, arena, out->items, out->count,
                     read_item(rows, arena), err);
}

bool ledger_choose(struct db *db, const struct ledger_choice *choice,
                   struct err *err)
{
    struct stmt *choose = db_stmt(db, sql[CHOOSE]);
    stmt_bind_text(choose, 1, choice->categories);
    stmt_bind_text(choose, 2, choice->language);
    stmt_bind_int(choose, 3, choice->variant_id);
    stmt_bind_text(choose, 4, choice->corrections);
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

bool ledger_count_recipients(struct db *db, const struct ledger_stretch *whole,
                             int64_t *count, struct err *err)
{
    return look_up(db, whole, err) &&
           stmt_one_int(about(db, COUNT, whole), count, err);
}

bool ledger_corrections_owed(struct db *db, const struct ledger_stretch *whole,
                             int64_t subscriber_id, struct arena *arena,
                             const char **ids, struct err *err)
{
    if (!look_up(db, whole, err))
        return false;
    struct stmt *row = db_stmt(db, sql[OWED]);
    stmt_bind_int(row, 1, subscriber_id);
    if (!stmt_step(row, err))
        return false;
    *ids = arena_copy(arena, stmt_text(row, 0));
    stmt_reset(row);
    return true;
}
