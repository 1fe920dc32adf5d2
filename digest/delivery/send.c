/* Sends an issue: takes its lease, drives the engine, and finishes it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/delivery/conductor.h"
#include "digest/delivery/engine.h"
#include "digest/delivery/issue_queue_internal.h"
#include "digest/delivery/relays.h"
#include "digest/delivery/retry.h"
#include "digest/delivery/signing.h"
#include "digest/delivery/turn.h"
#include "digest/delivery/ways.h"
#include "digest/issues/acts.h"
#include "digest/ledger/counter.h"

/* A run that sends an issue. */
struct sending {
    const struct conductor *conductor;
    const struct send_watch *watch;
    struct send_report *report;
    struct issue_queue queue;
    struct work work;
    int64_t give_up_after;
    bool broken; /* it ended for another reason than the relays */
};

static void sending_free(struct sending *sending)
{
    issue_queue_free(&sending->queue);
    work_end(&sending->work);
}

static int64_t now_of(const struct sending *s)
{
    return s->conductor->now ? s->conductor->now : clock_now();
}

static bool is_relays_fault(const struct sending *sending,
                            const struct err *why)
{
    return !sending->broken &&
           (why->kind == ERR_TEMPORARY || why->kind == ERR_PERMANENT);
}

/* Fails the deliveries that were tried before and whose time is up, also where
 * the relay took nothing more to the end. Then the rests of the issue are tries
 * as well. */
static bool give_up(const struct sending *sending, const struct err *why,
                    struct err *err)
{
    const struct issue *issue = sending->queue.build.issue;
    int64_t now = now_of(sending), count = 0;
    int64_t tries = retry_tries(sending->give_up_after) - issue->retry_count;
    if (!is_relays_fault(sending, why))
        return true;
    if (!ledger_give_up(sending->conductor->db, issue->id,
                        now - sending->give_up_after, tries, now, &count, err))
        return false;
    sending->report->failed += count;
    return true;
}

/* A relay that was at fault is left alone for a while, longer each time. */
static bool note_rest(const struct sending *sending, const struct err *why,
                      struct err *err)
{
    const struct issue *issue = sending->queue.build.issue;
    struct db *db = sending->conductor->db;
    if (is_relays_fault(sending, why) && !sending->report->finished)
        return issue_rest(db, issue->id,
                          now_of(sending) + retry_delay(issue->retry_count),
                          err);
    return !issue->retry_at || issue_rest(db, issue->id, 0, err);
}

/* `why` the run ended early; its kind is ERR_NONE when it didn't. */
static bool finish(struct sending *sending, const struct err *why,
                   struct err *err)
{
    struct db *db = sending->conductor->db;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue now;
    int64_t left = 0;
    const struct issue *issue = &now;
    struct ledger_counts *counts = &sending->report->counts;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !lease_check(db, &sending->work.lease, err) ||
        !issue_get_by_id(db, sending->queue.build.issue->id, &arena, &now, err))
        return false;
    /* Deliveries that came back after the issue was cancelled are skipped,
     * too. */
    if (now.state == ISSUE_CANCELLED &&
        !ledger_skip_waiting(db, now.id, "the issue was cancelled",
                             now_of(sending), &left, err))
        return false;
    if (!give_up(sending, why, err) || !ledger_count(db, now.id, counts, err))
        return false;
    bool waiting = counts->states[DELIVERY_QUEUED] ||
                   counts->states[DELIVERY_SENDING] ||
                   counts->states[DELIVERY_DEFERRED];
    if (!waiting && issue_may(issue, ACT_FINISH)) {
        if (!issue_act(db, issue, ACT_FINISH, now_of(sending), err))
            return false;
        sending->report->finished = true;
    }
    return note_rest(sending, why, err) && counter_advance(db, err) &&
           tx_commit(&tx, err) && counter_write(db, err);
}

static void add_up(struct send_report *report, const struct engine_report *run)
{
    report->sent = run->sent;
    report->deferred = run->deferred;
    report->failed = run->failed;
    report->skipped = run->skipped;
    report->recovered = run->recovered;
    report->stopped = run->stopped;
}

static void show_progress(void *context, const struct engine_report *run)
{
    const struct sending *sending = context;
    add_up(sending->report, run);
    sending->watch->progress(sending->watch->context, sending->report);
}

static bool drive(struct sending *sending, const struct signing *signing,
                  struct err *err)
{
    OWNED(relays_free) struct relays relays = {0};
    const struct conductor *c = sending->conductor;
    const struct send_watch *watch = sending->watch;
    if (!relays_make(c->conf, &relays, err))
        return false;
    struct engine_options options = {
        .db = c->db,
        .relays = relays.items,
        .relay_count = relays.count,
        .pace_rate = c->conf->pace_rate,
        .pace_connections = (unsigned)c->conf->pace_connections,
        .signing = signing,
        .signed_at = sending->queue.build.issue->started_at,
        .rule = {.give_up_after = sending->give_up_after},
        .now = c->now,
        .stop = watch ? watch->stop : NULL,
        .progress = watch && watch->progress ? show_progress : NULL,
        .context = sending,
    };
    struct delivery_queue queue = issue_queue_open(&sending->queue);
    struct engine_report run;
    bool good = engine_run(&options, &queue, &sending->work, &run,
                           &sending->broken, err);
    add_up(sending->report, &run);
    return good;
}

