/* The interface of a queue: messages that wait to be sent, in some room's
 * table, as the engine (engine.h) sees them.
 *
 * There is one file a queue: an issue's deliveries (issue_queue.c), the
 * program's own mails (notices/notice_queue.c), test copies (test_queue.c).
 * The engine decides when a message goes out, what a server's answer means,
 * when it is tried again and when it is given up; a queue says which message
 * is next, makes it, and keeps what became of it.
 *
 * Claims and outcomes come as arrays, each written in one transaction that
 * the engine opens, in which it has checked the holder's lease.
 */
#ifndef DIGEST_DELIVERY_QUEUE_H
#define DIGEST_DELIVERY_QUEUE_H

#include "digest/delivery/prepare_internal.h"
#include "digest/ledger/lease.h"
#include "digest/ledger/ledger.h"

/* Whether a message that was read may go out. */
enum queue_verdict {
    QUEUE_TAKEN,   /* it is being sent, by this holder */
    QUEUE_SKIPPED, /* it never will be; the reason is on record */
    QUEUE_GONE,    /* it doesn't wait any more */
};
struct queue_claim {
    int64_t id;
    enum queue_verdict verdict; /* for the queue to set */
};

/* The outcome of a message that was claimed. Texts are borrowed for the
 * call. */
struct queue_outcome {
    int64_t id;
    enum delivery_state state; /* sent, deferred, failed; queued: it waits as
                                  before, as though it had not been claimed */
    int64_t next_at;           /* deferred, queued: not before */
    int64_t first_at;          /* the first try; 0: this was none */
    bool attempted;            /* it counts as a try */
    bool unknown;              /* … that ended without an answer */
    int code;                  /* of the reply; 0: none */
    const char *status;        /* "5.1.1"; "": none */
    const char *reply, *relay;
    int64_t now;
    /* For the queue to set, where the state is queued: */
    bool comes_again; /* read() has it again, after restart() */
    bool was_skipped; /* it may not be mailed any more, and is on record so */
};

/* The result of read(). */
enum queue_read {
    QUEUE_READ,  /* the place is filled in */
    QUEUE_LATER, /* what is left may be among those that were read already:
                    to be asked again when those are out */
    QUEUE_END,   /* nothing more is due */
};

struct delivery_queue {
    void *context;
    /* The log's name for a message, before its id: "notice id". */
    const char *log_name;

    /* Fills in the next message that waits and is due, without claiming it;
     * `alone`: all that were read before are out, so it isn't QUEUE_LATER.
     * A message that can't be made is filled in as well, with the place's
     * `good` false and why in its `err`: it fails when it has been claimed.
     * Fails: STORE, and whatever keeps every message from being made; the run
     * ends then. */
    bool (*read)(void *context, int64_t now, bool alone, struct prepared *place,
                 enum queue_read *out, struct err *err);
    /* read() begins again, with what came back. NULL: it needn't be told. */
    void (*restart)(void *context);

    /* Marks those that still wait, and may still be mailed, as being sent by
     * the holder. */
    bool (*claim)(void *context, const struct lease *holder, int64_t now,
                  struct queue_claim *claims, size_t count, struct err *err);
    /* Puts on record what became of them. */
    bool (*record)(void *context, const struct lease *holder,
                   struct queue_outcome *outcomes, size_t count,
                   struct err *err);
    /* Whether one that was claimed may still go out: asked before its text
     * does. NULL: always. */
    bool (*may_send)(void *context, int64_t id, bool *out, struct err *err);
    /* Whether a relay has taken a message at `since` or later. NULL: not
     * asked; no refusal is in doubt. */
    bool (*relay_took)(void *context, const char *relay, int64_t since,
                       bool *out, struct err *err);

    /* Lets those wait again that a dead holder was sending; *count says how
     * many. NULL: there are none. */
    bool (*recover)(void *context, const struct lease *holder, int64_t now,
                    int64_t *count, struct err *err);
    /* Whether the sending goes on: asked four times a second. NULL: it does.
     */
    bool (*goes_on)(void *context, bool *out, struct err *err);
    /* Once a second, in the transaction that is synced then; and when it is on
     * disk. NULL: nothing is to be done. */
    bool (*advance)(void *context, struct err *err);
    bool (*synced)(void *context, struct err *err);
};

#endif
