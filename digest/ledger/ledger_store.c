/* Stores deliveries: walks, claims, records, recovers and counts them. */
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/ledger/ledger.h"

enum { READ_AHEAD = 500 };

enum sql {
    LANGUAGES,
    QUEUED,
    DEFERRED_DUE,
    ANYWHERE,
    CLAIM,
    MAY_SEND,
    WHY_NOT,
    SKIP,
    RECORD,
    RECOVER,
    BRING_BACK,
    LEAVE_OUT,
    SKIP_WAITING,
    LAST_SENT,
    GIVE_UP,
    RETRY_FAILED,
    COUNTED,
    COUNT,
    NEXT_DUE,
    SQL_COUNT
};

#define ENTRY                                                                  \
    "SELECT d.subscriber_id, d.variant_id, d.attempts, s.email, s.name, "      \
    "    s.language, s.key, coalesce(d.first_at, 0), d.unknowns, "             \
    "    CASE WHEN d.code >= 400 THEN d.changed_at ELSE 0 END "                \
    "FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id "

#define MAY_BE_MAILED                                                          \
    "EXISTS (SELECT 1 FROM subscription u "                                    \
    "    WHERE u.newsletter_id = "                                             \
    "        (SELECT newsletter_id FROM issue WHERE id = ?1) "                 \
    "    AND u.subscriber_id = ?2 AND u.state = 'active') "                    \
    "AND NOT EXISTS (SELECT 1 FROM suppression p "                             \
    "    WHERE p.address_key = "                                               \
    "        (SELECT email_key FROM subscriber WHERE id = ?2))"

#define IN_STATE(name) "count(CASE state WHEN '" name "' THEN 1 END), "

