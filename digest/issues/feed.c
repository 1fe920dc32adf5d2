#include "digest/issues/feed.h"

#include <inttypes.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/sender/reply_class.h"
#include "subscribers/consent/consent.h"

enum {
    LEASE_RENEW_MS = 10000,
    SYNC_MS = 1000,
    LOOK_MS = 250, /* how often a pause or cancel is looked for */
};

static int64_t now_of(const struct feed *feed)
{
    return feed->conductor->now ? feed->conductor->now : clock_now();
}

static bool begin(struct feed *feed, struct err *err)
{
    if (feed->tx.db)
        return true;
    if (!tx_begin(&feed->tx, feed->conductor->db, TX_NORMAL, err))
        return false;
    if (lease_check(feed->conductor->db, &feed->lease, err))
        return true;
    tx_end(&feed->tx);
    return false;
}

static bool renew_lease(struct feed *feed, struct err *err)
{
    int64_t ms = clock_monotonic_ms();
    if (ms - feed->renewed_ms < LEASE_RENEW_MS)
        return true;
    feed->renewed_ms = ms;
    return begin(feed, err) && lease_renew(feed->conductor->db, &feed->lease,
                                           clock_now(), FEED_LEASE_S, err);
}

static bool commit(void *context, struct err *err)
{
    struct feed *feed = context;
    if (feed->broken.kind) {
        *err = feed->broken;
        return false;
    }
    if (!renew_lease(feed, err) || (feed->tx.db && !tx_commit(&feed->tx, err)))
        return false;
    int64_t ms = clock_monotonic_ms();
    if (ms - feed->synced_ms < SYNC_MS)
        return true;
    feed->synced_ms = ms;
    if (feed->watch && feed->watch->progress)
        feed->watch->progress(feed->watch->context, feed->report);
    return db_sync(feed->conductor->db, err);
}

/* ---- messages on their way out ---- */

static bool load_message(struct feed *feed, int64_t id,
                         const struct message **out, struct err *err)
{
    for (size_t i = 0; i < feed->message_count; i++) {
        if (feed->messages[i].variant_id == id) {
            *out = feed->messages[i].message;
            return true;
        }
    }
    OWNED(strbuf_free) struct strbuf saved = STRBUF_INIT;
    struct feed_message item = {.variant_id = id};
    if (!ledger_message(feed->conductor->db, id, &saved, err) ||
        !message_load(strbuf_str(&saved), &item.message, err))
        return false;
    MEM_PUSH(feed->messages, feed->message_count, feed->message_capacity, item);
    *out = item.message;
    return true;
}

static void set_text(struct strbuf *buf, struct str text)
{
    strbuf_cut(buf, 0);
    strbuf_add_str(buf, text);
}

static bool submit(struct feed *feed, const struct ledger_entry *entry,
                   struct err *err)
{
    struct prepared *item = prepare_place(feed->prepare);
    if (!load_message(feed, entry->variant_id, &item->message, err))
        return false;
    item->subscriber_id = entry->subscriber_id;
    item->inflight = (struct inflight){entry->subscriber_id, entry->attempts,
                                       entry->unknowns, entry->first_at};
    set_text(&item->email, strbuf_str(&entry->email));
    set_text(&item->name, strbuf_str(&entry->name));
    struct build_recipient to = {strbuf_str(&item->email),
                                 strbuf_str(&item->name), entry->key};
    build_fill(&feed->build, &to, &item->values);
    prepare_submit(feed->prepare);
    return true;
}

/* Keeps the ring filled. What was deferred is read only when the ring is
 * empty: before that it may be in the ring already. */
static bool fill_ring(struct feed *feed, struct err *err)
{
    while (!feed->exhausted && prepare_place(feed->prepare)) {
        struct ledger_entry *entry;
        if (feed->walk.next == feed->walk.count && feed->walk.queued_done &&
            !prepare_is_empty(feed->prepare))
            return true;
        if (!ledger_walk_next(feed->conductor->db, &feed->walk, now_of(feed),
                              &entry, err))
            return false;
        if (!entry)
            feed->exhausted = true;
        else if (!submit(feed, entry, err))
            return false;
    }
    return true;
}

static void swap(struct strbuf *a, struct strbuf *b)
{
    struct strbuf kept = *a;
    *a = *b;
    *b = kept;
}

static void hand_over(struct feed *feed, struct prepared *item,
                      struct sender_job *job)
{
    job->id = item->subscriber_id;
    swap(&job->message, &item->bytes);
    set_text(&job->from, strbuf_str(&item->values.envelope));
    set_text(&job->to, strbuf_str(&item->email));
    job->utf8 = false;
    for (size_t i = 0; i < item->email.len; i++)
        job->utf8 |= (unsigned char)item->email.ptr[i] >= 0x80;
    if (!item->inflight.first_at)
        item->inflight.first_at = now_of(feed);
    MEM_PUSH(feed->inflight, feed->inflight_count, feed->inflight_capacity,
             item->inflight);
}

