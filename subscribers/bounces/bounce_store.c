/* Stores bounces: what was seen, set aside, counted and refused. */
#include "subscribers/bounces/bounce_store.h"

#include "digest/base/mem.h"

enum sql {
    SEE,
    FIND_ISSUE,
    RECIPIENTS,
    SET_ASIDE,
    ASIDES,
    ASIDE,
    DROP_ASIDE,
    SOFT,
    SENT,
    FORMER,
    REFUSE,
    REFUSALS,
    PRUNE_SEEN,
    PRUNE_ASIDE,
    PRUNE_REFUSALS,
    SQL_COUNT
};

/* The time when a subscriber took the address that they have; -1: it is their
 * first. */
#define MOVED_AT                                                               \
    "(SELECT coalesce(max(at), -1) FROM consent_event "                        \
    "WHERE subscriber_id = ?1 AND (event IN ('moved', 'restored') "            \
    "    OR (event = 'edited' AND note LIKE 'address, was %')))"

static const char *const sql[] = {
    [SEE] = "INSERT INTO bounce_seen (message, recipient, at) "
            "VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    [FIND_ISSUE] = "SELECT i.id, i.newsletter_id FROM issue i "
                   "JOIN newsletter n ON n.id = i.newsletter_id "
                   "WHERE n.slug = ?1 AND i.number = ?2",
    [RECIPIENTS] = "SELECT s.key FROM delivery d "
                   "JOIN subscriber s ON s.id = d.subscriber_id "
                   "WHERE d.issue_id = ?1",
    [SET_ASIDE] = "INSERT INTO bounce_aside (at, why, sender, subject, "
                  "    recipient, kind, status, reason, source) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [ASIDES] = "SELECT id, at, why, sender, subject, recipient, kind, status, "
               "       reason FROM bounce_aside ORDER BY id DESC",
    [ASIDE] = "SELECT id, at, why, sender, subject, recipient, kind, status, "
              "       reason, source FROM bounce_aside WHERE id = ?1",
    [DROP_ASIDE] = "DELETE FROM bounce_aside WHERE id = ?1",
    [SOFT] = "INSERT INTO bounce_soft (subscriber_id, issue_id, at, status, "
             "    reason) "
             "SELECT ?1, id, ?3, ?4, ?5 FROM issue WHERE id = ?2 "
             "ON CONFLICT DO NOTHING",
    /* A refusal isn't one where a later try delivered the message. */
    [SENT] = "SELECT coalesce(b.at >= d.changed_at, 0), d.changed_at "
             "FROM issue i CROSS JOIN delivery d "
             "    ON d.issue_id = i.id AND d.subscriber_id = ?1 "
             "LEFT JOIN bounce_soft b "
             "    ON b.subscriber_id = ?1 AND b.issue_id = i.id "
             "WHERE (d.state = 'sent' "
             "    OR (d.state = 'failed' AND b.at >= d.changed_at)) "
             "    AND d.changed_at > " MOVED_AT " "
             "ORDER BY d.changed_at DESC, i.id DESC",
    [FORMER] = "SELECT EXISTS (SELECT 1 FROM delivery WHERE issue_id = ?2 "
               "    AND subscriber_id = ?1 AND changed_at <= " MOVED_AT ")",
    [REFUSE] = "INSERT INTO bounce_refusal (domain, reason, status, said, "
               "    count, first_at, last_at) "
               "VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5) "
               "ON CONFLICT (domain, reason, status) DO UPDATE "
               "SET said = excluded.said, count = count + 1, "
               "    last_at = excluded.last_at",
    [REFUSALS] = "SELECT domain, reason, status, said, count, first_at, "
                 "       last_at FROM bounce_refusal "
                 "ORDER BY last_at DESC, domain, reason, status",
    [PRUNE_SEEN] = "DELETE FROM bounce_seen WHERE at < ?1",
    [PRUNE_ASIDE] = "DELETE FROM bounce_aside WHERE at < ?1",
    [PRUNE_REFUSALS] = "DELETE FROM bounce_refusal WHERE last_at < ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool bounce_store_see(struct db *db, struct str message, struct str recipient,
                      int64_t now, bool *fresh, struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[SEE]);
    stmt_bind_str(stmt, 1, message);
    stmt_bind_str(stmt, 2, recipient);
    stmt_bind_int(stmt, 3, now);
    if (!stmt_run(stmt, err))
        return false;
    *fresh = db_changes(db) > 0;
    return true;
}