static const char *const sql[] = {
    /* From one to the next in the index, however many have each. */
    [LANGUAGES] = "WITH RECURSIVE used (name) AS ("
                  "    SELECT min(language) FROM subscriber "
                  "    WHERE language <> '' "
                  "    UNION ALL "
                  "    SELECT (SELECT min(language) FROM subscriber "
                  "        WHERE language <> '' AND language > name) "
                  "    FROM used WHERE name IS NOT NULL) "
                  "SELECT name FROM used WHERE name IS NOT NULL",
    [QUEUED] = ENTRY "WHERE d.issue_id = ?1 AND d.subscriber_id > ?2 "
                     "    AND d.state = 'queued' "
                     "ORDER BY d.subscriber_id LIMIT ?3",
    [DEFERRED_DUE] = ENTRY "WHERE d.issue_id = ?1 AND d.state = 'deferred' "
                           "    AND d.next_at <= ?2 "
                           "ORDER BY d.next_at, d.subscriber_id LIMIT ?3",
    [ANYWHERE] = "SELECT coalesce(min(subscriber_id), 0), "
                 "    coalesce(max(subscriber_id), 0) "
                 "FROM delivery WHERE issue_id = ?1 AND state = 'queued'",
    [CLAIM] = "UPDATE delivery SET state = 'sending', changed_at = ?3 "
              "WHERE issue_id = ?1 AND subscriber_id = ?2 "
              "    AND state IN ('queued', 'deferred') AND next_at <= ?3 "
              "    AND " MAY_BE_MAILED,
    [MAY_SEND] = "SELECT " MAY_BE_MAILED,
    [WHY_NOT] = "SELECT d.state, u.state, d.next_at FROM delivery d "
                "JOIN issue i ON i.id = d.issue_id "
                "LEFT JOIN subscription u ON u.newsletter_id = i.newsletter_id "
                "    AND u.subscriber_id = d.subscriber_id "
                "WHERE d.issue_id = ?1 AND d.subscriber_id = ?2",
    [SKIP] = "UPDATE delivery SET state = 'skipped', reply = ?3, "
             "    changed_at = ?4 "
             "WHERE issue_id = ?1 AND subscriber_id = ?2",
    [RECORD] = "UPDATE delivery SET state = ?3, next_at = ?4, "
               "    attempts = attempts + ?5, code = ?6, status = ?7, "
               /* A reply isn't written down for a subscriber who was erased
                * meanwhile. */
               "    reply = CASE WHEN ?8 = '' OR EXISTS (SELECT 1 "
               "        FROM subscriber WHERE id = ?2 AND email <> '') "
               "        THEN ?8 ELSE '' END, "
               "    relay = ?9, changed_at = ?10, "
               "    unknowns = unknowns + ?11, "
               "    first_at = CASE WHEN ?5 = 1 "
               "        THEN coalesce(first_at, ?10) ELSE first_at END "
               "WHERE issue_id = ?1 AND subscriber_id = ?2 "
               "    AND state = 'sending'",
    [RECOVER] = "UPDATE delivery SET state = 'queued', changed_at = ?2, "
                "    reply = 'a run broke off while it was being sent' "
                "WHERE issue_id = ?1 AND state = 'sending'",
    [BRING_BACK] = "UPDATE delivery SET next_at = ?2 "
                   "WHERE issue_id = ?1 AND state = 'deferred' "
                   "    AND next_at > ?2 + ?3",
    [LEAVE_OUT] = "UPDATE delivery SET next_at = ?2, "
                  "    first_at = min(?2, first_at + ?2 - next_at) "
                  "WHERE issue_id = ?1 AND state = 'deferred' "
                  "    AND next_at < ?2 - ?3",
    [SKIP_WAITING] = "UPDATE delivery SET state = 'skipped', "
                     "    changed_at = ?2, reply = ?3 "
                     "WHERE issue_id = ?1 "
                     "    AND state IN ('queued', 'deferred')",
    [LAST_SENT] = "SELECT coalesce(max(changed_at), 0) FROM delivery "
                  "WHERE issue_id = ?1 AND state = 'sent'",
    [GIVE_UP] = "UPDATE delivery SET state = 'failed', changed_at = ?2 "
                "WHERE issue_id = ?1 AND state IN ('queued', 'deferred') "
                "    AND attempts > 0 AND attempts >= ?4 AND first_at <= ?3",
    [RETRY_FAILED] =
        "UPDATE delivery SET state = 'queued', changed_at = ?2, "
        "    attempts = 0, unknowns = 0, next_at = 0, first_at = NULL "
        "WHERE issue_id = ?1 AND state = 'failed'",
    [COUNTED] = "SELECT sent, failed, skipped FROM delivery_count "
                "WHERE issue_id = ?1",
    /* In the order of enum delivery_state; GROUP BY would sort a million. */
    [COUNT] = "SELECT count(*), " IN_STATE("queued") IN_STATE("sending")
        IN_STATE("sent") IN_STATE("deferred") IN_STATE("failed")
            IN_STATE("skipped") "0 FROM delivery WHERE issue_id = ?1",
    [NEXT_DUE] = "SELECT coalesce(min(next_at), 0) FROM delivery "
                 "WHERE issue_id = ?1 AND state = 'deferred'",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static const char *const state_names[] = {
    [DELIVERY_QUEUED] = "queued", [DELIVERY_SENDING] = "sending",
    [DELIVERY_SENT] = "sent",     [DELIVERY_DEFERRED] = "deferred",
    [DELIVERY_FAILED] = "failed", [DELIVERY_SKIPPED] = "skipped",
};

const char *delivery_state_name(enum delivery_state state)
{
    return state_names[state];
}

static enum delivery_state state_of(const char *name)
{
    for (size_t i = 0; i < DELIVERY_STATE_COUNT; i++)
        if (strcmp(state_names[i], name) == 0)
            return (enum delivery_state)i;
    return DELIVERY_QUEUED; /* the schema's CHECK leaves no other */
}

bool ledger_languages(struct db *db, struct arena *arena,
                      struct ledger_languages *out, struct err *err)
{
    enum { MOST = 200 };
    struct stmt *rows = db_stmt(db, sql[LANGUAGES]);
    *out = (struct ledger_languages){
        .names = ARENA_NEW_ARRAY(arena, const char *, MOST)};
    while (out->count < MOST && stmt_step(rows, err))
        out->names[out->count++] = arena_copy(arena, stmt_text(rows, 0));
    if (out->count < MOST)
        return stmt_done(rows);
    stmt_reset(rows);
    return true;
}

void ledger_walk_free(struct ledger_walk *walk)
{
    for (size_t i = 0; i < walk->capacity; i++) {
        strbuf_free(&walk->entries[i].email);
        strbuf_free(&walk->entries[i].name);
        strbuf_free(&walk->entries[i].language);
    }
    free(walk->entries);
    walk->entries = NULL;
    walk->capacity = walk->count = walk->next = 0;
}

void ledger_walk_restart(struct ledger_walk *walk)
{
    walk->after = 0;
    walk->count = walk->next = 0;
    walk->queued_done = false;
}

bool ledger_walk_jump(struct db *db, struct ledger_walk *walk, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[ANYWHERE]);
    stmt_bind_int(row, 1, walk->issue_id);
    if (!stmt_step(row, err))
        return false;
    int64_t first = stmt_int(row, 0), last = stmt_int(row, 1);
    stmt_reset(row);
    ledger_walk_restart(walk);
    walk->after = first + random_below((uint32_t)(last - first) + 1) - 1;
    return true;
}

