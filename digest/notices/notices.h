/* Notices: the mails that the program sends on its own account, and the
 * outbox they wait in.
 *
 * A confirmation, a link that was asked for, a preview for editors, a word
 * to the operator. Each is queued in the transaction of what caused it, so
 * neither is there without the other; notices_send delivers what is due, in
 * the same way as an issue's messages go. A notice isn't list mail: no
 * List-* header, and Auto-Submitted: auto-generated (RFC 3834 §5).
 */
#ifndef DIGEST_NOTICES_NOTICES_H
#define DIGEST_NOTICES_NOTICES_H

#include "digest/base/arena.h"
#include "digest/base/conf.h"
#include "digest/sender/sender.h"
#include "digest/store/db.h"
#include "digest/store/erasing.h"

enum notice_kind {
    NOTICE_CONFIRM, /* a reader confirms a subscription */
    NOTICE_LINKS,   /* a reader asked for the links to leave or choose */
    NOTICE_ADDRESS, /* a reader confirms a new address, at that address */
    NOTICE_MOVED,   /* their address was changed: to the old one */
    NOTICE_PREVIEW, /* an issue, shown to its editors before it goes out */
    NOTICE_REPORT,  /* what the operator has to know */
    NOTICE_KIND_COUNT
};
const char *notice_kind_name(enum notice_kind kind); /* "confirm" … */

enum notice_state {
    NOTICE_QUEUED,
    NOTICE_SENDING,
    NOTICE_SENT,
    NOTICE_DEFERRED,
    NOTICE_FAILED,
    NOTICE_STATE_COUNT
};
const char *notice_state_name(enum notice_state state);

/* ---- queueing -------------------------------------------------------- */

/* A notice to be sent. Borrowed for the call; NULL and "" are "none". */
struct notice {
    enum notice_kind kind;
    const char *to_address, *to_name;
    const char *from_address, *from_name;
    const char *reply_to;
    const char *subject;
    const char *text; /* required */
    const char *html; /* complete, styles inlined */
    /* The same notice isn't queued twice: one with this key blocks the next
     * for `dedupe_s` seconds, whatever became of it. */
    const char *dedupe;
    int64_t dedupe_s;
    int64_t subscriber_id; /* whom it is about; 0: nobody */
};

/* Puts it into the outbox, as part of the caller's transaction. *id is 0
 * where one with the same dedupe key is there. Fails: INPUT (an address, a
 * header text or a part that can't be sent: nothing is queued), STORE. */
FALLIBLE bool notice_queue(struct db *db, const struct notice *notice,
                           int64_t now, int64_t *id, struct err *err);

/* The same notice to each of these addresses, as a preview is to a
 * newsletter's editors; its to_address and to_name aren't looked at, and a
 * dedupe key holds for each address by itself. All or none are queued.
 * *queued (or NULL) says how many were new. */
FALLIBLE bool notice_queue_each(struct db *db, const struct notice *notice,
                                const char *const *addresses, size_t count,
                                int64_t now, size_t *queued, struct err *err);

/* Takes back those that wait and were queued with this dedupe key, or one
 * that begins with its words: what they say isn't so any more. Part of the
 * caller's transaction; one on the wire at that moment still arrives. */
FALLIBLE bool notices_withdraw(struct db *db, const char *dedupe,
                               struct err *err);

/* ---- sending --------------------------------------------------------- */

/* Options of sending notices. Borrowed; zero is the sensible default. */
struct notices_options {
    const struct relay_settings *relays;
    size_t relay_count;
    double pace_rate; /* messages a second over all relays; 0: no limit */
    unsigned pace_connections;    /* over all relays; 0: no limit */
    const struct conf_dkim *dkim; /* those of the sender's domain sign */
    size_t dkim_count;
    const char *return_path;  /* the envelope sender; NULL: the notice's own
                                 sender */
    int64_t give_up_after;    /* seconds after the first attempt; 0: 48 h */
    int64_t now;              /* 0: the clock's */
    const volatile int *stop; /* set by signals: 1 finish, 2 return now */
};

struct notices_report {
    int64_t sent, deferred, failed; /* by this run */
    int64_t recovered; /* left over from a run that died: their message may
                          arrive twice */
    bool stopped;
};

/* Sends what is due; with nothing due it only looks. Another process at the
 * same work makes it step aside (TEMPORARY). A relay that is down or refuses
 * everyone uses up no notice. Fails: what the sender fails with; CONFIG,
 * PERMISSION, NOT_FOUND for a DKIM key; CONFLICT (another took over while
 * this one stood still); STORE. The report is filled in any case. */
FALLIBLE bool notices_send(struct db *db, const struct notices_options *options,
                           struct notices_report *report, struct err *err);

/* ---- asking ---------------------------------------------------------- */

struct notice_row {
    int64_t id;
    enum notice_kind kind;
    enum notice_state state;
    const char *to_address, *subject, *message_id;
    int64_t created_at, changed_at, attempts;
    int64_t next_at; /* deferred: not before */
    int code;
    const char *status, *reply, *relay;
};
struct notice_rows {
    struct notice_row *items; /* in the arena */
    size_t count;
};

/* Which to list: all by default, the newest first. */
struct notice_filter {
    const char *state;      /* "failed" …; NULL: any */
    const char *to_address; /* NULL: any */
    int64_t since;          /* changed at or after */
    int64_t at_most;        /* 0: all */
};
FALLIBLE bool notices_find(struct db *db, const struct notice_filter *filter,
                           struct arena *arena, struct notice_rows *out,
                           struct err *err);

/* How many mails are to be sent at `now`, those left over by a process that
 * died among them, and when the next one is; 0: none. Fails: STORE. */
FALLIBLE bool notices_due(struct db *db, int64_t now, int64_t *due,
                          int64_t *next_at, struct err *err);

/* After a clock was set back to `now`: what was put off beyond it is due.
 * Fails: STORE. */
FALLIBLE bool notices_set_back(struct db *db, int64_t now, struct err *err);

struct notices_counts {
    int64_t states[NOTICE_STATE_COUNT];
    int64_t due;       /* waiting, and their time has come */
    int64_t waits_for; /* when the next one is due; 0: none waits */
    int64_t oldest;    /* when the oldest waiting one was queued; 0: none */
};
FALLIBLE bool notices_count(struct db *db, int64_t now,
                            struct notices_counts *out, struct err *err);

/* How many of a kind about a subscriber were queued in the last `span_s`
 * seconds. A notice of a later time was queued by a clock that was ahead, and
 * doesn't count. */
FALLIBLE bool notices_count_about(struct db *db, int64_t subscriber_id,
                                  enum notice_kind kind, int64_t span_s,
                                  int64_t now, int64_t *out, struct err *err);

/* ---- tidying up ------------------------------------------------------ */

/* Removes those that were sent or failed before `before`. */
FALLIBLE bool notices_expire(struct db *db, int64_t before, int64_t *count,
                             struct err *err);

/* Removes all about a person, and all to an address they had, waiting or not;
 * `wish` is an address that they asked for and didn't confirm (NULL: none).
 * Notices to editors and to the operator stay, without that person in them. A
 * notice that is on the wire at that moment still arrives. Part of the caller's
 * transaction. */
FALLIBLE bool notices_erase(struct db *db, const struct erased *who,
                            const char *wish, struct err *err);

#endif
