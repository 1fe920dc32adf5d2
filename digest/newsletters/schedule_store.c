/* Stores schedules, and the editors who hear of them. */
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/newsletters/schedule.h"
#include "digest/store/rows.h"
#include "subscribers/roster/address.h"

enum sql {
    GET,
    SET,
    DUE,
    REST,
    EDITORS,
    SET_EDITORS,
    SET_BACK,
    BEGIN_FROM,
    SQL_COUNT
};

#define COLUMNS                                                                \
    "SELECT n.id, n.slug, n.timezone, coalesce(s.every, ''), "                 \
    "    coalesce(s.rule, ''), coalesce(s.begins, ''), "                       \
    "    coalesce(s.except_dates, ''), coalesce(s.policy, 'auto'), "           \
    "    coalesce(s.object_s, 0), coalesce(s.lead_s, ?2), "                    \
    "    coalesce(s.grace_s, ?3), coalesce(s.since, 0) "

static const char *const sql[] = {
    [GET] = COLUMNS "FROM newsletter n "
                    "LEFT JOIN schedule s ON s.newsletter_id = n.id "
                    "WHERE n.id = ?1",
    [SET] = "INSERT INTO schedule (newsletter_id, every, rule, begins, "
            "    except_dates, policy, object_s, lead_s, grace_s, since, "
            "    look_at) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0) "
            "ON CONFLICT (newsletter_id) DO UPDATE SET "
            "    every = excluded.every, rule = excluded.rule, "
            "    begins = excluded.begins, "
            "    except_dates = excluded.except_dates, "
            "    policy = excluded.policy, object_s = excluded.object_s, "
            "    lead_s = excluded.lead_s, grace_s = excluded.grace_s, "
            "    since = excluded.since, look_at = 0",
    [DUE] = COLUMNS "FROM schedule s "
                    "JOIN newsletter n ON n.id = s.newsletter_id "
                    "WHERE s.every <> '' AND (s.look_at <= ?1 "
                    "    OR s.look_zone <> n.timezone) "
                    "ORDER BY n.slug",
    [REST] = ("UPDATE schedule SET look_at = ?2, look_zone = ?3 "
              "WHERE newsletter_id = ?1"),
    [EDITORS] = "SELECT editors FROM newsletter WHERE id = ?1",
    [SET_EDITORS] = "UPDATE newsletter SET editors = ?2 WHERE id = ?1",
    [SET_BACK] = "UPDATE schedule SET look_at = 0, since = min(since, ?1)",
    [BEGIN_FROM] = "UPDATE schedule SET look_at = 0, since = max(since, ?1)",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static const char *const policies[] = {
    [POLICY_AUTO] = "auto",
    [POLICY_APPROVE] = "approve",
    [POLICY_OBJECT] = "object",
};

static enum schedule_policy policy_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
        if (strcmp(policies[i], name) == 0)
            return (enum schedule_policy)i;
    return POLICY_APPROVE; /* the schema's CHECK leaves no other */
}

static struct schedule read_row(struct stmt *row, struct arena *arena)
{
    return (struct schedule){
        .newsletter_id = stmt_int(row, 0),
        .newsletter = arena_copy(arena, stmt_text(row, 1)),
        .zone = arena_copy(arena, stmt_text(row, 2)),
        .every = arena_copy(arena, stmt_text(row, 3)),
        .rule = arena_copy(arena, stmt_text(row, 4)),
        .begins = arena_copy(arena, stmt_text(row, 5)),
        .except = arena_copy(arena, stmt_text(row, 6)),
        .policy = policy_of(stmt_text(row, 7)),
        .object_s = stmt_int(row, 8),
        .lead_s = stmt_int(row, 9),
        .grace_s = stmt_int(row, 10),
        .since = stmt_int(row, 11),
    };
}

static struct stmt *select_with(struct db *db, enum sql which, int64_t first)
{
    struct stmt *rows = db_stmt(db, sql[which]);
    stmt_bind_int(rows, 1, first);
    stmt_bind_int(rows, 2, SCHEDULE_LEAD_S);
    stmt_bind_int(rows, 3, SCHEDULE_GRACE_S);
    return rows;
}