static void set_text(struct strbuf *buf, struct str text)
{
    strbuf_cut(buf, 0);
    strbuf_add_str(buf, text);
}

static void read_entry(struct stmt *row, struct ledger_entry *entry)
{
    entry->subscriber_id = stmt_int(row, 0);
    entry->variant_id = stmt_int(row, 1);
    entry->attempts = stmt_int(row, 2);
    set_text(&entry->email, stmt_str(row, 3));
    set_text(&entry->name, stmt_str(row, 4));
    set_text(&entry->language, stmt_str(row, 5));
    entry->first_at = stmt_int(row, 7);
    entry->unknowns = stmt_int(row, 8);
    entry->refused_at = stmt_int(row, 9);
    struct str key = stmt_str(row, 6);
    memcpy(entry->key, key.ptr,
           key.len < LEDGER_KEY_SIZE ? key.len : LEDGER_KEY_SIZE);
}

static bool read_ahead(struct stmt *rows, struct ledger_walk *walk,
                       struct err *err)
{
    if (!walk->capacity) {
        walk->entries = MEM_NEW_ARRAY(struct ledger_entry, READ_AHEAD);
        walk->capacity = READ_AHEAD;
    }
    walk->count = walk->next = 0;
    while (stmt_step(rows, err))
        read_entry(rows, &walk->entries[walk->count++]);
    return stmt_done(rows);
}

static bool read_queued(struct db *db, struct ledger_walk *walk,
                        struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[QUEUED]);
    stmt_bind_int(rows, 1, walk->issue_id);
    stmt_bind_int(rows, 2, walk->after);
    stmt_bind_int(rows, 3, READ_AHEAD);
    if (!read_ahead(rows, walk, err))
        return false;
    if (walk->count)
        walk->after = walk->entries[walk->count - 1].subscriber_id;
    else
        walk->queued_done = true;
    return true;
}

static bool read_deferred(struct db *db, struct ledger_walk *walk, int64_t now,
                          struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[DEFERRED_DUE]);
    stmt_bind_int(rows, 1, walk->issue_id);
    stmt_bind_int(rows, 2, now);
    stmt_bind_int(rows, 3, READ_AHEAD);
    return read_ahead(rows, walk, err);
}

bool ledger_walk_next(struct db *db, struct ledger_walk *walk, int64_t now,
                      struct ledger_entry **out, struct err *err)
{
    *out = NULL;
    if (walk->next == walk->count && !walk->queued_done &&
        !read_queued(db, walk, err))
        return false;
    if (walk->next == walk->count && walk->queued_done && !walk->queued_only &&
        !read_deferred(db, walk, now, err))
        return false;
    if (walk->next < walk->count)
        *out = &walk->entries[walk->next++];
    return true;
}

