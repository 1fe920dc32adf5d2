/* Carries an issue's deliveries between the ledger and the engine. */
#include "digest/delivery/issue_queue_internal.h"

#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/ledger/counter.h"
#include "digest/sender/reply_class.h"
#include "subscribers/bounces/record.h"
#include "subscribers/consent/consent.h"

enum { APART = 4 }; /* each so many-th comes from elsewhere in the list */

static struct db *db_of(const struct issue_queue *q)
{
    return q->conductor->db;
}

static int64_t issue_id(const struct issue_queue *q)
{
    return q->build.issue->id;
}

/* ---- reading ---------------------------------------------------------- */

/* Makes a place for one more message: the one that was used longest ago gives
 * its own up. It is none of the ring's, which has half as many places. */
static struct issue_queue_message *place_for(struct issue_queue *q)
{
    struct issue_queue_message *oldest = q->messages;
    if (q->message_count < ISSUE_QUEUE_MESSAGES)
        return &q->messages[q->message_count++];
    for (size_t i = 1; i < ISSUE_QUEUE_MESSAGES; i++)
        if (q->messages[i].used < oldest->used)
            oldest = &q->messages[i];
    message_free(oldest->message);
    return oldest;
}

static bool load_message(struct issue_queue *q, int64_t id,
                         const struct message **out, struct err *err)
{
    q->uses++;
    for (size_t i = 0; i < q->message_count; i++) {
        struct issue_queue_message *found = &q->messages[i];
        if (found->variant_id == id) {
            found->used = q->uses;
            *out = found->message;
            return true;
        }
    }
    OWNED(strbuf_free) struct strbuf saved = STRBUF_INIT;
    struct issue_queue_message item = {.variant_id = id, .used = q->uses};
    if (!ledger_message(db_of(q), id, &saved, err) ||
        !message_load(strbuf_str(&saved), &item.message, err))
        return false;
    *out = item.message;
    *place_for(q) = item;
    return true;
}

static bool fill(struct issue_queue *q, const struct ledger_entry *entry,
                 struct prepared *place, struct err *err)
{
    if (!load_message(q, entry->variant_id, &place->message, err))
        return false;
    place->item = (struct queue_item){.id = entry->subscriber_id,
                                      .attempts = entry->attempts,
                                      .unknowns = entry->unknowns,
                                      .first_at = entry->first_at,
                                      .refused_at = entry->refused_at};
    prepared_set(&place->to, strbuf_str(&entry->email));
    prepared_set(&place->name, strbuf_str(&entry->name));
    struct build_recipient to = {.email = strbuf_str(&place->to),
                                 .name = strbuf_str(&place->name),
                                 .key = entry->key};
    if (!build_voice(&q->build, strbuf_text(&entry->language), &to.voice, err))
        return false;
    build_fill(&q->build, &to, &place->values);
    prepared_set(&place->from, strbuf_str(&place->values.envelope));
    place->utf8 = prepared_needs_utf8(to.email);
    return true;
}

/* Takes the next entry. Where the last run ended because its relay refused
 * everybody, that may have been a row of addresses at fault, all of one domain:
 * so some come from elsewhere in the list, to show whether the relay takes
 * anybody. */
static bool next_entry(struct issue_queue *q, int64_t now,
                       struct ledger_entry **out, struct err *err)
{
    *out = NULL;
    if (q->build.issue->retry_count && ++q->turns % APART == 0 &&
        !ledger_walk_next(db_of(q), &q->apart, now, out, err))
        return false;
    return *out || ledger_walk_next(db_of(q), &q->walk, now, out, err);
}

/* Reads the next delivery. Deferred ones are read only when the ring is empty:
 * before that they may be in the ring already. */
static bool read(void *context, int64_t now, bool alone, struct prepared *place,
                 enum queue_read *out, struct err *err)
{
    struct issue_queue *q = context;
    struct ledger_entry *entry;
    *out = QUEUE_LATER;
    if (!alone && q->walk.next == q->walk.count && q->walk.queued_done)
        return true;
    if (!next_entry(q, now, &entry, err))
        return false;
    *out = entry ? QUEUE_READ : QUEUE_END;
    return !entry || fill(q, entry, place, err);
}

static void restart(void *context)
{
    struct issue_queue *q = context;
    ledger_walk_restart(&q->walk);
}

/* ---- claims ------------------------------------------------------------ */

static bool claim_one(struct issue_queue *q, int64_t now,
                      struct queue_claim *claim, struct err *err)
{
    enum ledger_claim got;
    if (!ledger_claim(db_of(q), issue_id(q), claim->id, now, &got, err))
        return false;
    claim->verdict = got == CLAIM_TAKEN     ? QUEUE_TAKEN
                     : got == CLAIM_SKIPPED ? QUEUE_SKIPPED
                                            : QUEUE_GONE;
    return true;
}

static bool claim(void *context, const struct lease *holder, int64_t now,
                  struct queue_claim *claims, size_t count, struct err *err)
{
    (void)holder; /* the issue's lease, which the transaction has checked */
    for (size_t i = 0; i < count; i++)
        if (!claim_one(context, now, &claims[i], err))
            return false;
    return true;
}

