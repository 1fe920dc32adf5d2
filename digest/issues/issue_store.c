/* Stores issues, and moves them from state to state. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/issues/issue.h"
#include "digest/newsletters/newsletter.h"
#include "digest/store/rows.h"

#define COLUMNS                                                                \
    "SELECT i.id, i.newsletter_id, n.slug, i.number, i.state, i.subject, "     \
    "    i.subject_is_edited, i.intro, i.window_from, i.window_until, "        \
    "    i.by_published, i.drafted_at, coalesce(i.scheduled_at, 0), "          \
    "    coalesce(i.started_at, 0), coalesce(i.finished_at, 0), "              \
    "    coalesce(i.retry_at, 0), i.retry_count, i.preheader, i.version, "     \
    "    i.held, i.ways, coalesce(i.correction_id, 0) "                        \
    "FROM issue i JOIN newsletter n ON n.id = i.newsletter_id "

enum sql {
    GET,
    GET_BY_ID,
    NEWEST,
    NEWEST_UNSENT,
    FIND,
    FIND_ALL,
    CORRECTING,
    OPEN_DRAFT,
    LAST_WINDOW_END,
    ADD,
    UPDATE,
    SET_SUBJECT,
    MOVE,
    HOLD,
    SET_WAYS,
    REST,
    FIND_WITH,
    DRAFTS_WITH,
    COUNT_PUBLIC,
    IN_USE,
    REMOVE_DRAFTS,
    SQL_COUNT
};

static const char *const sql[] = {
    [GET] = COLUMNS "WHERE n.slug = ?1 AND i.number = ?2",
    [GET_BY_ID] = COLUMNS "WHERE i.id = ?1",
    [NEWEST] = COLUMNS "WHERE n.slug = ?1 AND i.correction_id IS NULL "
                       "ORDER BY i.number DESC LIMIT 1",
    [NEWEST_UNSENT] =
        COLUMNS "WHERE n.slug = ?1 AND i.correction_id IS NULL "
                "    AND i.state NOT IN ('sent', 'cancelled', 'missed') "
                "ORDER BY i.number DESC LIMIT 1",
    [FIND] = COLUMNS "WHERE n.id = ?1 ORDER BY i.number DESC",
    [FIND_ALL] = COLUMNS "ORDER BY i.drafted_at DESC, i.id DESC",
    [CORRECTING] =
        COLUMNS "WHERE n.id = ?1 AND i.correction_id = ?2 "
                "    AND i.state NOT IN ('cancelled', 'missed') LIMIT 1",
    [OPEN_DRAFT] = COLUMNS "WHERE n.id = ?1 AND i.state = 'draft' "
                           "    AND i.correction_id IS NULL "
                           "ORDER BY i.held, i.number DESC LIMIT 1",
    [LAST_WINDOW_END] = "SELECT coalesce(max(window_until), 0) FROM issue "
                        "WHERE newsletter_id = ?1 AND started_at IS NOT NULL "
                        "    AND correction_id IS NULL",
    [ADD] = "INSERT INTO issue (newsletter_id, number, state, subject, "
            "    subject_is_edited, intro, window_from, window_until, "
            "    by_published, drafted_at, preheader, correction_id) "
            "SELECT ?1, coalesce(max(number), 0) + 1, 'draft', ?2, ?3, ?4, "
            "    ?5, ?6, ?7, ?8, ?9, nullif(?10, 0) "
            "FROM issue WHERE newsletter_id = ?1 "
            "RETURNING id, number, version",
    [UPDATE] = "UPDATE issue SET subject = ?2, subject_is_edited = ?3, "
               "    intro = ?4, window_from = ?5, window_until = ?6, "
               "    by_published = ?7, drafted_at = ?8, preheader = ?9, "
               "    version = version + 1 "
               "WHERE id = ?1 AND state IN ('draft', 'scheduled') "
               "RETURNING version",
    [SET_SUBJECT] = "UPDATE issue SET subject = ?2 WHERE id = ?1",
    [MOVE] = "UPDATE issue SET state = ?3, "
             "    started_at = CASE WHEN ?3 = 'sending' "
             "        THEN coalesce(started_at, ?4) ELSE started_at END, "
             "    finished_at = CASE WHEN ?3 = 'sent' THEN ?4 "
             "        ELSE finished_at END "
             "WHERE id = ?1 AND state = ?2",
    [HOLD] = "UPDATE issue SET state = 'draft', scheduled_at = NULL, held = 1, "
             "    version = version + 1 "
             "WHERE id = ?1 AND state = ?2 AND started_at IS NULL",
    [SET_WAYS] = "UPDATE issue SET ways = ?2 WHERE id = ?1",
    [REST] = "UPDATE issue SET retry_at = nullif(?2, 0), "
             "    retry_count = CASE WHEN ?2 = 0 THEN 0 "
             "        ELSE retry_count + 1 END "
             "WHERE id = ?1",
    [FIND_WITH] = COLUMNS "WHERE i.id IN (SELECT issue_id FROM issue_article "
                          "    WHERE article_id = ?1) "
                          "ORDER BY i.drafted_at DESC, i.id DESC",
    [DRAFTS_WITH] = "SELECT n.slug, i.number FROM issue_article a "
                    "JOIN issue i ON i.id = a.issue_id "
                    "JOIN newsletter n ON n.id = i.newsletter_id "
                    "WHERE a.article_id = ?1 "
                    "    AND i.state IN ('draft', 'scheduled') "
                    "ORDER BY n.slug, i.number",
    [COUNT_PUBLIC] = "SELECT count(*), coalesce(max(started_at), 0) FROM issue "
                     "WHERE newsletter_id = ?1 AND started_at IS NOT NULL",
    [IN_USE] =
        "SELECT (SELECT count(*) FROM subscription WHERE newsletter_id = ?1), "
        "       (SELECT count(*) FROM issue WHERE newsletter_id = ?1 "
        "        AND started_at IS NOT NULL)",
    [REMOVE_DRAFTS] = "DELETE FROM issue WHERE newsletter_id = ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static const char *const state_names[] = {
    [ISSUE_DRAFT] = "draft",     [ISSUE_SCHEDULED] = "scheduled",
    [ISSUE_SENDING] = "sending", [ISSUE_PAUSED] = "paused",
    [ISSUE_SENT] = "sent",       [ISSUE_CANCELLED] = "cancelled",
    [ISSUE_MISSED] = "missed",
};

const char *issue_state_name(enum issue_state state)
{
    return state_names[state];
}

const char *issue_state_words(enum issue_state state)
{
    static const char *const words[] = {
        [ISSUE_DRAFT] = "a draft",      [ISSUE_SCHEDULED] = "scheduled",
        [ISSUE_SENDING] = "being sent", [ISSUE_PAUSED] = "paused",
        [ISSUE_SENT] = "sent already",  [ISSUE_CANCELLED] = "cancelled",
        [ISSUE_MISSED] = "missed",
    };
    return words[state];
}

static enum issue_state state_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(state_names); i++)
        if (strcmp(state_names[i], name) == 0)
            return (enum issue_state)i;
    return ISSUE_DRAFT; /* the schema's CHECK leaves no other */
}

