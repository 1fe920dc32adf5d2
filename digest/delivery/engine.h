/* The engine: carries a queue of messages (queue.h) to the relays.
 *
 * It is the one machine for every mail that leaves: verdicts, signing, relays,
 * pace, leases and locks stand here once. A message is claimed on record
 * before it goes out, and its outcome is on record before the next goes out on
 * that connection; one commit serves all connections of a turn. Killed at any
 * instant and run again, nobody is missed, and at most one message a
 * connection is sent twice.
 */
#ifndef DIGEST_DELIVERY_ENGINE_H
#define DIGEST_DELIVERY_ENGINE_H

#include "digest/delivery/queue.h"
#include "digest/delivery/verdict_internal.h"
#include "digest/delivery/work_internal.h"
#include "digest/sender/sender.h"

struct engine_report {
    int64_t sent, deferred, failed, skipped; /* by this run */
    int64_t recovered; /* left over from a run that died: their message may
                          arrive twice */
    bool stopped;      /* by a signal, or because the queue doesn't go on */
};

/* Options of a run. Borrowed; zero is the sensible default. */
struct engine_options {
    struct db *db;
    const struct relay_settings *relays;
    size_t relay_count;
    double pace_rate;              /* messages a second over all; 0: no limit */
    unsigned pace_connections;     /* over all relays; 0: no limit */
    const struct signing *signing; /* of messages that the ring makes; NULL:
                                      the queue makes them whole */
    int64_t signed_at;             /* the time in those signatures */
    struct verdict_rule rule;
    int64_t now;              /* 0: the clock's */
    const volatile int *stop; /* set by signals. 1: what is on the wire is
                                 finished (45 s at the longest); 2: broken off
                                 now. NULL: none */
    /* Called twice a second. NULL: not. */
    void (*progress)(void *context, const struct engine_report *report);
    void *context;
};

/* Sends what is due. `work` holds the lease that was taken for the queue
 * (turn_take); NULL: the queue has no rows. A relay's fault that ended the run
 * uses up nobody's try.
 * Fails: what the sender and the queue fail with; CONFLICT (another took over
 * while this process stood still); STORE. *report is filled in any case, and
 * *broken (or NULL) says whether it was no relay's fault. */
FALLIBLE bool engine_run(const struct engine_options *options,
                         const struct delivery_queue *queue, struct work *work,
                         struct engine_report *report, bool *broken,
                         struct err *err);

#endif
