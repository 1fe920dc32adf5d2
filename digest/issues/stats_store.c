/* Reads figures of issues and of lists from the database. */
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/issues/stats.h"

enum { WEEK_S = 7 * 24 * 60 * 60 };

enum sql { ISSUES, LOSSES, BEFORE, WEEKS, SQL_COUNT };

static const char *const sql[] = {
    [ISSUES] = "SELECT i.id, coalesce(l.bounced, 0), "
               "    coalesce(l.complained, 0), coalesce(l.unsubscribed, 0) "
               "FROM issue i LEFT JOIN issue_loss l ON l.issue_id = i.id "
               "WHERE ?1 IN (0, i.newsletter_id) "
               "    AND i.state NOT IN ('draft', 'scheduled') "
               "    AND coalesce(i.started_at, i.scheduled_at, "
               "        i.drafted_at) >= ?2 "
               "ORDER BY coalesce(i.started_at, i.scheduled_at, "
               "    i.drafted_at), i.id",
    [LOSSES] = "SELECT coalesce(sum(bounced), 0), "
               "    coalesce(sum(complained), 0), "
               "    coalesce(sum(unsubscribed), 0) "
               "FROM issue_loss WHERE issue_id = ?1",
    [BEFORE] = "SELECT coalesce(sum(joined - unsubscribed - bounced "
               "    - complained), 0) FROM list_week "
               "WHERE ?1 IN (0, newsletter_id) AND week < ?2",
    [WEEKS] = "SELECT week, sum(joined), sum(unsubscribed), sum(bounced), "
              "    sum(complained) FROM list_week "
              "WHERE ?1 IN (0, newsletter_id) AND week >= ?2 "
              "GROUP BY week ORDER BY week",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

/* ---- issues ---- */

static struct stats_issue read_losses(struct stmt *row)
{
    return (struct stats_issue){
        .issue.id = stmt_int(row, 0),
        .bounced = stmt_int(row, 1),
        .complained = stmt_int(row, 2),
        .unsubscribed = stmt_int(row, 3),
    };
}

bool stats_issues(struct db *db, int64_t newsletter_id, int64_t since,
                  struct arena *arena, struct stats_issues *out,
                  struct err *err)
{
    OWNED(mem_free) struct stats_issue *found = NULL;
    size_t count = 0, capacity = 0;
    OWNED(tx_end) struct tx tx = TX_INIT;
    *out = (struct stats_issues){0};
    if (!tx_begin(&tx, db, TX_READ, err))
        return false;
    struct stmt *rows = db_stmt(db, sql[ISSUES]);
    stmt_bind_int(rows, 1, newsletter_id);
    stmt_bind_int(rows, 2, since);
    while (stmt_step(rows, err))
        MEM_PUSH(found, count, capacity, read_losses(rows));
    if (!stmt_done(rows))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!issue_get_by_id(db, found[i].issue.id, arena, &found[i].issue,
                             err) ||
            !ledger_count(db, found[i].issue.id, &found[i].counts, err))
            return false;
    out->items = ARENA_NEW_ARRAY(arena, struct stats_issue, count);
    out->count = count;
    if (count)
        memcpy(out->items, found, count * sizeof *found);
    return tx_commit(&tx, err);
}

bool stats_losses(struct db *db, int64_t issue_id, struct stats_issue *out,
                  struct err *err)
{
    struct stmt *row = db_stmt(db, sql[LOSSES]);
    stmt_bind_int(row, 1, issue_id);
    if (!stmt_step(row, err))
        return false;
    out->bounced = stmt_int(row, 0);
    out->complained = stmt_int(row, 1);
    out->unsubscribed = stmt_int(row, 2);
    stmt_reset(row);
    return true;
}

/* ---- weeks ---- */

struct weeks {
    struct stats_week *items;
    size_t count, capacity;
};

static void weeks_free(struct weeks *weeks)
{
    free(weeks->items);
}

/* The next week: who was on the list at its beginning still is. */
static struct stats_week *add_week(struct weeks *weeks, int64_t begins_at,
                                   int64_t active)
{
    struct stats_week week = {.begins_at = begins_at, .active = active};
    MEM_PUSH(weeks->items, weeks->count, weeks->capacity, week);
    return &weeks->items[weeks->count - 1];
}

/* Weeks in which nothing happened are weeks, too. */
static void fill_gap(struct weeks *weeks, int64_t until, int64_t active)
{
    while (weeks->count) {
        int64_t next = weeks->items[weeks->count - 1].begins_at + WEEK_S;
        if (next >= until)
            return;
        add_week(weeks, next, active);
    }
}

static void read_week(struct stmt *row, struct weeks *weeks, int64_t *active)
{
    int64_t begins_at = stmt_int(row, 0);
    fill_gap(weeks, begins_at, *active);
    struct stats_week *week = add_week(weeks, begins_at, *active);
    week->joined = stmt_int(row, 1);
    week->unsubscribed = stmt_int(row, 2);
    week->bounced = stmt_int(row, 3);
    week->complained = stmt_int(row, 4);
    week->active +=
        week->joined - week->unsubscribed - week->bounced - week->complained;
    *active = week->active;
}

static bool active_before(struct db *db, int64_t newsletter_id, int64_t week,
                          int64_t *out, struct err *err)
{
    struct stmt *sum = db_stmt(db, sql[BEFORE]);
    stmt_bind_int(sum, 1, newsletter_id);
    stmt_bind_int(sum, 2, week);
    return stmt_one_int(sum, out, err);
}

bool stats_active(struct db *db, int64_t newsletter_id, int64_t *out,
                  struct err *err)
{
    return active_before(db, newsletter_id, INT64_MAX, out, err);
}

bool stats_weeks(struct db *db, int64_t newsletter_id, int64_t since,
                 int64_t now, struct arena *arena, struct stats_weeks *out,
                 struct err *err)
{
    OWNED(weeks_free) struct weeks weeks = {0};
    int64_t active, first = time_week_begin(since), end = time_week_begin(now);
    OWNED(tx_end) struct tx tx = TX_INIT;
    *out = (struct stats_weeks){0};
    if (!tx_begin(&tx, db, TX_READ, err) ||
        !active_before(db, newsletter_id, first, &active, err))
        return false;
    if (since > 0 && first <= end)
        add_week(&weeks, first - WEEK_S, active);
    struct stmt *rows = db_stmt(db, sql[WEEKS]);
    stmt_bind_int(rows, 1, newsletter_id);
    stmt_bind_int(rows, 2, first);
    while (stmt_step(rows, err))
        read_week(rows, &weeks, &active);
    if (!stmt_done(rows))
        return false;
    fill_gap(&weeks, end + WEEK_S, active);
    size_t skip = since > 0 && first <= end; /* it only led the way */
    out->count = weeks.count - skip;
    out->items = ARENA_NEW_ARRAY(arena, struct stats_week, out->count);
    if (out->count)
        memcpy(out->items, weeks.items + skip,
               out->count * sizeof *weeks.items);
    return tx_commit(&tx, err);
}