static struct issue read_row(struct stmt *row, struct arena *arena)
{
    return (struct issue){
        .id = stmt_int(row, 0),
        .newsletter_id = stmt_int(row, 1),
        .newsletter = arena_copy(arena, stmt_text(row, 2)),
        .number = stmt_int(row, 3),
        .state = state_of(stmt_text(row, 4)),
        .subject = arena_copy(arena, stmt_text(row, 5)),
        .subject_is_edited = stmt_int(row, 6) != 0,
        .intro = arena_copy(arena, stmt_text(row, 7)),
        .window_from = stmt_int(row, 8),
        .window_until = stmt_int(row, 9),
        .by_published = stmt_int(row, 10) != 0,
        .drafted_at = stmt_int(row, 11),
        .scheduled_at = stmt_int(row, 12),
        .started_at = stmt_int(row, 13),
        .finished_at = stmt_int(row, 14),
        .retry_at = stmt_int(row, 15),
        .retry_count = stmt_int(row, 16),
        .preheader = arena_copy(arena, stmt_text(row, 17)),
        .version = stmt_int(row, 18),
        .held = stmt_int(row, 19) != 0,
        .ways = arena_copy(arena, stmt_text(row, 20)),
        .correction_id = stmt_int(row, 21),
    };
}

static bool read_one(struct stmt *row, struct arena *arena, struct issue *out,
                     struct err *err)
{
    if (!stmt_step(row, err))
        return stmt_done(row) ? err_set(err, ERR_NOT_FOUND, "no such issue")
                              : false;
    *out = read_row(row, arena);
    stmt_reset(row);
    return true;
}

static bool get_numbered(struct db *db, const char *name, const char *slug,
                         struct str number_text, struct arena *arena,
                         struct issue *out, struct err *err)
{
    unsigned long long number;
    if (!str_to_u64(number_text, &number) || number > INT32_MAX)
        return err_set(err, ERR_USAGE,
                       "\"%.80s\": an issue is named SLUG/NUMBER, such as "
                       "weekly/12, or SLUG for the newest",
                       name);
    struct stmt *row = db_stmt(db, sql[GET]);
    stmt_bind_text(row, 1, slug);
    stmt_bind_int(row, 2, (int64_t)number);
    if (read_one(row, arena, out, err))
        return true;
    return err->kind == ERR_NOT_FOUND
               ? err_set(err, ERR_NOT_FOUND, "%s: no such issue", name) ||
                     err_remedy(err, REMEDY_LIST_ISSUES, slug)
               : false;
}