/* Why somebody may not be mailed, by the state of their subscription. */
static const char *reason_of(const char *subscription)
{
    static const struct {
        const char *state, *reason;
    } reasons[] = {
        {"active", "the address is suppressed"},
        {"unsubscribed", "unsubscribed before it was sent"},
        {"complained", "complained before it was sent"},
        {"bounced", "bounced before it was sent"},
        {"pending", "not confirmed"},
    };
    for (size_t i = 0; subscription && i < ARRAY_SIZE(reasons); i++)
        if (strcmp(subscription, reasons[i].state) == 0)
            return reasons[i].reason;
    return "no longer subscribed";
}

/* Why a claim found nothing to claim; a delivery that still waits is
 * skipped for it. */
static bool skip(struct db *db, int64_t issue_id, int64_t subscriber_id,
                 int64_t now, enum ledger_claim *claim, struct err *err)
{
    struct stmt *why = db_stmt(db, sql[WHY_NOT]);
    stmt_bind_int(why, 1, issue_id);
    stmt_bind_int(why, 2, subscriber_id);
    if (!stmt_step(why, err))
        return stmt_done(why); /* forgotten altogether */
    enum delivery_state state = state_of(stmt_text(why, 0));
    const char *subscription = stmt_text(why, 1);
    int64_t due = stmt_int(why, 2);
    const char *reason = reason_of(subscription);
    stmt_reset(why);
    if ((state != DELIVERY_QUEUED && state != DELIVERY_DEFERRED) || due > now)
        return true; /* it is, or was, in other hands */
    *claim = CLAIM_SKIPPED;
    struct stmt *set = db_stmt(db, sql[SKIP]);
    stmt_bind_int(set, 1, issue_id);
    stmt_bind_int(set, 2, subscriber_id);
    stmt_bind_text(set, 3, reason);
    stmt_bind_int(set, 4, now);
    return stmt_run(set, err);
}

bool ledger_claim(struct db *db, int64_t issue_id, int64_t subscriber_id,
                  int64_t now, enum ledger_claim *out, struct err *err)
{
    struct stmt *claim = db_stmt(db, sql[CLAIM]);
    stmt_bind_int(claim, 1, issue_id);
    stmt_bind_int(claim, 2, subscriber_id);
    stmt_bind_int(claim, 3, now);
    if (!stmt_run(claim, err))
        return false;
    *out = db_changes(db) == 1 ? CLAIM_TAKEN : CLAIM_GONE;
    return *out == CLAIM_TAKEN ||
           skip(db, issue_id, subscriber_id, now, out, err);
}

bool ledger_may_send(struct db *db, int64_t issue_id, int64_t subscriber_id,
                     bool *out, struct err *err)
{
    int64_t may = 0;
    struct stmt *ask = db_stmt(db, sql[MAY_SEND]);
    stmt_bind_int(ask, 1, issue_id);
    stmt_bind_int(ask, 2, subscriber_id);
    if (!stmt_one_int(ask, &may, err))
        return false;
    *out = may != 0;
    return true;
}

bool ledger_record(struct db *db, const struct ledger_record *r,
                   struct err *err)
{
    struct stmt *record = db_stmt(db, sql[RECORD]);
    stmt_bind_int(record, 1, r->issue_id);
    stmt_bind_int(record, 2, r->subscriber_id);
    stmt_bind_text(record, 3, state_names[r->state]);
    stmt_bind_int(record, 4, r->next_at);
    stmt_bind_int(record, 5, r->attempted);
    stmt_bind_int(record, 6, r->code);
    stmt_bind_text(record, 7, r->status ? r->status : "");
    stmt_bind_text(record, 8, r->reply ? r->reply : "");
    stmt_bind_text(record, 9, r->relay ? r->relay : "");
    stmt_bind_int(record, 10, r->now);
    stmt_bind_int(record, 11, r->unknown);
    return stmt_run(record, err);
}

static bool requeue(struct db *db, enum sql which, int64_t issue_id,
                    int64_t now, int64_t *count, struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_int(stmt, 1, issue_id);
    stmt_bind_int(stmt, 2, now);
    if (!stmt_run(stmt, err))
        return false;
    *count = db_changes(db);
    return true;
}