bool bounce_store_issue(struct db *db, struct str slug, int64_t number,
                        struct bounce_issue *out, struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[FIND_ISSUE]);
    *out = (struct bounce_issue){0};
    stmt_bind_str(stmt, 1, slug);
    stmt_bind_int(stmt, 2, number);
    while (stmt_step(stmt, err))
        *out = (struct bounce_issue){stmt_int(stmt, 0), stmt_int(stmt, 1)};
    return stmt_done(stmt);
}

bool bounce_store_find_recipient(struct db *db, int64_t issue_id,
                                 enum bounce_walk (*look)(struct str key,
                                                          void *context),
                                 void *context, bool *found, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[RECIPIENTS]);
    enum bounce_walk walk = BOUNCE_WALK_ON;
    stmt_bind_int(row, 1, issue_id);
    while (walk == BOUNCE_WALK_ON && stmt_step(row, err))
        walk = look(stmt_str(row, 0), context);
    *found = walk == BOUNCE_WALK_FOUND;
    if (walk == BOUNCE_WALK_ON)
        return stmt_done(row);
    stmt_reset(row);
    return *found || err_set(err, ERR_TEMPORARY, "stopped");
}

/* ---- kept aside ---- */

bool bounce_store_add_unmatched(struct db *db, const struct bounce_unmatched *a,
                                struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[SET_ASIDE]);
    const struct str texts[] = {a->why,  a->sender, a->subject, a->recipient,
                                a->kind, a->status, a->reason};
    stmt_bind_int(stmt, 1, a->at);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        stmt_bind_str(stmt, (int)i + 2, texts[i].ptr ? texts[i] : STR(""));
    stmt_bind_blob(stmt, 9, a->source);
    return stmt_run(stmt, err);
}

static struct str kept(struct arena *arena, struct stmt *row, int column)
{
    struct str text = stmt_str(row, column);
    return (struct str){arena_copy_str(arena, text), text.len};
}

static struct bounce_unmatched read_unmatched(struct arena *arena,
                                              struct stmt *row)
{
    return (struct bounce_unmatched){
        .id = stmt_int(row, 0),
        .at = stmt_int(row, 1),
        .why = kept(arena, row, 2),
        .sender = kept(arena, row, 3),
        .subject = kept(arena, row, 4),
        .recipient = kept(arena, row, 5),
        .kind = kept(arena, row, 6),
        .status = kept(arena, row, 7),
        .reason = kept(arena, row, 8),
    };
}

bool bounce_store_find_unmatched(struct db *db, struct arena *arena,
                                 struct bounce_unmatched_list *out,
                                 struct err *err)
{
    struct stmt *row = db_stmt(db, sql[ASIDES]);
    struct bounce_unmatched *items = NULL;
    size_t count = 0, capacity = 0;
    *out = (struct bounce_unmatched_list){0};
    while (stmt_step(row, err))
        MEM_PUSH(items, count, capacity, read_unmatched(arena, row));
    out->count = count;
    out->items = ARENA_NEW_ARRAY(arena, struct bounce_unmatched, count + 1);
    for (size_t i = 0; items && i < out->count; i++)
        out->items[i] = items[i];
    free(items);
    return stmt_done(row);
}

bool bounce_store_get_unmatched(struct db *db, int64_t id, struct arena *arena,
                                struct bounce_unmatched *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[ASIDE]);
    bool found = false;
    stmt_bind_int(row, 1, id);
    while (stmt_step(row, err)) {
        *out = read_unmatched(arena, row);
        out->source = kept(arena, row, 9);
        found = true;
    }
    return stmt_done(row) &&
           (found || err_set(err, ERR_NOT_FOUND,
                             "no mail number %lld was kept aside; `digest "
                             "mailbox review` lists those there are",
                             (long long)id));
}