bool issue_get(struct db *db, const char *name, bool unsent,
               struct arena *arena, struct issue *out, struct err *err)
{
    struct str rest = str_of(name);
    bool numbered = str_find(rest, '/') < rest.len;
    const char *slug = arena_copy_str(arena, str_cut(&rest, '/'));
    struct newsletter newsletter;
    if (!newsletter_get(db, slug, arena, &newsletter, err))
        return false;
    if (numbered)
        return get_numbered(db, name, slug, rest, arena, out, err);
    struct stmt *row = db_stmt(db, sql[unsent ? NEWEST_UNSENT : NEWEST]);
    stmt_bind_text(row, 1, slug);
    if (read_one(row, arena, out, err))
        return true;
    if (err->kind != ERR_NOT_FOUND)
        return false;
    return (unsent
                ? err_set(err, ERR_USAGE, "%s: no issue of it waits to be sent",
                          slug)
                : err_set(err, ERR_NOT_FOUND, "%s: has no issue yet", slug)) ||
           err_remedy(err, REMEDY_DRAFT, slug);
}

bool issue_get_by_id(struct db *db, int64_t id, struct arena *arena,
                     struct issue *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET_BY_ID]);
    stmt_bind_int(row, 1, id);
    return read_one(row, arena, out, err);
}

static bool read_list(struct stmt *rows, struct arena *arena,
                      struct issue_list *out, struct err *err)
{
    return STMT_LIST(rows, arena, out->items, out->count, read_row(rows, arena),
                     err);
}

bool issue_find(struct db *db, int64_t newsletter_id, struct arena *arena,
                struct issue_list *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[newsletter_id ? FIND : FIND_ALL]);
    if (newsletter_id)
        stmt_bind_int(rows, 1, newsletter_id);
    return read_list(rows, arena, out, err);
}

bool issue_find_with(struct db *db, int64_t article_id, struct arena *arena,
                     struct issue_list *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[FIND_WITH]);
    stmt_bind_int(rows, 1, article_id);
    return read_list(rows, arena, out, err);
}

bool issue_find_correcting(struct db *db, int64_t newsletter_id,
                           int64_t correction_id, struct arena *arena,
                           struct issue *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[CORRECTING]);
    stmt_bind_int(row, 1, newsletter_id);
    stmt_bind_int(row, 2, correction_id);
    return read_one(row, arena, out, err);
}

bool issue_open_draft(struct db *db, int64_t newsletter_id, struct arena *arena,
                      struct issue *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[OPEN_DRAFT]);
    stmt_bind_int(row, 1, newsletter_id);
    return read_one(row, arena, out, err);
}

bool issue_last_window_end(struct db *db, int64_t newsletter_id, int64_t *out,
                           struct err *err)
{
    struct stmt *row = db_stmt(db, sql[LAST_WINDOW_END]);
    stmt_bind_int(row, 1, newsletter_id);
    return stmt_one_int(row, out, err);
}

static void bind_content(struct stmt *stmt, const struct issue *issue)
{
    stmt_bind_text(stmt, 2, issue->subject);
    stmt_bind_int(stmt, 3, issue->subject_is_edited);
    stmt_bind_text(stmt, 4, issue->intro);
    stmt_bind_int(stmt, 5, issue->window_from);
    stmt_bind_int(stmt, 6, issue->window_until);
    stmt_bind_int(stmt, 7, issue->by_published);
    stmt_bind_int(stmt, 8, issue->drafted_at);
    stmt_bind_text(stmt, 9, issue->preheader);
}

static bool add(struct db *db, struct issue *issue, struct err *err)
{
    struct stmt *insert = db_stmt(db, sql[ADD]);
    stmt_bind_int(insert, 1, issue->newsletter_id);
    bind_content(insert, issue);
    stmt_bind_int(insert, 10, issue->correction_id);
    if (!stmt_step(insert, err))
        return false;
    issue->id = stmt_int(insert, 0);
    issue->number = stmt_int(insert, 1);
    issue->version = stmt_int(insert, 2);
    issue->state = ISSUE_DRAFT;
    while (stmt_step(insert, err))
        ;
    return stmt_done(insert);
}

