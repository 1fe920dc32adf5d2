#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/issues/build.h"
#include "digest/issues/conductor.h"
#include "digest/issues/relays.h"
#include "digest/ledger/lease.h"
#include "digest/sender/sender.h"

enum {
    LEASE_S = 60,
    LEASE_RENEW_MS = 10000,
    SYNC_MS = 1000,
    LOOK_MS = 250, /* how often a pause or cancel is looked for */
    UNKNOWN_RETRY_S = 1800,
};

/* What decides over a delivery's next try. */
struct inflight {
    int64_t subscriber_id, attempts, first_at;
};

/* One run: the sender's feed, and what it has in hand. */
struct run {
    const struct conductor *conductor;
    const struct send_watch *watch;
    struct send_report *report;
    struct build build;
    struct build_values values;
    struct ledger_walk walk;
    struct lease lease;
    struct tx tx;
    struct {
        int64_t id;
        struct message *message;
    } * messages;
    size_t message_count, message_capacity;
    int64_t give_up_after;
    struct inflight *inflight; /* what the sender has in hand */
    size_t inflight_count, inflight_capacity;
    int64_t synced_ms, looked_ms, renewed_ms;
    bool ending;
    struct err broken; /* a result that could not be recorded */
};

static int64_t now_of(const struct run *run)
{
    return run->conductor->now ? run->conductor->now : clock_now();
}

/* Claims and results share a transaction until the sender asks to commit;
 * the lease is looked at in each, so that a run that was overtaken in its
 * sleep can't write. */
static bool begin(struct run *run, struct err *err)
{
    if (run->tx.db)
        return true;
    if (!tx_begin(&run->tx, run->conductor->db, TX_NORMAL, err))
        return false;
    if (lease_check(run->conductor->db, &run->lease, err))
        return true;
    tx_end(&run->tx);
    return false;
}

static bool renew_lease(struct run *run, struct err *err)
{
    int64_t ms = clock_monotonic_ms();
    if (ms - run->renewed_ms < LEASE_RENEW_MS)
        return true;
    run->renewed_ms = ms;
    return begin(run, err) && lease_renew(run->conductor->db, &run->lease,
                                          clock_now(), LEASE_S, err);
}

static bool commit(void *context, struct err *err)
{
    struct run *run = context;
    if (run->broken.kind) {
        *err = run->broken;
        return false;
    }
    if (!renew_lease(run, err))
        return false;
    if (run->tx.db && !tx_commit(&run->tx, err))
        return false;
    int64_t ms = clock_monotonic_ms();
    if (ms - run->synced_ms < SYNC_MS)
        return true;
    run->synced_ms = ms;
    if (run->watch && run->watch->progress)
        run->watch->progress(run->watch->context, run->report);
    return db_sync(run->conductor->db, err);
}

static bool load_message(struct run *run, int64_t id,
                         const struct message **out, struct err *err)
{
    for (size_t i = 0; i < run->message_count; i++) {
        if (run->messages[i].id == id) {
            *out = run->messages[i].message;
            return true;
        }
    }
    OWNED(strbuf_free) struct strbuf saved = STRBUF_INIT;
    struct message *message;
    if (!ledger_message(run->conductor->db, id, &saved, err) ||
        !message_load(strbuf_str(&saved), &message, err))
        return false;
    if (run->message_count == run->message_capacity) {
        run->message_capacity =
            run->message_capacity ? run->message_capacity * 2 : 8;
        run->messages = mem_resize(run->messages, run->message_capacity,
                                   sizeof *run->messages);
    }
    run->messages[run->message_count].id = id;
    run->messages[run->message_count++].message = message;
    *out = message;
    return true;
}

static void set_text(struct strbuf *buf, struct str text)
{
    strbuf_cut(buf, 0);
    strbuf_add_str(buf, text);
}

/* The message for one entry, in the job's own buffers. */
static bool fill_job(struct run *run, const struct ledger_entry *entry,
                     struct sender_job *job, struct err *err)
{
    const struct message *message;
    if (!load_message(run, entry->variant_id, &message, err))
        return false;
    struct build_recipient to = {strbuf_str(&entry->email),
                                 strbuf_str(&entry->name), entry->key};
    build_fill(&run->build, &to, &run->values);
    job->id = entry->subscriber_id;
    set_text(&job->from, strbuf_str(&run->values.envelope));
    set_text(&job->to, to.email);
    strbuf_cut(&job->message, 0);
    job->utf8 = false;
    for (size_t i = 0; i < to.email.len; i++)
        job->utf8 |= (unsigned char)to.email.ptr[i] >= 0x80;
    return build_splice(message, &to, &run->values, &job->message, err);
}

static bool record(struct run *run, const struct ledger_record *row)
{
    if (begin(run, &run->broken) &&
        ledger_record(run->conductor->db, row, &run->broken))
        return true;
    return false;
}

