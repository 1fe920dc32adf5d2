/* Consent: how people come onto the list and leave it, and the record of it.
 *
 * Every change is one durable transaction together with its event: what
 * happened, when, by which means, from which issue, from which client.
 */
#ifndef SUBSCRIBERS_CONSENT_CONSENT_H
#define SUBSCRIBERS_CONSENT_CONSENT_H

#include "digest/store/db.h"
#include "subscribers/roster/roster_store.h"
#include "subscribers/tokens/tokens.h"

/* The means by which something happened; they stand in the record. */
#define MEANS_COMMAND "command" /* an editor at the command line */
#define MEANS_DESK "desk"       /* an editor at the desk */
#define MEANS_IMPORT "import"
#define MEANS_ONE_CLICK "one-click" /* RFC 8058 */
#define MEANS_PAGE "page"
#define MEANS_MAIL "mail"
#define MEANS_TOKEN "token"       /* a message's token, at the command line */
#define MEANS_TIME "time"         /* nobody: a term that ran out */
#define MEANS_DELIVERY "delivery" /* what a server answered */

struct consent_origin {
    const char *means;             /* one of the above */
    int64_t issue_id;              /* 0: none */
    const char *client;            /* an IP address; NULL: none */
    int64_t now;                   /* Unix seconds */
    const struct token_keys *keys; /* recognise who asked to be forgotten;
                                      NULL: they aren't looked for */
};

enum consent_result {
    CONSENT_DONE,
    CONSENT_ALREADY, /* it was so before; nothing changed */
    CONSENT_REFUSED, /* err says why: suppressed, or left by themselves */
};

/* Subscribes an address, active or pending. Someone who unsubscribed,
 * bounced or complained isn't made active again by MEANS_IMPORT; by
 * MEANS_COMMAND only an unsubscribed one is. `categories` one name a line;
 * NULL or "" is all. Fails: INPUT (not an address), STORE; CONSENT_REFUSED
 * comes as true with the reason in err->text. */
FALLIBLE bool consent_subscribe(struct db *db, struct str email,
                                const char *name, int64_t newsletter_id,
                                const char *categories, bool pending,
                                const struct consent_origin *origin,
                                enum consent_result *result, struct err *err);

/* Takes a subscriber off one newsletter (0: off all). Idempotent. Fails:
 * NOT_FOUND (no such subscriber), STORE. */
FALLIBLE bool consent_unsubscribe(struct db *db, int64_t subscriber_id,
                                  int64_t newsletter_id,
                                  const struct consent_origin *origin,
                                  enum consent_result *result, struct err *err);

/* Confirms what was asked for (double opt-in), by a link that was mailed at
 * `linked_at` (0: by a program that didn't note it); lifts having been erased.
 * A link is good for the request that it was made for, while that is pending,
 * for its days: whoever left, bounced, complained or was suppressed since is
 * refused. Fails: NOT_FOUND, STORE; CONSENT_REFUSED comes as true with the
 * reason in err->text. */
enum {
    CONSENT_CONFIRM_DAYS = 7,
    CONSENT_CONFIRM_WITHIN_S = CONSENT_CONFIRM_DAYS * 24 * 60 * 60,
};
FALLIBLE bool consent_confirm(struct db *db, int64_t subscriber_id,
                              int64_t newsletter_id, int64_t linked_at,
                              const struct consent_origin *origin,
                              enum consent_result *result, struct err *err);
/* Tells what consent_confirm would answer; changes nothing. */
FALLIBLE bool consent_may_confirm(struct db *db, int64_t subscriber_id,
                                  int64_t newsletter_id, int64_t linked_at,
                                  const struct consent_origin *origin,
                                  enum consent_result *result, struct err *err);

/* Takes back subscriptions pending since before `asked_before`: someone who
 * had left before has left, anyone else was never there. */
FALLIBLE bool consent_expire(struct db *db, int64_t asked_before, int64_t now,
                             size_t *count, struct err *err);

/* A person's identity: the addresses they have and had here, but for those that
 * are somebody else's by now, their name, and an address that they asked for
 * and didn't confirm. In the arena. */
struct consent_identity {
    const char **emails; /* the present one first */
    const char **keys;   /* the same, as they are compared */
    size_t count;        /* 0: they were erased before */
    const char *name;
    const char *wish; /* as it is compared; NULL: none */
};
FALLIBLE bool consent_identify(struct db *db, int64_t subscriber_id,
                               struct arena *arena,
                               struct consent_identity *out, struct err *err);

/* The part of erasing that is this room's (erase.h has the whole): address,
 * name, language, history and their tokens are gone. In place of what was
 * suppressed stands a keyed hash (by origin->keys, which has to be there),
 * which keeps imports from bringing them back. Part of the caller's
 * transaction. Fails: STORE. */
FALLIBLE bool consent_forget(struct db *db, int64_t subscriber_id,
                             const struct consent_identity *identity,
                             const struct consent_origin *origin,
                             struct err *err);

/* Undoes an unsubscribing on the page that confirmed it, as long as it is
 * fresh: a link that was forwarded must not bring somebody back years later.
 * Fails: NOT_FOUND, STORE; CONSENT_REFUSED comes as true with the reason in
 * err->text. */
enum { CONSENT_RETURN_WITHIN_S = 24 * 60 * 60 };
FALLIBLE bool consent_return(struct db *db, int64_t subscriber_id,
                             int64_t newsletter_id,
                             const struct consent_origin *origin,
                             enum consent_result *result, struct err *err);
FALLIBLE bool consent_may_return(struct db *db, int64_t subscriber_id,
                                 int64_t newsletter_id, int64_t now, bool *out,
                                 struct err *err);

/* A server said for good that the address is dead, or they called it spam:
 * every subscription ends so, and the address is suppressed. `said` (what the
 * server or the report said; may be NULL) stands in the record. Idempotent.
 * Fails: NOT_FOUND, STORE. */
FALLIBLE bool consent_bounce(struct db *db, int64_t subscriber_id,
                             const char *said,
                             const struct consent_origin *origin,
                             struct err *err);
FALLIBLE bool consent_complain(struct db *db, int64_t subscriber_id,
                               const char *said,
                               const struct consent_origin *origin,
                               struct err *err);

struct consent_event {
    const char *event, *means, *newsletter, *client, *note;
    const char *issue; /* "weekly/12", or "" */
    int64_t at;
};
struct consent_history {
    struct consent_event *items; /* in the arena, oldest first */
    size_t count;
};
FALLIBLE bool consent_history(struct db *db, int64_t subscriber_id,
                              struct arena *arena, struct consent_history *out,
                              struct err *err);

#endif
