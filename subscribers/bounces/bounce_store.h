/* Bounces in the database. No policy. */
#ifndef SUBSCRIBERS_BOUNCES_BOUNCE_STORE_H
#define SUBSCRIBERS_BOUNCES_BOUNCE_STORE_H

#include "digest/base/arena.h"
#include "digest/store/db.h"
#include "digest/store/erasing.h"

/* Notes that a mail was read; *fresh is false when it had been already. */
FALLIBLE bool bounce_store_see(struct db *db, struct str message,
                               struct str recipient, int64_t now, bool *fresh,
                               struct err *err);

struct bounce_issue {
    int64_t id; /* 0: there is none */
    int64_t newsletter_id;
};
FALLIBLE bool bounce_store_issue(struct db *db, struct str slug, int64_t number,
                                 struct bounce_issue *out, struct err *err);

/* Shows the subscriber key of each of an issue's recipients to `look`, row by
 * row, until that has found whom it looks for, or wants to stop. Fails: STORE,
 * TEMPORARY (stopped). */
enum bounce_walk { BOUNCE_WALK_ON, BOUNCE_WALK_FOUND, BOUNCE_WALK_STOP };
FALLIBLE bool bounce_store_find_recipient(
    struct db *db, int64_t issue_id,
    enum bounce_walk (*look)(struct str key, void *context), void *context,
    bool *found, struct err *err);

struct bounce_unmatched {
    int64_t id, at;
    struct str why, sender, subject, recipient, kind, status, reason;
    struct str source; /* not read back by bounce_store_find_unmatched */
};
FALLIBLE bool bounce_store_add_unmatched(struct db *db,
                                         const struct bounce_unmatched *mail,
                                         struct err *err);
struct bounce_unmatched_list {
    struct bounce_unmatched *items; /* in the arena, newest first */
    size_t count;
};
FALLIBLE bool bounce_store_find_unmatched(struct db *db, struct arena *arena,
                                          struct bounce_unmatched_list *out,
                                          struct err *err);
/* Gets a mail that was set aside, with its source. Fails: NOT_FOUND. */
FALLIBLE bool bounce_store_get_unmatched(struct db *db, int64_t id,
                                         struct arena *arena,
                                         struct bounce_unmatched *out,
                                         struct err *err);
FALLIBLE bool bounce_store_drop_unmatched(struct db *db, int64_t id,
                                          bool *dropped, struct err *err);

/* An issue came back for now; once for each. An issue that isn't there any
 * more is passed over. */
FALLIBLE bool bounce_store_soft(struct db *db, int64_t subscriber_id,
                                int64_t issue_id, int64_t now,
                                const char *status, const char *reason,
                                struct err *err);

/* Whether an issue went to an address that the subscriber has given up since
 * for another. */
FALLIBLE bool bounce_store_was_former(struct db *db, int64_t subscriber_id,
                                      int64_t issue_id, bool *out,
                                      struct err *err);

/* The issues that went to a subscriber's present address, or were refused at
 * the door, up to the last that came back: how many of the newest came back
 * without a break, and over which time. */
struct bounce_run {
    int64_t count;
    int64_t first_at, last_at; /* when they were sent */
};
FALLIBLE bool bounce_store_run(struct db *db, int64_t subscriber_id,
                               struct bounce_run *out, struct err *err);

struct bounce_refusal {
    struct str domain, reason, status, said;
    int64_t count, first_at, last_at;
};
FALLIBLE bool bounce_store_refuse(struct db *db,
                                  const struct bounce_refusal *refusal,
                                  int64_t now, struct err *err);
struct bounce_refusals {
    struct bounce_refusal *items; /* in the arena, last ones first */
    size_t count;
};
FALLIBLE bool bounce_store_refusals(struct db *db, struct arena *arena,
                                    struct bounce_refusals *out,
                                    struct err *err);

/* Takes somebody out: what was counted of them, and each mail that was kept
 * aside and names them, with its sender. Part of the caller's transaction. */
FALLIBLE bool bounce_store_erase(struct db *db, const struct erased *who,
                                 struct err *err);

/* Removes what is older than `before`: seen and kept-aside mails, refusals. */
FALLIBLE bool bounce_store_prune(struct db *db, int64_t before,
                                 struct err *err);

#endif
