/* Runs the sender over one queue, and keeps the queue's records. */
#include "digest/delivery/engine.h"

#include <inttypes.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/escape.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/delivery/pace_internal.h"
#include "digest/delivery/prepare_internal.h"

enum {
    LOOK_MS = 250, /* how often the queue is asked whether it goes on */
    SHOW_MS = 500,
    OUTCOMES = 64, /* so many are put on record at once */
};

struct engine {
    const struct engine_options *options;
    const struct delivery_queue *queue;
    struct engine_report *report;
    struct work *work; /* NULL: the queue has no rows */
    struct sender *sender;
    struct prepare *ring;
    struct queue_item *items; /* those in the sender's hands */
    size_t item_count, item_capacity;
    struct queue_outcome outcomes[OUTCOMES]; /* not on record yet */
    size_t outcome_count;
    struct arena texts; /* theirs */
    int64_t looked_ms, shown_ms;
    bool exhausted;    /* the queue has nothing more that is due */
    bool came_back;    /* some that were read wait again */
    bool ending;       /* no new message goes out */
    struct err broken; /* why, when it wasn't asked for */
};

static int64_t now_of(const struct engine *e)
{
    return e->options->now ? e->options->now : clock_now();
}

static void break_off(struct engine *e, const struct err *err)
{
    if (!e->broken.kind)
        e->broken = *err;
    e->ending = true;
}

/* ---- what is put on record ------------------------------------------- */

static bool begin(struct engine *e, struct err *err)
{
    return !e->work || work_begin(e->work, err);
}

static const struct lease *holder(const struct engine *e)
{
    return e->work ? &e->work->lease : NULL;
}

/* A line for each outcome, for whoever asked for detail. */
static void log_outcome(const struct engine *e, const struct queue_outcome *o,
                        int64_t attempt)
{
    if (log_level() < LOG_DETAIL)
        return;
    OWNED(strbuf_free) struct strbuf reply = STRBUF_INIT;
    quote_escape(&reply, str_of(o->reply ? o->reply : ""));
    log_detail("%s=%" PRId64 " state=%s attempt=%" PRId64
               " code=%d status=%s relay=%s reply=\"%s\"",
               e->queue->log_name, o->id, delivery_state_name(o->state),
               attempt, o->code, o->status && *o->status ? o->status : "-",
               o->relay && *o->relay ? o->relay : "-", strbuf_text(&reply));
}

static void log_skipped(const struct engine *e, int64_t id)
{
    struct queue_outcome row = {.id = id,
                                .state = DELIVERY_SKIPPED,
                                .reply = "may not be mailed any more"};
    e->report->skipped++;
    log_outcome(e, &row, 0);
}

/* Puts the outcomes so far on record. */
static bool flush(struct engine *e, struct err *err)
{
    size_t count = e->outcome_count;
    if (!count)
        return true;
    e->outcome_count = 0;
    bool good = begin(e, err) && e->queue->record(e->queue->context, holder(e),
                                                  e->outcomes, count, err);
    for (size_t i = 0; good && i < count; i++) {
        const struct queue_outcome *o = &e->outcomes[i];
        e->report->sent += o->state == DELIVERY_SENT;
        e->report->deferred += o->state == DELIVERY_DEFERRED;
        e->report->failed += o->state == DELIVERY_FAILED;
        e->came_back |= o->comes_again;
        if (o->was_skipped)
            log_skipped(e, o->id);
    }
    arena_free(&e->texts);
    return good;
}

static const char *keep(struct engine *e, const char *text)
{
    return arena_copy(&e->texts, text ? text : "");
}

static bool add_outcome(struct engine *e, const struct queue_outcome *o,
                        int64_t attempt, struct err *err)
{
    log_outcome(e, o, attempt);
    struct queue_outcome *kept = &e->outcomes[e->outcome_count++];
    *kept = *o;
    kept->status = keep(e, o->status);
    kept->reply = keep(e, o->reply);
    kept->relay = keep(e, o->relay);
    return e->outcome_count < OUTCOMES || flush(e, err);
}

static bool keep_in_step(struct engine *e, struct err *err)
{
    const struct delivery_queue *queue = e->queue;
    struct db *db = e->options->db;
    return pace_keep(db, e->sender, err) &&
           (!queue->advance || queue->advance(queue->context, err)) &&
           db_sync(db, err) &&
           (!queue->synced || queue->synced(queue->context, err));
}

static bool commit(void *context, struct err *err)
{
    struct engine *e = context;
    if (e->broken.kind) {
        *err = e->broken;
        return false;
    }
    if (!e->work)
        return flush(e, err) && pace_keep(e->options->db, e->sender, err);
    if (!flush(e, err) || !work_commit(e->work, err))
        return false;
    return !work_sync_is_due(e->work) || keep_in_step(e, err);
}

