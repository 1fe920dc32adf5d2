#include "digest/delivery/feed.h"

#include <inttypes.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/escape.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/delivery/pace.h"
#include "digest/ledger/counter.h"
#include "digest/sender/reply_class.h"
#include "subscribers/bounces/record.h"
#include "subscribers/consent/consent.h"

enum {
    APART = 4,     /* each so many-th comes from elsewhere in the list */
    LOOK_MS = 250, /* how often a pause or cancel is looked for */
    SHOW_MS = 500,
};

static int64_t now_of(const struct feed *feed)
{
    return feed->conductor->now ? feed->conductor->now : clock_now();
}

static bool commit(void *context, struct err *err)
{
    struct feed *feed = context;
    if (feed->broken.kind) {
        *err = feed->broken;
        return false;
    }
    if (!work_commit(&feed->work, err))
        return false;
    if (!work_sync_is_due(&feed->work))
        return true;
    struct db *db = feed->conductor->db;
    return pace_keep(db, feed->sender, err) && counter_advance(db, err) &&
           db_sync(db, err) && counter_write(db, err);
}

/* ---- messages on their way out ---- */

/* A place for one more: the one that was used longest ago gives its own up. It
 * is none of the ring's, which has half as many places. */
static struct feed_message *place_for(struct feed *feed)
{
    struct feed_message *oldest = feed->messages;
    if (feed->message_count < FEED_MESSAGES)
        return &feed->messages[feed->message_count++];
    for (size_t i = 1; i < FEED_MESSAGES; i++)
        if (feed->messages[i].used < oldest->used)
            oldest = &feed->messages[i];
    message_free(oldest->message);
    return oldest;
}

static bool load_message(struct feed *feed, int64_t id,
                         const struct message **out, struct err *err)
{
    feed->uses++;
    for (size_t i = 0; i < feed->message_count; i++) {
        struct feed_message *found = &feed->messages[i];
        if (found->variant_id == id) {
            found->used = feed->uses;
            *out = found->message;
            return true;
        }
    }
    OWNED(strbuf_free) struct strbuf saved = STRBUF_INIT;
    struct feed_message item = {.variant_id = id, .used = feed->uses};
    if (!ledger_message(feed->conductor->db, id, &saved, err) ||
        !message_load(strbuf_str(&saved), &item.message, err))
        return false;
    *out = item.message;
    *place_for(feed) = item;
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
    item->inflight =
        (struct inflight){entry->subscriber_id, entry->attempts,
                          entry->unknowns, entry->first_at, entry->refused_at};
    set_text(&item->email, strbuf_str(&entry->email));
    set_text(&item->name, strbuf_str(&entry->name));
    struct build_recipient to = {.email = strbuf_str(&item->email),
                                 .name = strbuf_str(&item->name),
                                 .key = entry->key};
    if (!build_voice(&feed->build, strbuf_text(&entry->language), &to.voice,
                     err))
        return false;
    build_fill(&feed->build, &to, &item->values);
    prepare_submit(feed->prepare);
    return true;
}

/* Where the last run ended because its relay refused everybody, that may have
 * been many in a row whose own fault it is, all of one domain: so some come
 * from elsewhere in the list, to show whether the relay takes anybody. */
static bool next_entry(struct feed *feed, struct ledger_entry **out,
                       struct err *err)
{
    struct db *db = feed->conductor->db;
    int64_t now = now_of(feed);
    *out = NULL;
    if (feed->build.issue->retry_count && ++feed->turns % APART == 0 &&
        !ledger_walk_next(db, &feed->apart, now, out, err))
        return false;
    return *out || ledger_walk_next(db, &feed->walk, now, out, err);
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
        if (!next_entry(feed, &entry, err))
            return false;
        if (!entry)
            feed->exhausted = true;
        else if (!submit(feed, entry, err))
            return false;
    }
    return true;
}