bool bounce_store_drop_unmatched(struct db *db, int64_t id, bool *dropped,
                                 struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[DROP_ASIDE]);
    stmt_bind_int(stmt, 1, id);
    if (!stmt_run(stmt, err))
        return false;
    *dropped = db_changes(db) > 0;
    return true;
}

/* ---- soft ones ---- */

bool bounce_store_soft(struct db *db, int64_t subscriber_id, int64_t issue_id,
                       int64_t now, const char *status, const char *reason,
                       struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[SOFT]);
    stmt_bind_int(stmt, 1, subscriber_id);
    stmt_bind_int(stmt, 2, issue_id);
    stmt_bind_int(stmt, 3, now);
    stmt_bind_text(stmt, 4, status);
    stmt_bind_text(stmt, 5, reason);
    return stmt_run(stmt, err);
}

bool bounce_store_run(struct db *db, int64_t subscriber_id,
                      struct bounce_run *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[SENT]);
    *out = (struct bounce_run){0};
    stmt_bind_int(row, 1, subscriber_id);
    while (stmt_step(row, err)) {
        bool came_back = stmt_int(row, 0) != 0;
        if (!came_back && out->count) {
            stmt_reset(row);
            return true;
        }
        if (!came_back)
            continue; /* newer ones may be on their way back yet */
        out->first_at = stmt_int(row, 1);
        if (!out->count++)
            out->last_at = out->first_at;
    }
    return stmt_done(row);
}

/* ---- refusals ---- */

bool bounce_store_was_former(struct db *db, int64_t subscriber_id,
                             int64_t issue_id, bool *out, struct err *err)
{
    int64_t found;
    struct stmt *former = db_stmt(db, sql[FORMER]);
    stmt_bind_int(former, 1, subscriber_id);
    stmt_bind_int(former, 2, issue_id);
    if (!stmt_one_int(former, &found, err))
        return false;
    *out = found != 0;
    return true;
}

bool bounce_store_refuse(struct db *db, const struct bounce_refusal *refusal,
                         int64_t now, struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[REFUSE]);
    stmt_bind_str(stmt, 1, refusal->domain);
    stmt_bind_str(stmt, 2, refusal->reason);
    stmt_bind_str(stmt, 3, refusal->status);
    stmt_bind_str(stmt, 4, refusal->said);
    stmt_bind_int(stmt, 5, now);
    return stmt_run(stmt, err);
}

bool bounce_store_refusals(struct db *db, struct arena *arena,
                           struct bounce_refusals *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[REFUSALS]);
    struct bounce_refusal *items = NULL;
    size_t count = 0, capacity = 0;
    *out = (struct bounce_refusals){0};
    while (stmt_step(row, err)) {
        struct bounce_refusal one = {
            .domain = kept(arena, row, 0),
            .reason = kept(arena, row, 1),
            .status = kept(arena, row, 2),
            .said = kept(arena, row, 3),
            .count = stmt_int(row, 4),
            .first_at = stmt_int(row, 5),
            .last_at = stmt_int(row, 6),
        };
        MEM_PUSH(items, count, capacity, one);
    }
    out->count = count;
    out->items = ARENA_NEW_ARRAY(arena, struct bounce_refusal, count + 1);
    for (size_t i = 0; items && i < out->count; i++)
        out->items[i] = items[i];
    free(items);
    return stmt_done(row);
}

bool bounce_store_prune(struct db *db, int64_t before, struct err *err)
{
    for (enum sql which = PRUNE_SEEN; which <= PRUNE_REFUSALS; which++) {
        struct stmt *stmt = db_stmt(db, sql[which]);
        stmt_bind_int(stmt, 1, before);
        if (!stmt_run(stmt, err))
            return false;
    }
    return true;
}