/* ---- messages on their way out --------------------------------------- */

/* Keeps the ring filled. */
static bool fill_ring(struct engine *e, struct err *err)
{
    struct prepared *place;
    while (!e->exhausted && (place = prepare_place(e->ring))) {
        enum queue_read read = QUEUE_END;
        bool alone = prepare_is_empty(e->ring);
        if (!e->queue->read(e->queue->context, now_of(e), alone, place, &read,
                            err))
            return false;
        if (read == QUEUE_LATER)
            return true;
        e->exhausted = read == QUEUE_END;
        if (read == QUEUE_READ)
            prepare_submit(e->ring);
    }
    return true;
}

/* A message that can't be made has failed. Where none can be made, for some
 * other reason than this one's own, it waits as before, and the run ends. */
static bool refuse(struct engine *e, const struct prepared *place,
                   struct err *err)
{
    bool is_its_own = place->err.kind == ERR_INPUT;
    struct queue_outcome row = {
        .id = place->item.id,
        .state = is_its_own ? DELIVERY_FAILED : DELIVERY_QUEUED,
        .attempted = is_its_own,
        .first_at = is_its_own ? now_of(e) : 0,
        .next_at = place->item.next_at,
        .reply = place->err.text,
        .now = now_of(e),
    };
    if (!add_outcome(e, &row, place->item.attempts + 1, err))
        return false;
    if (!is_its_own)
        *err = place->err;
    return is_its_own;
}

static void hand_over(struct engine *e, struct prepared *place,
                      struct sender_job *job)
{
    prepared_hand_over(place, job);
    if (!place->item.first_at)
        place->item.first_at = now_of(e);
    MEM_PUSH(e->items, e->item_count, e->item_capacity, place->item);
}

static bool take(struct engine *e, struct prepared *place,
                 struct sender_job *job, bool *taken, struct err *err)
{
    struct queue_claim claim = {.id = place->item.id, .verdict = QUEUE_GONE};
    if (!begin(e, err) || !e->queue->claim(e->queue->context, holder(e),
                                           now_of(e), &claim, 1, err))
        return false;
    if (claim.verdict == QUEUE_SKIPPED)
        log_skipped(e, claim.id);
    if (claim.verdict != QUEUE_TAKEN)
        return true;
    if (!place->good)
        return refuse(e, place, err);
    *taken = true;
    hand_over(e, place, job);
    return true;
}

/* The queue is read once more when some came back that it has passed: their
 * relay refused everybody, and another can have them. */
static bool start_over(struct engine *e)
{
    if (!e->came_back)
        return false;
    e->came_back = e->exhausted = false;
    if (e->queue->restart)
        e->queue->restart(e->queue->context);
    return true;
}

static enum sender_next next(void *context, struct sender_job *job,
                             int *wait_ms, struct err *err)
{
    struct engine *e = context;
    *wait_ms = LOOK_MS;
    while (!e->ending) {
        bool taken = false;
        if (!flush(e, err) || !fill_ring(e, err))
            break;
        struct prepared *place = prepare_take(e->ring);
        if (!place && !prepare_is_empty(e->ring))
            return SENDER_WAIT;
        if (!place && start_over(e))
            continue;
        if (!place)
            return SENDER_END;
        bool good = take(e, place, job, &taken, err);
        prepare_drop(e->ring);
        if (!good)
            break;
        if (taken)
            return SENDER_JOB;
    }
    if (!e->ending)
        break_off(e, err);
    return SENDER_END;
}

/* ---- answers --------------------------------------------------------- */

/* Takes the item of a message. There are as many as connections: a search from
 * end to end is quick. */
static struct queue_item take_item(struct engine *e, int64_t id)
{
    for (size_t i = 0; i < e->item_count; i++) {
        struct queue_item found = e->items[i];
        if (found.id != id)
            continue;
        e->items[i] = e->items[--e->item_count];
        return found;
    }
    return (struct queue_item){.id = id, .first_at = now_of(e)};
}

/* Asks whether the relay took mail lately; all that it took has to be on record
 * before. */
static bool ask_relay(struct engine *e, const struct queue_item *item,
                      const struct sender_result *r, int64_t now, bool *took,
                      struct err *err)
{
    int64_t since;
    *took = false;
    if (!e->queue->relay_took ||
        !verdict_asks(&e->options->rule, item, r, now, &since))
        return true;
    return flush(e, err) &&
           e->queue->relay_took(e->queue->context, r->relay, since, took, err);
}