static bool refuse(struct run *run, const struct ledger_entry *entry,
                   const char *why)
{
    struct ledger_record row = {
        .issue_id = run->build.issue->id,
        .subscriber_id = entry->subscriber_id,
        .state = DELIVERY_FAILED,
        .attempted = true,
        .reply = why,
        .now = now_of(run),
    };
    run->report->failed++;
    return record(run, &row);
}

/* Claims the next entry and fills the job; *taken says whether there is one
 * for the wire, *more whether it is worth asking again. */
static bool take_next(struct run *run, struct sender_job *job, bool *taken,
                      bool *more, struct err *err)
{
    struct ledger_entry *entry;
    bool claimed = false;
    if (!begin(run, err) || !ledger_walk_next(run->conductor->db, &run->walk,
                                              now_of(run), &entry, err))
        return false;
    *more = entry != NULL;
    if (!entry)
        return true;
    if (!ledger_claim(run->conductor->db, run->build.issue->id,
                      entry->subscriber_id, now_of(run), &claimed, err))
        return false;
    if (!claimed) {
        run->report->skipped++;
        return true;
    }
    *taken = fill_job(run, entry, job, err);
    if (*taken) {
        struct inflight item = {entry->subscriber_id, entry->attempts,
                                entry->first_at ? entry->first_at
                                                : now_of(run)};
        MEM_PUSH(run->inflight, run->inflight_count, run->inflight_capacity,
                 item);
        return true;
    }
    if (err->kind != ERR_INPUT)
        return false;
    return refuse(run, entry, err->text);
}

static enum sender_next next(void *context, struct sender_job *job,
                             int *wait_ms, struct err *err)
{
    struct run *run = context;
    bool taken = false, more = true;
    (void)wait_ms;
    while (!run->ending && more && !taken) {
        if (!take_next(run, job, &taken, &more, err)) {
            run->broken = *err;
            run->ending = true;
            return SENDER_END;
        }
    }
    return taken ? SENDER_JOB : SENDER_END;
}

/* 5 minutes, doubled for each attempt, up to 4 hours, give or take a fifth
 * (RFC 5321 §4.5.4.1). */
static int64_t retry_delay(int64_t attempts)
{
    int64_t delay = 300;
    for (int64_t i = 0; i < attempts && delay < 4 * 3600; i++)
        delay *= 2;
    if (delay > 4 * 3600)
        delay = 4 * 3600;
    uint32_t spread = (uint32_t)(delay * 2 / 5);
    return delay - spread / 2 + random_below(spread + 1);
}

/* As many as there are connections: a search from end to end is quick. */
static struct inflight take_inflight(struct run *run, int64_t subscriber_id)
{
    for (size_t i = 0; i < run->inflight_count; i++) {
        struct inflight found = run->inflight[i];
        if (found.subscriber_id != subscriber_id)
            continue;
        run->inflight[i] = run->inflight[--run->inflight_count];
        return found;
    }
    return (struct inflight){.first_at = now_of(run)};
}

/* A deferred delivery is tried again until its time is up. */
static void defer(const struct run *run, const struct inflight *job,
                  int64_t delay, struct ledger_record *row)
{
    row->state = DELIVERY_DEFERRED;
    row->next_at = row->now + delay;
    if (row->next_at > job->first_at + run->give_up_after)
        row->state = DELIVERY_FAILED;
}

static void decide(const struct run *run, const struct inflight *job,
                   const struct sender_result *r, struct ledger_record *row)
{
    switch (r->outcome) {
    case SENDER_SENT:
        row->state = DELIVERY_SENT;
        break;
    case SENDER_FAILED:
        row->state = DELIVERY_FAILED;
        break;
    case SENDER_DEFERRED:
        defer(run, job, retry_delay(job->attempts), row);
        break;
    case SENDER_UNKNOWN:
        defer(run, job, UNKNOWN_RETRY_S, row);
        break;
    case SENDER_RETURNED:
        row->state = DELIVERY_QUEUED;
        row->attempted = false;
        break;
    }
}

static void count(struct send_report *report, enum delivery_state state)
{
    report->sent += state == DELIVERY_SENT;
    report->deferred += state == DELIVERY_DEFERRED;
    report->failed += state == DELIVERY_FAILED;
}

static void result(void *context, const struct sender_result *r)
{
    struct run *run = context;
    struct ledger_record row = {
        .issue_id = run->build.issue->id,
        .subscriber_id = r->id,
        .attempted = true,
        .code = r->code,
        .status = r->status,
        .reply = r->reply,
        .relay = r->relay,
        .now = now_of(run),
    };
    struct inflight job = take_inflight(run, r->id);
    decide(run, &job, r, &row);
    count(run->report, row.state);
    log_detail("delivery issue=%s/%" PRId64 " subscriber=%" PRId64
               " state=%s code=%d status=%s relay=%s reply=\"%s\"",
               run->build.issue->newsletter, run->build.issue->number, r->id,
               delivery_state_name(row.state), r->code,
               *r->status ? r->status : "-", r->relay, r->reply);
    if (!record(run, &row))
        run->ending = true;
}

/* Whether to go on: not after a signal, nor once the issue was paused or
 * cancelled elsewhere. */