bool conductor_recover(const struct conductor *c, int64_t issue_id,
                       struct err *err)
{
    OWNED(file_unlock) int lock = -1;
    struct err held = {0};
    int64_t count, now = c->now ? c->now : clock_now();
    if (!turn_lock_issue(c->db, issue_id, &lock, &held))
        return held.kind == ERR_TEMPORARY || (*err = held, false);
    return ledger_recover(c->db, issue_id, now, &count, err);
}

/* While the relay is at fault nobody is tried, and that time counts: it is
 * looked at as often as the issue's rests end. */
static bool set_clock(const struct sending *sending, struct err *err)
{
    const struct issue *issue = sending->queue.build.issue;
    int64_t now = now_of(sending), give_up_s = sending->give_up_after;
    bool on_time = issue->retry_at && now - issue->retry_at <= give_up_s;
    return ledger_set_clock(sending->conductor->db, issue->id, now,
                            RETRY_SPAN_S, on_time ? 0 : give_up_s, err);
}

static bool take_turn(struct sending *sending, int *lock, struct err *err)
{
    const struct issue *issue = sending->queue.build.issue;
    struct db *db = sending->conductor->db;
    return turn_take_issue(db, issue, "sent", &sending->work, lock, err) &&
           set_clock(sending, err);
}

/* Looks back after a relay's fault: where the list is taken up besides, and
 * when the last message was taken. */
static bool look_back(struct sending *sending, struct err *err)
{
    const struct issue *issue = sending->queue.build.issue;
    struct db *db = sending->conductor->db;
    return !issue->retry_count ||
           (ledger_walk_jump(db, &sending->queue.apart, err) &&
            ledger_last_sent(db, issue->id, &sending->queue.took_at, err));
}

static bool check_state(const struct issue *issue, struct err *err)
{
    return issue->state == ISSUE_SENDING ||
           err_set(err, ERR_CONFLICT, "%s/%" PRId64 ": is %s",
                   issue->newsletter, issue->number,
                   issue_state_words(issue->state));
}

/* Notes the ways before the first message is recorded as sent: a folder is no
 * mail server, and the issue says so for good. */
static bool note_ways(const struct conductor *c, const struct issue *issue,
                      struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    const char *ways = ways_join(issue->ways, ways_of(c->conf, &arena), &arena);
    return strcmp(ways, issue->ways) == 0 ||
           issue_set_ways(c->db, issue->id, ways, err);
}

static int64_t give_up_after(const struct conf *conf)
{
    return conf->relay_count ? conf->relays[0].give_up_after : 0;
}

bool conductor_send(const struct conductor *conductor,
                    const struct issue *issue, const struct send_watch *watch,
                    struct send_report *report, struct err *err)
{
    *report = (struct send_report){0};
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(signing_free) struct signing signing = {0};
    struct newsletter newsletter;
    struct text_list texts;
    const struct conf *conf = conductor->conf;
    if (!check_state(issue, err) || !counter_check(conductor->db, err) ||
        !newsletter_get_by_id(conductor->db, issue->newsletter_id, &arena,
                              &newsletter, err) ||
        !build_find_texts(conductor->db, issue, &arena, &texts, err) ||
        !signing_load(conf->dkim, conf->dkim_count, newsletter.from_address,
                      signing_complaints_to(conf), &signing, err))
        return false;
    OWNED(sending_free)
    struct sending sending = {
        .conductor = conductor,
        .watch = watch,
        .report = report,
        .queue = {.conductor = conductor,
                  .build = {.conf = conf,
                            .templates = conductor->templates,
                            .keys = conductor->keys,
                            .newsletter = &newsletter,
                            .issue = issue,
                            .texts = &texts,
                            .date = issue->started_at},
                  .walk = LEDGER_WALK_INIT(issue->id),
                  .apart = {.issue_id = issue->id, .queued_only = true}},
        .give_up_after = give_up_after(conf),
    };
    OWNED(file_unlock) int lock = -1;
    if (!build_begin(&sending.queue.build, err) ||
        !take_turn(&sending, &lock, err) || !note_ways(conductor, issue, err) ||
        !look_back(&sending, err) || !counter_write(conductor->db, err))
        return false;
    struct err late = {0}, none = {0};
    bool good = drive(&sending, &signing, err);
    if (!finish(&sending, good ? &none : err, &late) && good) {
        *err = late;
        good = false;
    }
    lease_release(conductor->db, &sending.work.lease);
    /* A relay's fault that nobody waits for any more is none. */
    good = good || (report->finished && is_relays_fault(&sending, err));
    if (report->finished)
        turn_remove_issue(conductor->db, issue->id);
    return good;
}