/* A message that can't be made for this reader: their delivery failed. */
static bool refuse(struct feed *feed, const struct prepared *item,
                   struct err *err)
{
    if (item->err.kind != ERR_INPUT) {
        *err = item->err;
        return false;
    }
    struct ledger_record row = {
        .issue_id = feed->build.issue->id,
        .subscriber_id = item->subscriber_id,
        .state = DELIVERY_FAILED,
        .attempted = true,
        .reply = item->err.text,
        .now = now_of(feed),
    };
    feed->report->failed++;
    return ledger_record(feed->conductor->db, &row, err);
}

static bool take(struct feed *feed, struct prepared *item,
                 struct sender_job *job, bool *taken, struct err *err)
{
    enum ledger_claim claim;
    if (!begin(feed, err) ||
        !ledger_claim(feed->conductor->db, feed->build.issue->id,
                      item->subscriber_id, now_of(feed), &claim, err))
        return false;
    feed->report->skipped += claim == CLAIM_SKIPPED;
    if (claim == CLAIM_TAKEN && !item->good)
        return refuse(feed, item, err);
    *taken = claim == CLAIM_TAKEN;
    if (*taken)
        hand_over(feed, item, job);
    return true;
}

static enum sender_next break_off(struct feed *feed, const struct err *err)
{
    if (!feed->broken.kind)
        feed->broken = *err;
    feed->ending = true;
    return SENDER_END;
}

static enum sender_next next(void *context, struct sender_job *job,
                             int *wait_ms, struct err *err)
{
    struct feed *feed = context;
    *wait_ms = LOOK_MS;
    while (!feed->ending) {
        bool taken = false;
        if (!fill_ring(feed, err))
            return break_off(feed, err);
        struct prepared *item = prepare_take(feed->prepare);
        if (!item)
            return prepare_is_empty(feed->prepare) ? SENDER_END : SENDER_WAIT;
        bool good = take(feed, item, job, &taken, err);
        prepare_drop(feed->prepare);
        if (!good)
            return break_off(feed, err);
        if (taken)
            return SENDER_JOB;
    }
    return SENDER_END;
}

/* ---- answers ---- */

/* As many as there are connections: a search from end to end is quick. */
static struct inflight take_inflight(struct feed *feed, int64_t id)
{
    for (size_t i = 0; i < feed->inflight_count; i++) {
        struct inflight found = feed->inflight[i];
        if (found.subscriber_id != id)
            continue;
        feed->inflight[i] = feed->inflight[--feed->inflight_count];
        return found;
    }
    return (struct inflight){.subscriber_id = id, .first_at = now_of(feed)};
}

static bool record(struct feed *feed, const struct ledger_record *row,
                   struct err *err)
{
    return begin(feed, err) && ledger_record(feed->conductor->db, row, err);
}

/* A dead address is off every list: the server said so for good. */
static bool tell_roster(struct feed *feed, const struct held *held,
                        struct err *err)
{
    if (held->row.state != DELIVERY_FAILED || !held->dead_address)
        return true;
    struct consent_origin origin = {.means = MEANS_DELIVERY,
                                    .issue_id = held->row.issue_id,
                                    .now = held->row.now};
    return consent_bounce(feed->conductor->db, held->row.subscriber_id,
                          held->row.reply, &origin, err);
}

/* The relay isn't at fault: what it said of its refusals stands. */
static bool settle(struct feed *feed, struct streak *streak, struct err *err)
{
    for (size_t i = 0; i < streak->count; i++) {
        const struct held *held = &streak->items[i];
        if (!record(feed, &held->row, err) || !tell_roster(feed, held, err))
            return false;
        feed->report->failed += held->row.state == DELIVERY_FAILED;
        feed->report->deferred += held->row.state == DELIVERY_DEFERRED;
    }
    streak_clear(streak);
    return true;
}

/* The relay refuses everybody: nobody is used up, and the issue rests. */
static bool rest(struct feed *feed, struct streak *streak, struct err *err)
{
    const struct ledger_record *last = &streak->items[streak->count - 1].row;
    err_set(&feed->broken, ERR_TEMPORARY,
            "%s refused %zu messages in a row, the last with: %d %s %s; "
            "nobody was used up. When that is mended, the same command goes "
            "on",
            streak->relay, streak->count, last->code, last->status,
            last->reply);
    feed->ending = true;
    for (size_t i = 0; i < streak->count; i++) {
        struct ledger_record row = streak->items[i].row;
        row.state = DELIVERY_QUEUED;
        row.attempted = row.unknown = false;
        row.next_at = 0;
        if (!record(feed, &row, err))
            return false;
    }
    streak_clear(streak);
    return true;
}