static void result(void *context, const struct sender_result *r)
{
    struct engine *e = context;
    struct queue_item item = take_item(e, r->id);
    struct queue_outcome row = {.now = now_of(e)};
    struct err err = {0};
    bool took;
    if (!ask_relay(e, &item, r, row.now, &took, &err))
        break_off(e, &err);
    verdict_decide(&e->options->rule, &item, r, took, &row);
    if (!add_outcome(e, &row, item.attempts + row.attempted, &err))
        break_off(e, &err);
}

/* ---- the run --------------------------------------------------------- */

static void look_at_queue(struct engine *e, int64_t ms)
{
    struct err err = {0};
    bool goes_on = true;
    if (e->ending || !e->queue->goes_on || ms - e->looked_ms < LOOK_MS)
        return;
    e->looked_ms = ms;
    if (!e->queue->goes_on(e->queue->context, &goes_on, &err))
        break_off(e, &err);
    else if (!goes_on)
        e->ending = e->report->stopped = true;
}

static void show_progress(struct engine *e, int64_t ms)
{
    if (!e->options->progress || ms - e->shown_ms < SHOW_MS)
        return;
    e->shown_ms = ms;
    e->options->progress(e->options->context, e->report);
}

/* A first signal lets what is on the wire end well, a second one doesn't wait
 * for it. */
static enum sender_wish turn(void *context)
{
    struct engine *e = context;
    struct err err = {0};
    int stop = e->options->stop ? *e->options->stop : 0;
    int64_t ms = clock_monotonic_ms();
    /* work_keep commits what is open: the outcomes belong to it. */
    if (e->work && (!flush(e, &err) || !work_keep(e->work, &err)))
        break_off(e, &err);
    show_progress(e, ms);
    if (stop)
        e->ending = e->report->stopped = true;
    look_at_queue(e, ms);
    return stop > 1    ? SENDER_BREAK_OFF
           : stop      ? SENDER_HURRY
           : e->ending ? SENDER_FINISH
                       : SENDER_GO_ON;
}

/* Whether a waiting message is still wanted. A subscriber who left meanwhile
 * isn't mailed: the message comes back, and its next claim says why. Nor is
 * anybody when the run stops. */
static bool is_wanted(void *context, int64_t id)
{
    struct engine *e = context;
    struct err err = {0};
    bool may = !e->ending;
    if (may && e->queue->may_send &&
        !e->queue->may_send(e->queue->context, id, &may, &err)) {
        break_off(e, &err);
        return false;
    }
    return may;
}

/* Ends the run; all is on record when the sender has ended. */
static bool end(struct engine *e, struct err *err)
{
    struct db *db = e->options->db;
    bool good = flush(e, err) && (!e->work || work_commit(e->work, err)) &&
                pace_keep(db, e->sender, err) && (!e->work || db_sync(db, err));
    return good;
}

static bool drive(struct engine *e, struct err *err)
{
    const struct engine_options *o = e->options;
    OWNED(sender_release) struct sender *sender = NULL;
    struct sender_feed hooks = {
        .context = e,
        .next = next,
        .result = result,
        .commit = commit,
        .turn = turn,
        .wake_fd = prepare_wake_fd(e->ring),
        .is_wanted = is_wanted,
    };
    struct err late = {0};
    if (!sender_new(o->relays, o->relay_count, &sender, err) ||
        !pace_begin(o->db, sender, o->pace_rate, o->pace_connections, err))
        return false;
    e->sender = sender;
    bool good = sender_run(sender, &hooks, err);
    bool kept = end(e, &late);
    e->sender = NULL;
    if (e->broken.kind)
        *err = e->broken;
    else if (!kept && good)
        *err = late;
    return good && kept && !e->broken.kind;
}

/* The holder of the lease is alone: what is still being sent on record was a
 * dead one's. */
static bool recover(struct engine *e, struct err *err)
{
    const struct delivery_queue *queue = e->queue;
    return !queue->recover || !e->work ||
           (begin(e, err) &&
            queue->recover(queue->context, holder(e), now_of(e),
                           &e->report->recovered, err) &&
            work_commit(e->work, err));
}

bool engine_run(const struct engine_options *options,
                const struct delivery_queue *queue, struct work *work,
                struct engine_report *report, bool *broken, struct err *err)
{
    *report = (struct engine_report){0};
    struct engine e = {.options = options,
                       .queue = queue,
                       .report = report,
                       .work = work,
                       .texts = ARENA_INIT};
    bool good =
        prepare_new(options->signing, options->signed_at, &e.ring, err) &&
        recover(&e, err) && drive(&e, err);
    if (broken)
        *broken = e.broken.kind != ERR_NONE;
    if (work)
        work_end(work);
    prepare_free(e.ring);
    arena_free(&e.texts);
    free(e.items);
    return good;
}
