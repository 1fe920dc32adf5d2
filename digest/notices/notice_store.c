/* Stores notices: queues, claims, records, finds and expires them. */
#include "digest/notices/notice_store_internal.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/delivery/retry.h"
#include "digest/store/rows.h"

enum sql {
    RELEASE,
    WITHDRAW,
    ADD,
    READ,
    CLAIM,
    MAY_SEND,
    RECORD,
    RECOVER,
    BRING_BACK,
    LEAVE_OUT,
    HAS_WORK,
    RELAY_TOOK,
    FIND,
    COUNT,
    WAITING,
    EXPIRE,
    COUNT_ABOUT,
    ERASE_ABOUT,
    ERASE_TO,
    ERASE_WISH,
    TOLD_SUBJECT,
    PUT_SUBJECT,
    TOLD_TEXT,
    PUT_TEXT,
    TOLD_HTML,
    PUT_HTML,
    TOLD_REPLY,
    PUT_REPLY,
    SQL_COUNT
};

#define TOLD "kind = 'report'"
#define WAITS "state IN ('queued', 'deferred')"
#define DUE "max(next_at, created_at)"

static const char *const sql[] = {
    [RELEASE] = "UPDATE notice SET dedupe_key = NULL "
                "WHERE dedupe_key = ?1 "
                "    AND (dedupe_until <= ?2 OR dedupe_until > ?2 + ?3)",
    /* '!' is the character behind ' '. */
    [WITHDRAW] = "DELETE FROM notice WHERE " WAITS
                 "    AND (dedupe_key = ?1 OR (dedupe_key > ?1 || ' ' "
                 "        AND dedupe_key < ?1 || '!'))",
    [ADD] = "INSERT INTO notice (kind, to_address, to_key, to_name, "
            "    from_name, from_address, reply_to, subject, text, html, "
            "    message_id, dedupe_key, dedupe_until, created_at, "
            "    changed_at, subscriber_id) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
            "    ?14, ?14, nullif(?15, 0)) "
            "ON CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL "
            "DO NOTHING",
    [READ] = "SELECT id, created_at, attempts, unknowns, "
             "    coalesce(first_at, 0), kind, to_address, to_key, to_name, "
             "    from_name, from_address, reply_to, subject, text, html, "
             "    message_id, next_at, " DUE ", "
             "    CASE WHEN code >= 400 THEN next_at ELSE 0 END "
             "FROM notice WHERE " WAITS "    AND (" DUE
             ", id) > (?1, ?3) AND next_at <= ?2 "
             "ORDER BY " DUE ", id LIMIT 1",
    [CLAIM] = "UPDATE notice SET state = 'sending', changed_at = ?2 "
              "WHERE id = ?1 AND " WAITS " AND next_at <= ?2",
    [MAY_SEND] =
        "SELECT count(*) FROM notice n WHERE id = ?1 AND ("
        "    kind NOT IN ('confirm', 'links', 'address', 'moved') "
        "    OR NOT EXISTS ("
        "        SELECT 1 FROM suppression p WHERE p.address_key = n.to_key))",
    [RECORD] = "UPDATE notice SET state = ?2, next_at = ?3, "
               "    attempts = attempts + ?4, unknowns = unknowns + ?5, "
               "    first_at = coalesce(first_at, nullif(?6, 0)), code = ?7, "
               "    status = ?8, reply = ?9, relay = ?10, changed_at = ?11 "
               "WHERE id = ?1 AND state = 'sending'",
    [RECOVER] = "UPDATE notice SET state = 'queued', changed_at = ?1, "
                "    reply = 'a run broke off while it was being sent' "
                "WHERE state = 'sending'",
    [BRING_BACK] = "UPDATE notice SET next_at = ?1 "
                   "WHERE " WAITS " AND next_at > ?1 + ?2",
    [LEAVE_OUT] = "UPDATE notice SET next_at = ?1, "
                  "    first_at = min(?1, first_at + ?1 - next_at) "
                  "WHERE state = 'deferred' AND next_at < ?1 - ?2",
    [HAS_WORK] = "SELECT EXISTS (SELECT 1 FROM notice WHERE " WAITS
                 "    AND (next_at <= ?1 OR next_at > ?1 + ?2)) "
                 "OR EXISTS (SELECT 1 FROM notice WHERE state = 'sending')",
    [RELAY_TOOK] = "SELECT EXISTS (SELECT 1 FROM notice "
                   "WHERE state = 'sent' AND relay = ?1 AND changed_at >= ?2)",
    [FIND] = "SELECT id, kind, state, to_address, subject, message_id, "
             "    created_at, changed_at, attempts, next_at, code, status, "
             "    reply, relay FROM notice "
             "WHERE (?1 IS NULL OR state = ?1) "
             "    AND (?2 IS NULL OR to_key = ?2) AND changed_at >= ?3 "
             "ORDER BY id DESC LIMIT ?4",
    [COUNT] = "SELECT state, count(*) FROM notice GROUP BY state",
    [WAITING] = "SELECT count(CASE WHEN next_at <= ?1 THEN 1 END), "
                "    coalesce(min(CASE WHEN next_at > created_at "
                "        THEN next_at ELSE created_at END), 0), "
                "    coalesce(min(created_at), 0) FROM notice WHERE " WAITS,
    [EXPIRE] = "DELETE FROM notice WHERE state IN ('sent', 'failed') "
               "AND changed_at < ?1",
    [COUNT_ABOUT] = "SELECT count(*) FROM notice WHERE subscriber_id = ?1 "
                    "AND kind = ?2 AND created_at BETWEEN ?3 AND ?4",
    [ERASE_ABOUT] = "DELETE FROM notice WHERE subscriber_id = ?1",
    [ERASE_TO] = "DELETE FROM notice WHERE to_key = ?1",
    /* The address may be a stranger's, who has mails of their own there. */
    [ERASE_WISH] = "DELETE FROM notice WHERE to_key = ?1 AND kind = 'address' "
                   "AND subscriber_id IS NULL",
    [TOLD_SUBJECT] = "SELECT id, subject FROM notice WHERE " TOLD,
    [PUT_SUBJECT] = "UPDATE notice SET subject = ?2 WHERE id = ?1",
    [TOLD_TEXT] = "SELECT id, text FROM notice WHERE " TOLD,
    [PUT_TEXT] = "UPDATE notice SET text = ?2 WHERE id = ?1",
    [TOLD_HTML] = "SELECT id, html FROM notice WHERE " TOLD,
    [PUT_HTML] = "UPDATE notice SET html = ?2 WHERE id = ?1",
    [TOLD_REPLY] = "SELECT id, reply FROM notice WHERE reply <> '' "
                   "AND (instr(reply, '@') OR instr(reply, '='))",
    [PUT_REPLY] = "UPDATE notice SET reply = ?2 WHERE id = ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

/* The statements for notices to editors and to the operator. */
static const struct {
    enum sql find, put;
} told[] = {
    {TOLD_SUBJECT, PUT_SUBJECT},
    {TOLD_TEXT, PUT_TEXT},
    {TOLD_HTML, PUT_HTML},
    {TOLD_REPLY, PUT_REPLY},
};

static const char *const kind_names[] = {
    [NOTICE_CONFIRM] = "confirm", [NOTICE_LINKS] = "links",
    [NOTICE_ADDRESS] = "address", [NOTICE_MOVED] = "moved",
    [NOTICE_PREVIEW] = "preview", [NOTICE_REPORT] = "report",
};
_Static_assert(ARRAY_SIZE(kind_names) == NOTICE_KIND_COUNT, "all kinds");

static const char *const state_names[] = {
    [NOTICE_QUEUED] = "queued", [NOTICE_SENDING] = "sending",
    [NOTICE_SENT] = "sent",     [NOTICE_DEFERRED] = "deferred",
    [NOTICE_FAILED] = "failed",
};
_Static_assert(ARRAY_SIZE(state_names) == NOTICE_STATE_COUNT, "all states");

const char *notice_kind_name(enum notice_kind kind)
{
    return kind_names[kind];
}

const char *notice_state_name(enum notice_state state)
{
    return state_names[state];
}

static size_t position(const char *const *names, size_t count, const char *name)
{
    size_t i = 0;
    while (i + 1 < count && strcmp(names[i], name) != 0)
        i++;
    return i;
}

/* A kind that this program doesn't know was written by a later one. */
static enum notice_kind kind_of(const char *name)
{
    return (enum notice_kind)position(kind_names, NOTICE_KIND_COUNT, name);
}

static enum notice_state state_of(const char *name)
{
    return (enum notice_state)position(state_names, NOTICE_STATE_COUNT, name);
}

/* ---- queueing -------------------------------------------------------- */

bool notices_withdraw(struct db *db, const char *dedupe, struct err *err)
{
    struct stmt *withdraw = db_stmt(db, sql[WITHDRAW]);
    stmt_bind_text(withdraw, 1, dedupe);
    return stmt_run(withdraw, err);
}

bool notice_store_release(struct db *db, const char *dedupe, int64_t span_s,
                          int64_t now, struct err *err)
{
    struct stmt *release = db_stmt(db, sql[RELEASE]);
    stmt_bind_text(release, 1, dedupe);
    stmt_bind_int(release, 2, now);
    stmt_bind_int(release, 3, span_s);
    return stmt_run(release, err);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

bool notice_store_add(struct db *db, const struct notice_record *record,
                      int64_t *id, struct err *err)
{
    const struct notice *n = record->notice;
    struct stmt *add = db_stmt(db, sql[ADD]);
    const char *const texts[] = {
        notice_kind_name(n->kind),
        record->to_address,
        record->to_key,
        or_empty(n->to_name),
        or_empty(n->from_name),
        n->from_address,
        or_empty(n->reply_to),
        n->subject,
        n->text,
        or_empty(n->html),
        record->message_id,
        n->dedupe && *n->dedupe ? n->dedupe : NULL,
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        stmt_bind_text(add, (int)i + 1, texts[i]);
    stmt_bind_int(add, 13, record->now + n->dedupe_s);
    stmt_bind_int(add, 14, record->now);
    stmt_bind_int(add, 15, n->subscriber_id);
    if (!stmt_run(add, err))
        return false;
    *id = db_changes(db) ? db_last_id(db) : 0;
    return true;
}

/* ---- sending --------------------------------------------------------- */

void notice_waiting_free(struct notice_waiting *notice)
{
    strbuf_free(&notice->to_address);
    strbuf_free(&notice->to_key);
    strbuf_free(&notice->to_name);
    strbuf_free(&notice->from_name);
    strbuf_free(&notice->from_address);
    strbuf_free(&notice->reply_to);
    strbuf_free(&notice->subject);
    strbuf_free(&notice->text);
    strbuf_free(&notice->html);
    strbuf_free(&notice->message_id);
}

static void read_waiting(struct stmt *row, struct notice_waiting *out)
{
    struct strbuf *const texts[] = {
        &out->to_address,   &out->to_key,     &out->to_name, &out->from_name,
        &out->from_address, &out->reply_to,   &out->subject, &out->text,
        &out->html,         &out->message_id,
    };
    out->id = stmt_int(row, 0);
    out->created_at = stmt_int(row, 1);
    out->attempts = stmt_int(row, 2);
    out->unknowns = stmt_int(row, 3);
    out->first_at = stmt_int(row, 4);
    out->kind = kind_of(stmt_text(row, 5));
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        strbuf_cut(texts[i], 0);
        strbuf_add_str(texts[i], stmt_str(row, (int)i + 6));
    }
    out->next_at = stmt_int(row, 16);
    out->due_at = stmt_int(row, 17);
    out->refused_at = stmt_int(row, 18);
}

bool notice_store_read(struct db *db, int64_t now,
                       struct notice_waiting *notice, bool *found,
                       struct err *err)
{
    struct stmt *next = db_stmt(db, sql[READ]);
    stmt_bind_int(next, 1, notice->due_at);
    stmt_bind_int(next, 2, now);
    stmt_bind_int(next, 3, notice->id);
    *found = stmt_step(next, err);
    if (!*found)
        return stmt_done(next);
    read_waiting(next, notice);
    stmt_reset(next);
    return true;
}

bool notice_store_claim(struct db *db, int64_t id, int64_t now, bool *out,
                        struct err *err)
{
    struct stmt *claim = db_stmt(db, sql[CLAIM]);
    stmt_bind_int(claim, 1, id);
    stmt_bind_int(claim, 2, now);
    if (!stmt_run(claim, err))
        return false;
    *out = db_changes(db) == 1;
    return true;
}

bool notice_store_may_send(struct db *db, int64_t id, bool *out,
                           struct err *err)
{
    int64_t may = 0;
    struct stmt *ask = db_stmt(db, sql[MAY_SEND]);
    stmt_bind_int(ask, 1, id);
    if (!stmt_one_int(ask, &may, err))
        return false;
    *out = may != 0;
    return true;
}

static enum notice_state notice_state_of(enum delivery_state state)
{
    static const enum notice_state states[] = {
        [DELIVERY_QUEUED] = NOTICE_QUEUED,
        [DELIVERY_SENDING] = NOTICE_SENDING,
        [DELIVERY_SENT] = NOTICE_SENT,
        [DELIVERY_DEFERRED] = NOTICE_DEFERRED,
        [DELIVERY_FAILED] = NOTICE_FAILED,
        [DELIVERY_SKIPPED] = NOTICE_FAILED,
    };
    _Static_assert(ARRAY_SIZE(states) == DELIVERY_STATE_COUNT, "all states");
    return states[state];
}

bool notice_store_record(struct db *db, const struct queue_outcome *o,
                         struct err *err)
{
    struct stmt *record = db_stmt(db, sql[RECORD]);
    stmt_bind_int(record, 1, o->id);
    stmt_bind_text(record, 2, notice_state_name(notice_state_of(o->state)));
    stmt_bind_int(record, 3, o->next_at);
    stmt_bind_int(record, 4, o->attempted);
    stmt_bind_int(record, 5, o->unknown);
    stmt_bind_int(record, 6, o->first_at);
    stmt_bind_int(record, 7, o->code);
    stmt_bind_text(record, 8, or_empty(o->status));
    stmt_bind_text(record, 9, or_empty(o->reply));
    stmt_bind_text(record, 10, or_empty(o->relay));
    stmt_bind_int(record, 11, o->now);
    return stmt_run(record, err);
}

static bool run_counting(struct db *db, struct stmt *stmt, int64_t *count,
                         struct err *err)
{
    if (!stmt_run(stmt, err))
        return false;
    *count = db_changes(db);
    return true;
}

bool notice_store_recover(struct db *db, int64_t now, int64_t *count,
                          struct err *err)
{
    struct stmt *recover = db_stmt(db, sql[RECOVER]);
    stmt_bind_int(recover, 1, now);
    return run_counting(db, recover, count, err);
}

static bool run_for(struct db *db, enum sql which, int64_t now, int64_t seconds,
                    struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_int(stmt, 1, now);
    stmt_bind_int(stmt, 2, seconds);
    return stmt_run(stmt, err);
}

bool notice_store_set_clock(struct db *db, int64_t now, int64_t give_up_s,
                            struct err *err)
{
    return run_for(db, BRING_BACK, now, RETRY_SPAN_S, err) &&
           run_for(db, LEAVE_OUT, now, give_up_s, err);
}

static bool ask(struct stmt *stmt, bool *out, struct err *err)
{
    int64_t found = 0;
    if (!stmt_one_int(stmt, &found, err))
        return false;
    *out = found != 0;
    return true;
}

bool notice_store_has_work(struct db *db, int64_t now, bool *out,
                           struct err *err)
{
    struct stmt *work = db_stmt(db, sql[HAS_WORK]);
    stmt_bind_int(work, 1, now);
    stmt_bind_int(work, 2, RETRY_SPAN_S);
    return ask(work, out, err);
}

bool notice_store_relay_took(struct db *db, const char *relay, int64_t since,
                             bool *out, struct err *err)
{
    struct stmt *took = db_stmt(db, sql[RELAY_TOOK]);
    stmt_bind_text(took, 1, relay);
    stmt_bind_int(took, 2, since);
    return ask(took, out, err);
}

/* ---- asking ---------------------------------------------------------- */

static struct notice_row read_row(struct stmt *row, struct arena *arena)
{
    return (struct notice_row){
        .id = stmt_int(row, 0),
        .kind = kind_of(stmt_text(row, 1)),
        .state = state_of(stmt_text(row, 2)),
        .to_address = arena_copy(arena, stmt_text(row, 3)),
        .subject = arena_copy(arena, stmt_text(row, 4)),
        .message_id = arena_copy(arena, stmt_text(row, 5)),
        .created_at = stmt_int(row, 6),
        .changed_at = stmt_int(row, 7),
        .attempts = stmt_int(row, 8),
        .next_at = stmt_int(row, 9),
        .code = (int)stmt_int(row, 10),
        .status = arena_copy(arena, stmt_text(row, 11)),
        .reply = arena_copy(arena, stmt_text(row, 12)),
        .relay = arena_copy(arena, stmt_text(row, 13)),
    };
}

bool notice_store_find(struct db *db, const struct notice_filter *filter,
                       const char *to_key, struct arena *arena,
                       struct notice_rows *out, struct err *err)
{
    struct stmt *find = db_stmt(db, sql[FIND]);
    stmt_bind_text(find, 1, filter->state);
    stmt_bind_text(find, 2, to_key);
    stmt_bind_int(find, 3, filter->since);
    stmt_bind_int(find, 4, filter->at_most ? filter->at_most : -1);
    return STMT_LIST(find, arena, out->items, out->count, read_row(find, arena),
                     err);
}

bool notices_count(struct db *db, int64_t now, struct notices_counts *out,
                   struct err *err)
{
    *out = (struct notices_counts){0};
    struct stmt *count = db_stmt(db, sql[COUNT]);
    while (stmt_step(count, err))
        out->states[state_of(stmt_text(count, 0))] = stmt_int(count, 1);
    if (!stmt_done(count))
        return false;
    struct stmt *waiting = db_stmt(db, sql[WAITING]);
    stmt_bind_int(waiting, 1, now);
    while (stmt_step(waiting, err)) {
        out->due = stmt_int(waiting, 0);
        out->waits_for = stmt_int(waiting, 1);
        out->oldest = stmt_int(waiting, 2);
    }
    return stmt_done(waiting);
}

/* ---- tidying up ------------------------------------------------------ */

bool notices_expire(struct db *db, int64_t before, int64_t *count,
                    struct err *err)
{
    struct stmt *expire = db_stmt(db, sql[EXPIRE]);
    stmt_bind_int(expire, 1, before);
    return run_counting(db, expire, count, err);
}

/* ---- erasing --------------------------------------------------------- */

bool notices_count_about(struct db *db, int64_t subscriber_id,
                         enum notice_kind kind, int64_t span_s, int64_t now,
                         int64_t *out, struct err *err)
{
    struct stmt *count = db_stmt(db, sql[COUNT_ABOUT]);
    stmt_bind_int(count, 1, subscriber_id);
    stmt_bind_text(count, 2, notice_kind_name(kind));
    stmt_bind_int(count, 3, now - span_s);
    stmt_bind_int(count, 4, now);
    return stmt_one_int(count, out, err);
}

static bool erase_wish(struct db *db, const char *wish, struct err *err)
{
    struct stmt *erase = db_stmt(db, sql[ERASE_WISH]);
    stmt_bind_text(erase, 1, wish);
    return stmt_run(erase, err);
}

bool notices_erase(struct db *db, const struct erased *who, const char *wish,
                   struct err *err)
{
    struct stmt *about = db_stmt(db, sql[ERASE_ABOUT]);
    stmt_bind_int(about, 1, who->subscriber_id);
    if (!stmt_run(about, err) || (wish && !erase_wish(db, wish, err)))
        return false;
    for (size_t i = 0; i < who->key_count; i++) {
        struct stmt *to = db_stmt(db, sql[ERASE_TO]);
        stmt_bind_text(to, 1, who->keys[i]);
        if (!stmt_run(to, err))
            return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(told); i++)
        if (!erasing_redact(db, sql[told[i].find], sql[told[i].put], who->words,
                            err))
            return false;
    return true;
}