bool schedule_get(struct db *db, int64_t newsletter_id, struct arena *arena,
                  struct schedule *out, struct err *err)
{
    struct stmt *row = select_with(db, GET, newsletter_id);
    if (!stmt_step(row, err))
        return stmt_done(row)
                   ? err_set(err, ERR_NOT_FOUND, "no such newsletter")
                   : false;
    *out = read_row(row, arena);
    stmt_reset(row);
    return true;
}

bool schedule_set(struct db *db, const struct schedule *s, struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET]);
    stmt_bind_int(set, 1, s->newsletter_id);
    stmt_bind_text(set, 2, s->every);
    stmt_bind_text(set, 3, s->rule);
    stmt_bind_text(set, 4, s->begins);
    stmt_bind_text(set, 5, s->except);
    stmt_bind_text(set, 6, policies[s->policy]);
    stmt_bind_int(set, 7, s->object_s);
    stmt_bind_int(set, 8, s->lead_s);
    stmt_bind_int(set, 9, s->grace_s);
    stmt_bind_int(set, 10, s->since);
    return stmt_run(set, err);
}

bool schedule_due(struct db *db, int64_t now, struct arena *arena,
                  struct schedule_list *out, struct err *err)
{
    struct stmt *rows = select_with(db, DUE, now);
    return STMT_LIST(rows, arena, out->items, out->count, read_row(rows, arena),
                     err);
}

bool schedule_rest(struct db *db, const struct schedule *s, int64_t until,
                   struct err *err)
{
    struct stmt *rest = db_stmt(db, sql[REST]);
    stmt_bind_int(rest, 1, s->newsletter_id);
    stmt_bind_int(rest, 2, until);
    stmt_bind_text(rest, 3, s->zone);
    return stmt_run(rest, err);
}

/* ---- editors ------------------------------------------------------------ */

bool schedule_editors(struct db *db, int64_t newsletter_id, struct arena *arena,
                      const char **out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[EDITORS]);
    stmt_bind_int(row, 1, newsletter_id);
    *out = "";
    if (!stmt_step(row, err))
        return stmt_done(row);
    *out = arena_copy(arena, stmt_text(row, 0));
    stmt_reset(row);
    return true;
}

static bool has_line(struct str lines, struct str wanted)
{
    struct str line;
    while (str_next_line(&lines, &line))
        if (str_equal_nocase(line, wanted))
            return true;
    return false;
}

static bool add_editors(struct str rest, struct strbuf *lines, struct err *err)
{
    while (rest.len) {
        OWNED(address_free) struct address address = {0};
        struct err why;
        struct str one = str_trim(str_cut(&rest, ','));
        if (!one.len || has_line(strbuf_str(lines), one))
            continue;
        if (!address_parse(one, &address, &why))
            return err_set(err, ERR_USAGE, "an editor's address: %s", why.text);
        if (lines->len)
            strbuf_add_char(lines, '\n');
        strbuf_add_str(lines, one);
    }
    return true;
}

bool schedule_set_editors(struct db *db, int64_t newsletter_id,
                          const char *addresses, struct err *err)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    if (!add_editors(str_of(addresses), &lines, err))
        return false;
    struct stmt *set = db_stmt(db, sql[SET_EDITORS]);
    stmt_bind_int(set, 1, newsletter_id);
    stmt_bind_text(set, 2, strbuf_text(&lines));
    return stmt_run(set, err);
}

static bool run_at(struct db *db, enum sql which, int64_t now, struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_int(stmt, 1, now);
    return stmt_run(stmt, err);
}

bool schedule_set_back(struct db *db, int64_t now, struct err *err)
{
    return run_at(db, SET_BACK, now, err);
}

bool schedule_begin_from(struct db *db, int64_t now, struct err *err)
{
    return run_at(db, BEGIN_FROM, now, err);
}