static void hand_over(struct feed *feed, struct prepared *item,
                      struct sender_job *job)
{
    prepared_hand_over(item, job);
    if (!item->inflight.first_at)
        item->inflight.first_at = now_of(feed);
    MEM_PUSH(feed->inflight, feed->inflight_count, feed->inflight_capacity,
             item->inflight);
}

/* One line a delivery, for whoever asked for detail. */
static void log_delivery(const struct feed *feed,
                         const struct ledger_record *row, int64_t attempt)
{
    if (log_level() < LOG_DETAIL)
        return;
    OWNED(strbuf_free) struct strbuf reply = STRBUF_INIT;
    quote_escape(&reply, str_of(row->reply ? row->reply : ""));
    log_detail(
        "delivery issue=%s/%" PRId64 " subscriber=%" PRId64
        " state=%s attempt=%" PRId64 " code=%d status=%s relay=%s reply=\"%s\"",
        feed->build.issue->newsletter, feed->build.issue->number,
        row->subscriber_id, delivery_state_name(row->state), attempt, row->code,
        row->status && *row->status ? row->status : "-",
        row->relay && *row->relay ? row->relay : "-", strbuf_text(&reply));
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
    log_delivery(feed, &row, item->inflight.attempts + 1);
    return ledger_record(feed->conductor->db, &row, err);
}

/* The reason is on record, with the delivery. */
static void note_skipped(struct feed *feed, int64_t subscriber_id,
                         int64_t attempts)
{
    struct ledger_record row = {.subscriber_id = subscriber_id,
                                .state = DELIVERY_SKIPPED,
                                .reply = "may not be mailed any more"};
    feed->report->skipped++;
    log_delivery(feed, &row, attempts);
}

static bool take(struct feed *feed, struct prepared *item,
                 struct sender_job *job, bool *taken, struct err *err)
{
    enum ledger_claim claim;
    if (!work_begin(&feed->work, err) ||
        !ledger_claim(feed->conductor->db, feed->build.issue->id,
                      item->subscriber_id, now_of(feed), &claim, err))
        return false;
    if (claim == CLAIM_SKIPPED)
        note_skipped(feed, item->subscriber_id, item->inflight.attempts);
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

/* The walk goes once more from the beginning when some came back that it has
 * passed: their relay refused everybody, and another can have them. */
static bool start_over(struct feed *feed)
{
    if (!feed->came_back)
        return false;
    feed->came_back = feed->exhausted = false;
    ledger_walk_restart(&feed->walk);
    return true;
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
        if (!item && !prepare_is_empty(feed->prepare))
            return SENDER_WAIT;
        if (!item && !start_over(feed))
            return SENDER_END;
        if (!item)
            continue;
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
    return work_begin(&feed->work, err) &&
           ledger_record(feed->conductor->db, row, err);
}

/* A dead address is off every list; one that refuses issue after issue, for a
 * reason of its own, counts as its returned mail does. */
static bool tell_roster(struct feed *feed, const struct sender_result *r,
                        const struct ledger_record *row, struct err *err)
{
    struct refusal refusal;
    bool given_up;
    if (row->state != DELIVERY_FAILED || r->code < 400)
        return true;
    reply_judge(r->code, r->status, r->reply, &refusal);
    struct consent_origin origin = {.means = MEANS_DELIVERY,
                                    .issue_id = row->issue_id,
                                    .now = row->now,
                                    .keys = feed->build.keys};
    if (refusal.hard)
        return consent_bounce(feed->conductor->db, row->subscriber_id,
                              row->reply, &origin, err);
    struct bounce_soft soft = {
        .subscriber_id = row->subscriber_id,
        .status = refusal.status,
        .reason = reason_name(refusal.reason),
        .said = row->reply,
        .limit = feed->conductor->conf->bounce_soft_limit,
    };
    return !refusal.counts || bounce_count_soft(feed->conductor->db, &soft,
                                                &origin, &given_up, err);
}

/* Who may not be mailed any more is skipped here: the walk doesn't come back
 * to those it has passed. */
static bool look_again(struct feed *feed, const struct ledger_record *row,
                       int64_t attempts, struct err *err)
{
    struct db *db = feed->conductor->db;
    enum ledger_claim claim;
    bool may;
    if (row->state != DELIVERY_QUEUED)
        return true;
    if (!ledger_may_send(db, row->issue_id, row->subscriber_id, &may, err))
        return false;
    if (may) {
        feed->came_back = true;
        return true;
    }
    if (!ledger_claim(db, row->issue_id, row->subscriber_id, row->now, &claim,
                      err))
        return false;
    if (claim == CLAIM_SKIPPED)
        note_skipped(feed, row->subscriber_id, attempts);
    return true;
}

static void count(struct send_report *report, enum delivery_state state)
{
    report->sent += state == DELIVERY_SENT;
    report->deferred += state == DELIVERY_DEFERRED;
    report->failed += state == DELIVERY_FAILED;
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
    verdict_decide(&job, r, feed->took_at, feed->give_up_after, &row);
    if (row.state == DELIVERY_SENT)
        feed->took_at = row.now;
    log_delivery(feed, &row, job.attempts + row.attempted);
    count(feed->report, row.state);
    if (!record(feed, &row, &err) || !tell_roster(feed, r, &row, &err) ||
        !look_again(feed, &row, job.attempts, &err))
        break_off(feed, &err);
}

/* Paused or cancelled elsewhere? */
static void look_at_issue(struct feed *feed)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue issue;
    struct err err = {0};
    if (!issue_get_by_id(feed->conductor->db, feed->build.issue->id, &arena,
                         &issue, &err))
        break_off(feed, &err);
    else if (issue.state != ISSUE_SENDING)
        feed->ending = feed->report->stopped = true;
}