bool issue_put(struct db *db, struct issue *issue, struct err *err)
{
    if (!issue->id)
        return add(db, issue, err);
    struct stmt *update = db_stmt(db, sql[UPDATE]);
    stmt_bind_int(update, 1, issue->id);
    bind_content(update, issue);
    bool found = stmt_step(update, err);
    if (found)
        issue->version = stmt_int(update, 0);
    while (found && stmt_step(update, err))
        ;
    if (!stmt_done(update))
        return false;
    return found ||
           err_set(err, ERR_CONFLICT,
                   "%s/%" PRId64 ": has been started meanwhile and can't be "
                   "changed any more",
                   issue->newsletter, issue->number);
}

bool issue_set_subject(struct db *db, const struct issue *issue,
                       struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET_SUBJECT]);
    stmt_bind_int(set, 1, issue->id);
    stmt_bind_text(set, 2, issue->subject);
    return stmt_run(set, err);
}

static bool check_moved(struct db *db, enum issue_state from, struct err *err)
{
    return db_changes(db) == 1 ||
           err_set(err, ERR_CONFLICT,
                   "the issue is no longer %s: another process has started, "
                   "paused or cancelled it; this one steps aside",
                   issue_state_words(from));
}

bool issue_move(struct db *db, int64_t id, enum issue_state from,
                enum issue_state to, int64_t now, struct err *err)
{
    struct stmt *move = db_stmt(db, sql[MOVE]);
    stmt_bind_int(move, 1, id);
    stmt_bind_text(move, 2, state_names[from]);
    stmt_bind_text(move, 3, state_names[to]);
    stmt_bind_int(move, 4, now);
    return stmt_run(move, err) && check_moved(db, from, err);
}

bool issue_hold(struct db *db, int64_t id, enum issue_state from,
                struct err *err)
{
    struct stmt *hold = db_stmt(db, sql[HOLD]);
    stmt_bind_int(hold, 1, id);
    stmt_bind_text(hold, 2, state_names[from]);
    return stmt_run(hold, err) && check_moved(db, from, err);
}

bool issue_set_ways(struct db *db, int64_t id, const char *ways,
                    struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET_WAYS]);
    stmt_bind_int(set, 1, id);
    stmt_bind_text(set, 2, ways);
    return stmt_run(set, err);
}

bool issue_rest(struct db *db, int64_t id, int64_t until, struct err *err)
{
    struct stmt *rest = db_stmt(db, sql[REST]);
    stmt_bind_int(rest, 1, id);
    stmt_bind_int(rest, 2, until);
    return stmt_run(rest, err);
}

bool issue_drafts_with(struct db *db, int64_t article_id, struct arena *arena,
                       const char **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    struct stmt *rows = db_stmt(db, sql[DRAFTS_WITH]);
    stmt_bind_int(rows, 1, article_id);
    while (stmt_step(rows, err))
        strbuf_add_format(&names, "%s%s/%" PRId64, names.len ? ", " : "",
                          stmt_text(rows, 0), stmt_int(rows, 1));
    *out = arena_copy_str(arena, strbuf_str(&names));
    return stmt_done(rows);
}

bool issue_is_public(const struct issue *issue)
{
    return issue->started_at != 0;
}

bool issue_count_public(struct db *db, int64_t newsletter_id, int64_t *count,
                        int64_t *newest, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[COUNT_PUBLIC]);
    stmt_bind_int(row, 1, newsletter_id);
    if (!stmt_step(row, err))
        return false;
    *count = stmt_int(row, 0);
    *newest = stmt_int(row, 1);
    stmt_reset(row);
    return true;
}

/* ---- a newsletter that goes ---- */

static bool fail_in_use(struct db *db, int64_t newsletter_id, struct err *err)
{
    struct stmt *use = db_stmt(db, sql[IN_USE]);
    stmt_bind_int(use, 1, newsletter_id);
    if (!stmt_step(use, err))
        return false;
    int64_t subscribers = stmt_int(use, 0), sent = stmt_int(use, 1);
    stmt_reset(use);
    if (!subscribers && !sent)
        return true;
    return err_set(err, ERR_CONFLICT,
                   "it has %" PRId64 " subscriptions and %" PRId64
                   " issues that were sent, which are on record; it can't "
                   "be deleted",
                   subscribers, sent);
}

bool issue_delete_newsletter(struct db *db, int64_t newsletter_id,
                             struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !fail_in_use(db, newsletter_id, err))
        return false;
    struct stmt *drafts = db_stmt(db, sql[REMOVE_DRAFTS]);
    stmt_bind_int(drafts, 1, newsletter_id);
    return stmt_run(drafts, err) && newsletter_delete(db, newsletter_id, err) &&
           tx_commit(&tx, err);
}