bool ledger_recover(struct db *db, int64_t issue_id, int64_t now,
                    int64_t *count, struct err *err)
{
    return requeue(db, RECOVER, issue_id, now, count, err);
}

bool ledger_skip_waiting(struct db *db, int64_t issue_id, const char *reason,
                         int64_t now, int64_t *count, struct err *err)
{
    struct stmt *skip_all = db_stmt(db, sql[SKIP_WAITING]);
    stmt_bind_int(skip_all, 1, issue_id);
    stmt_bind_int(skip_all, 2, now);
    stmt_bind_text(skip_all, 3, reason);
    if (!stmt_run(skip_all, err))
        return false;
    *count = db_changes(db);
    return true;
}

bool ledger_last_sent(struct db *db, int64_t issue_id, int64_t *at,
                      struct err *err)
{
    struct stmt *ask = db_stmt(db, sql[LAST_SENT]);
    stmt_bind_int(ask, 1, issue_id);
    return stmt_one_int(ask, at, err);
}

static bool run_for(struct db *db, enum sql which, int64_t issue_id,
                    int64_t now, int64_t seconds, struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_int(stmt, 1, issue_id);
    stmt_bind_int(stmt, 2, now);
    stmt_bind_int(stmt, 3, seconds);
    return stmt_run(stmt, err);
}

bool ledger_set_clock(struct db *db, int64_t issue_id, int64_t now,
                      int64_t span_s, int64_t give_up_s, struct err *err)
{
    return run_for(db, BRING_BACK, issue_id, now, span_s, err) &&
           (!give_up_s ||
            run_for(db, LEAVE_OUT, issue_id, now, give_up_s, err));
}

bool ledger_give_up(struct db *db, int64_t issue_id, int64_t since,
                    int64_t tries, int64_t now, int64_t *count, struct err *err)
{
    struct stmt *give_up = db_stmt(db, sql[GIVE_UP]);
    stmt_bind_int(give_up, 1, issue_id);
    stmt_bind_int(give_up, 2, now);
    stmt_bind_int(give_up, 3, since);
    stmt_bind_int(give_up, 4, tries);
    if (!stmt_run(give_up, err))
        return false;
    *count = db_changes(db);
    return true;
}

bool ledger_retry_failed(struct db *db, int64_t issue_id, int64_t now,
                         int64_t *count, struct err *err)
{
    return requeue(db, RETRY_FAILED, issue_id, now, count, err);
}

/* Reads the counts that were taken once, when the issue was done. */
static bool read_counted(struct db *db, int64_t issue_id,
                         struct ledger_counts *out, bool *found,
                         struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[COUNTED]);
    stmt_bind_int(rows, 1, issue_id);
    *found = false;
    while (stmt_step(rows, err)) {
        *found = true;
        out->states[DELIVERY_SENT] = stmt_int(rows, 0);
        out->states[DELIVERY_FAILED] = stmt_int(rows, 1);
        out->states[DELIVERY_SKIPPED] = stmt_int(rows, 2);
        out->recipients =
            stmt_int(rows, 0) + stmt_int(rows, 1) + stmt_int(rows, 2);
    }
    return stmt_done(rows);
}

bool ledger_count(struct db *db, int64_t issue_id, struct ledger_counts *out,
                  struct err *err)
{
    bool counted;
    *out = (struct ledger_counts){0};
    if (!read_counted(db, issue_id, out, &counted, err))
        return false;
    if (counted)
        return true;
    struct stmt *rows = db_stmt(db, sql[COUNT]);
    stmt_bind_int(rows, 1, issue_id);
    if (!stmt_step(rows, err))
        return false;
    out->recipients = stmt_int(rows, 0);
    for (int i = 0; i < DELIVERY_STATE_COUNT; i++)
        out->states[i] = stmt_int(rows, i + 1);
    stmt_reset(rows);
    struct stmt *next = db_stmt(db, sql[NEXT_DUE]);
    stmt_bind_int(next, 1, issue_id);
    return stmt_one_int(next, &out->next_at, err);
}