static bool turn(void *context)
{
    struct run *run = context;
    if (run->watch && run->watch->stop && *run->watch->stop)
        run->ending = run->report->stopped = true;
    int64_t ms = clock_monotonic_ms();
    if (!run->ending && ms - run->looked_ms >= LOOK_MS) {
        run->looked_ms = ms;
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct issue issue;
        if (!issue_get_by_id(run->conductor->db, run->build.issue->id, &arena,
                             &issue, &run->broken))
            run->ending = true;
        else if (issue.state != ISSUE_SENDING)
            run->ending = run->report->stopped = true;
    }
    return !run->ending;
}

static bool finish(struct run *run, struct err *err)
{
    struct db *db = run->conductor->db;
    const struct issue *issue = run->build.issue;
    struct ledger_counts *counts = &run->report->counts;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !ledger_count(db, issue->id, counts, err))
        return false;
    if (!counts->states[DELIVERY_QUEUED] && !counts->states[DELIVERY_SENDING] &&
        !counts->states[DELIVERY_DEFERRED] && !run->report->stopped) {
        if (!issue_move(db, issue->id, ISSUE_SENDING, ISSUE_SENT, now_of(run),
                        err))
            return false;
        run->report->finished = true;
    }
    return tx_commit(&tx, err);
}

static bool drive(struct run *run, struct err *err)
{
    struct relays relays = {0};
    struct sender *sender = NULL;
    if (!relays_make(run->conductor->conf, &relays, err))
        return false;
    bool good = sender_new(relays.items, relays.count, &sender, err);
    struct sender_feed feed = {
        .context = run,
        .next = next,
        .result = result,
        .commit = commit,
        .turn = turn,
        .wake_fd = -1,
    };
    good = good && sender_run(sender, &feed, err);
    if (run->broken.kind) {
        *err = run->broken;
        good = false;
    }
    /* What the sender said last is kept, also when it failed. */
    if (run->tx.db) {
        struct err late = {0};
        if (!tx_commit(&run->tx, &late) && good) {
            *err = late;
            good = false;
        }
        tx_end(&run->tx);
    }
    sender_free(sender);
    relays_free(&relays);
    return good;
}

static void free_run(struct run *run)
{
    for (size_t i = 0; i < run->message_count; i++)
        message_free(run->messages[i].message);
    free(run->messages);
    free(run->inflight);
    ledger_walk_free(&run->walk);
    build_values_free(&run->values);
    tx_end(&run->tx);
}

/* One process at a time: the lock on a file is gone with its process, the
 * lease tells other hosts, and a run that woke too late finds its fence
 * grown. */
static bool take_turn(struct run *run, int *lock, struct err *err)
{
    const struct issue *issue = run->build.issue;
    char name[80];
    snprintf(name, sizeof name, "issue %s/%" PRId64, issue->newsletter,
             issue->number);
    OWNED(mem_free)
    char *path = mem_format("%s.send-%" PRId64 ".lock",
                            db_path(run->conductor->db), issue->id);
    bool mine = strcmp(db_path(run->conductor->db), ":memory:") == 0;
    if (!mine && !file_lock(path, lock, err)) {
        if (err->kind == ERR_TEMPORARY)
            err_set(err, ERR_TEMPORARY,
                    "%s: is being sent by another process; this one steps "
                    "aside",
                    name);
        return false;
    }
    return lease_take(run->conductor->db, name, clock_now(), LEASE_S, true,
                      &run->lease, err) &&
           ledger_recover(run->conductor->db, issue->id, now_of(run),
                          &run->report->recovered, err);
}

bool conductor_send(const struct conductor *conductor,
                    const struct issue *issue, const struct send_watch *watch,
                    struct send_report *report, struct err *err)
{
    *report = (struct send_report){0};
    if (issue->state != ISSUE_SENDING)
        return err_set(err, ERR_CONFLICT, "%s/%" PRId64 ": is %s",
                       issue->newsletter, issue->number,
                       issue_state_name(issue->state));
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct newsletter newsletter;
    if (!newsletter_get_by_id(conductor->db, issue->newsletter_id, &arena,
                              &newsletter, err))
        return false;
    OWNED(free_run)
    struct run run = {
        .conductor = conductor,
        .watch = watch,
        .report = report,
        .build = {conductor->conf, conductor->templates, conductor->keys,
                  &newsletter, issue, issue->started_at},
        .walk = LEDGER_WALK_INIT(issue->id),
        .give_up_after = conductor->conf->relay_count
                             ? conductor->conf->relays[0].give_up_after
                             : 0,
        .tx = TX_INIT,
        .synced_ms = clock_monotonic_ms(),
        .renewed_ms = clock_monotonic_ms(),
    };
    OWNED(file_unlock) int lock = -1;
    if (!take_turn(&run, &lock, err))
        return false;
    bool good = drive(&run, err);
    struct err late = {0};
    if (!finish(&run, &late) && good) {
        *err = late;
        good = false;
    }
    lease_release(conductor->db, &run.lease);
    return good;
}