static bool may_send(void *context, int64_t id, bool *out, struct err *err)
{
    struct issue_queue *q = context;
    return ledger_may_send(db_of(q), issue_id(q), id, out, err);
}

/* ---- outcomes ---------------------------------------------------------- */

/* A dead address is off every list; one that refuses issue after issue, for a
 * reason of its own, counts as its returned mail does. */
static bool tell_roster(struct issue_queue *q, const struct queue_outcome *o,
                        struct err *err)
{
    struct refusal refusal;
    bool given_up;
    if (o->state != DELIVERY_FAILED || o->code < 400)
        return true;
    reply_judge(o->code, o->status, o->reply, &refusal);
    struct consent_origin origin = {.means = MEANS_DELIVERY,
                                    .issue_id = issue_id(q),
                                    .now = o->now,
                                    .keys = q->build.keys};
    if (refusal.hard)
        return consent_bounce(db_of(q), o->id, o->reply, &origin, err);
    struct bounce_soft soft = {
        .subscriber_id = o->id,
        .status = refusal.status,
        .reason = reason_name(refusal.reason),
        .said = o->reply,
        .limit = q->conductor->conf->bounce_soft_limit,
    };
    return !refusal.counts ||
           bounce_count_soft(db_of(q), &soft, &origin, &given_up, err);
}

/* Looks at a delivery that waits again. A subscriber who may not be mailed any
 * more is skipped here: the walk doesn't come back to those it has passed. */
static bool look_again(struct issue_queue *q, struct queue_outcome *o,
                       struct err *err)
{
    struct queue_claim claim = {.id = o->id};
    if (o->state != DELIVERY_QUEUED)
        return true;
    if (!may_send(q, o->id, &o->comes_again, err))
        return false;
    if (o->comes_again)
        return true;
    if (!claim_one(q, o->now, &claim, err))
        return false;
    o->was_skipped = claim.verdict == QUEUE_SKIPPED;
    return true;
}

static bool record_one(struct issue_queue *q, struct queue_outcome *o,
                       struct err *err)
{
    struct ledger_record row = {
        .issue_id = issue_id(q),
        .subscriber_id = o->id,
        .state = o->state,
        .next_at = o->state == DELIVERY_DEFERRED ? o->next_at : 0,
        .attempted = o->attempted,
        .unknown = o->unknown,
        .code = o->code,
        .status = o->status,
        .reply = o->reply,
        .relay = o->relay,
        .now = o->now,
    };
    if (o->state == DELIVERY_SENT)
        q->took_at = o->now;
    return ledger_record(db_of(q), &row, err) && tell_roster(q, o, err) &&
           look_again(q, o, err);
}

static bool record(void *context, const struct lease *holder,
                   struct queue_outcome *outcomes, size_t count,
                   struct err *err)
{
    (void)holder;
    for (size_t i = 0; i < count; i++)
        if (!record_one(context, &outcomes[i], err))
            return false;
    return true;
}

/* The issue's relays are one: whichever took a message shows that messages are
 * taken. */
static bool relay_took(void *context, const char *relay, int64_t since,
                       bool *out, struct err *err)
{
    const struct issue_queue *q = context;
    (void)relay;
    (void)err;
    *out = q->took_at >= since;
    return true;
}

/* ---- the run ------------------------------------------------------------ */

static bool recover(void *context, const struct lease *holder, int64_t now,
                    int64_t *count, struct err *err)
{
    struct issue_queue *q = context;
    (void)holder;
    return ledger_recover(db_of(q), issue_id(q), now, count, err);
}

/* Whether the issue was paused or cancelled elsewhere. */
static bool goes_on(void *context, bool *out, struct err *err)
{
    struct issue_queue *q = context;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue issue;
    if (!issue_get_by_id(db_of(q), issue_id(q), &arena, &issue, err))
        return false;
    *out = issue.state == ISSUE_SENDING;
    return true;
}

static bool advance(void *context, struct err *err)
{
    return counter_advance(db_of(context), err);
}

static bool synced(void *context, struct err *err)
{
    return counter_write(db_of(context), err);
}

struct delivery_queue issue_queue_open(struct issue_queue *q)
{
    strbuf_cut(&q->log_name, 0);
    strbuf_add_format(&q->log_name, "delivery issue=%s/%" PRId64 " subscriber",
                      q->build.issue->newsletter, q->build.issue->number);
    return (struct delivery_queue){
        .context = q,
        .log_name = strbuf_text(&q->log_name),
        .read = read,
        .restart = restart,
        .claim = claim,
        .record = record,
        .may_send = may_send,
        .relay_took = relay_took,
        .recover = recover,
        .goes_on = goes_on,
        .advance = advance,
        .synced = synced,
    };
}

void issue_queue_free(struct issue_queue *q)
{
    build_end(&q->build);
    for (size_t i = 0; i < q->message_count; i++)
        message_free(q->messages[i].message);
    ledger_walk_free(&q->walk);
    ledger_walk_free(&q->apart);
    strbuf_free(&q->log_name);
}