static void show_progress(struct feed *feed, int64_t ms)
{
    if (ms - feed->shown_ms < SHOW_MS)
        return;
    feed->shown_ms = ms;
    if (feed->watch && feed->watch->progress)
        feed->watch->progress(feed->watch->context, feed->report);
}

/* A first signal lets what is on the wire end well, a second one doesn't wait
 * for it. */
static enum sender_wish turn(void *context)
{
    struct feed *feed = context;
    struct err err = {0};
    int stop = feed->watch && feed->watch->stop ? *feed->watch->stop : 0;
    int64_t ms = clock_monotonic_ms();
    if (!work_keep(&feed->work, &err))
        break_off(feed, &err);
    show_progress(feed, ms);
    if (stop)
        feed->ending = feed->report->stopped = true;
    if (!feed->ending && ms - feed->looked_ms >= LOOK_MS) {
        feed->looked_ms = ms;
        look_at_issue(feed);
    }
    return stop > 1       ? SENDER_BREAK_OFF
           : stop         ? SENDER_HURRY
           : feed->ending ? SENDER_FINISH
                          : SENDER_GO_ON;
}

/* Who left while their message waited for its domain's pace is not mailed:
 * it comes back, and its next claim says why. Nor is anybody when the run
 * stops. */
static bool still(void *context, int64_t id)
{
    struct feed *feed = context;
    struct err err = {0};
    bool may = false;
    if (!feed->ending &&
        !ledger_may_send(feed->conductor->db, feed->build.issue->id, id, &may,
                         &err))
        break_off(feed, &err);
    return may;
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
        .still = still,
    };
}

bool feed_end(struct feed *feed, struct err *err)
{
    struct err late = {0};
    bool good = work_commit(&feed->work, &late);
    work_end(&feed->work);
    if (feed->broken.kind || !good) {
        *err = feed->broken.kind ? feed->broken : late;
        return false;
    }
    return true;
}

void feed_free(struct feed *feed)
{
    build_end(&feed->build);
    prepare_free(feed->prepare);
    for (size_t i = 0; i < feed->message_count; i++)
        message_free(feed->messages[i].message);
    free(feed->inflight);
    ledger_walk_free(&feed->walk);
    ledger_walk_free(&feed->apart);
    work_end(&feed->work);
}