static bool hold(struct feed *feed, struct streak *streak,
                 const struct ledger_record *verdict, bool dead_address,
                 struct err *err)
{
    struct ledger_record row = *verdict;
    streak_hold(streak, verdict, dead_address);
    row.state = DELIVERY_DEFERRED;
    row.attempted = false;
    row.next_at = row.now + verdict_delay(0);
    if (!record(feed, &row, err))
        return false;
    return streak->count < (size_t)feed->pause_after || rest(feed, streak, err);
}

static bool weigh(struct feed *feed, const struct sender_result *r,
                  const struct ledger_record *row, struct err *err)
{
    struct streak *streak = streaks_of(&feed->streaks, r->relay);
    if (r->outcome == SENDER_FAILED || r->outcome == SENDER_DEFERRED)
        return hold(feed, streak, row,
                    reply_classify(r->code, r->status) == REPLY_ADDRESS, err);
    if (!record(feed, row, err))
        return false;
    feed->report->deferred += row->state == DELIVERY_DEFERRED;
    feed->report->failed += row->state == DELIVERY_FAILED;
    if (r->outcome != SENDER_SENT)
        return true;
    feed->report->sent++;
    streak->succeeded = true;
    return settle(feed, streak, err);
}

static void result(void *context, const struct sender_result *r)
{
    struct feed *feed = context;
    struct inflight job = take_inflight(feed, r->id);
    struct ledger_record row = {
        .issue_id = feed->build.issue->id,
        .subscriber_id = r->id,
        .code = r->code,
        .status = r->status,
        .reply = r->reply,
        .relay = r->relay,
        .now = now_of(feed),
    };
    struct err err = {0};
    verdict_decide(&job, r, feed->give_up_after, &row);
    log_detail("delivery issue=%s/%" PRId64 " subscriber=%" PRId64
               " state=%s attempt=%" PRId64
               " code=%d status=%s relay=%s reply=\"%s\"",
               feed->build.issue->newsletter, feed->build.issue->number, r->id,
               delivery_state_name(row.state), job.attempts + 1, r->code,
               *r->status ? r->status : "-", r->relay, row.reply);
    if (!weigh(feed, r, &row, &err))
        break_off(feed, &err);
}

/* Whether to go on: not after a signal, nor once the issue was paused or
 * cancelled elsewhere. */
static bool turn(void *context)
{
    struct feed *feed = context;
    if (feed->watch && feed->watch->stop && *feed->watch->stop)
        feed->ending = feed->report->stopped = true;
    int64_t ms = clock_monotonic_ms();
    if (!feed->ending && ms - feed->looked_ms >= LOOK_MS) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct issue issue;
        struct err err = {0};
        feed->looked_ms = ms;
        if (!issue_get_by_id(feed->conductor->db, feed->build.issue->id, &arena,
                             &issue, &err))
            break_off(feed, &err);
        else if (issue.state != ISSUE_SENDING)
            feed->ending = feed->report->stopped = true;
    }
    return !feed->ending;
}

struct sender_feed feed_hooks(struct feed *feed)
{
    return (struct sender_feed){
        .context = feed,
        .next = next,
        .result = result,
        .commit = commit,
        .turn = turn,
        .wake_fd = prepare_wake_fd(feed->prepare),
    };
}

/* A run too short to speak against its relay: after a success, or for dead
 * addresses, the verdicts stand; the others are tried again. */
static bool settle_rest(struct feed *feed, struct err *err)
{
    for (size_t i = 0; i < feed->streaks.count; i++) {
        struct streak *streak = &feed->streaks.items[i];
        for (size_t j = 0; j < streak->count && !streak->succeeded; j++) {
            struct ledger_record *row = &streak->items[j].row;
            if (streak->items[j].dead_address ||
                row->state == DELIVERY_DEFERRED)
                continue;
            row->state = DELIVERY_DEFERRED;
            row->next_at = row->now + verdict_delay(0);
        }
        if (!settle(feed, streak, err))
            return false;
    }
    return true;
}

bool feed_end(struct feed *feed, struct err *err)
{
    struct err late = {0};
    bool good = settle_rest(feed, &late);
    if (feed->tx.db && !tx_commit(&feed->tx, &late))
        good = false;
    tx_end(&feed->tx);
    if (feed->broken.kind || !good) {
        *err = feed->broken.kind ? feed->broken : late;
        return false;
    }
    return true;
}

void feed_free(struct feed *feed)
{
    prepare_free(feed->prepare);
    for (size_t i = 0; i < feed->message_count; i++)
        message_free(feed->messages[i].message);
    free(feed->messages);
    free(feed->inflight);
    streaks_free(&feed->streaks);
    ledger_walk_free(&feed->walk);
    tx_end(&feed->tx);
}
