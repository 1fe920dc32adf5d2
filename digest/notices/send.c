/* Sends what is due in the outbox. */
#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/delivery/engine.h"
#include "digest/delivery/turn.h"
#include "digest/notices/notice_queue_internal.h"

enum { GIVE_UP_S = 48 * 3600 };

static bool take_turn(struct db *db, struct work *work, int *lock,
                      struct err *err)
{
    static const struct turn_name name = {
        .lock = "notices",
        .lease = "notices",
        .busy = "the outbox is being sent by another process",
    };
    return turn_take(db, &name, work, lock, err);
}

bool notices_send(struct db *db, const struct notices_options *o,
                  struct notices_report *report, struct err *err)
{
    *report = (struct notices_report){0};
    int64_t now = o->now ? o->now : clock_now();
    bool has_work;
    struct engine_options options = {
        .db = db,
        .relays = o->relays,
        .relay_count = o->relay_count,
        .pace_rate = o->pace_rate,
        .pace_connections = o->pace_connections,
        .rule = {.give_up_after =
                     o->give_up_after ? o->give_up_after : GIVE_UP_S,
                 .is_short = true},
        .now = o->now,
        .stop = o->stop,
    };
    if (!notice_store_has_work(db, now, &has_work, err))
        return false;
    if (!has_work)
        return true;
    OWNED(file_unlock) int lock = -1;
    OWNED(notice_queue_free)
    struct notice_queue outbox = {
        .db = db,
        .return_path = o->return_path,
        .signers = {.dkim = o->dkim, .dkim_count = o->dkim_count},
    };
    struct delivery_queue queue = notice_queue_open(&outbox);
    struct work work;
    struct engine_report run;
    if (!take_turn(db, &work, &lock, err) ||
        !notice_store_set_clock(db, now, options.rule.give_up_after, err))
        return false;
    bool good = engine_run(&options, &queue, &work, &run, NULL, err);
    lease_release(db, &work.lease);
    report->sent = run.sent;
    report->deferred = run.deferred;
    report->failed = run.failed + run.skipped;
    report->recovered = run.recovered;
    report->stopped = run.stopped;
    return good;
}
