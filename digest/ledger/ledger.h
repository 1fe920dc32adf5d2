/* The ledger: which issue reaches whom, and how it went.
 *
 * A delivery is one issue to one subscriber: queued, sending, sent,
 * deferred, failed, skipped. Uniqueness lives in the schema, so nobody can
 * be counted twice, and the states always add up to the recipients.
 */
#ifndef DIGEST_LEDGER_LEDGER_H
#define DIGEST_LEDGER_LEDGER_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/base/strbuf.h"
#include "digest/ledger/lease.h"
#include "digest/store/db.h"
#include "digest/store/erasing.h"

enum { LEDGER_KEY_SIZE = 16 };

enum delivery_state {
    DELIVERY_QUEUED,
    DELIVERY_SENDING,
    DELIVERY_SENT,
    DELIVERY_DEFERRED,
    DELIVERY_FAILED,
    DELIVERY_SKIPPED,
    DELIVERY_STATE_COUNT
};
const char *delivery_state_name(enum delivery_state state);

/* ---- starting an issue ----
 *
 * Variants and deliveries are added in many short transactions, while the
 * issue is still a draft, which nobody sends; the last one moves it on. What a
 * start leaves that broke off is taken back before the next.
 */

/* One rendering, frozen. Its texts are stored in parts, each once for all
 * variants of the issue (parts_internal.h). */
struct ledger_variant {
    int64_t issue_id;
    const char *key;        /* language and list of articles */
    struct str html, text;  /* with slot marks */
    struct str message;     /* composed (message_save); never empty */
    struct str public_html; /* the copy for the browser */
    const int64_t *article_ids;
    size_t article_count;
    const int64_t *correction_ids; /* those that it brings */
    size_t correction_count;
};
/* Part of the caller's transaction. */
FALLIBLE bool ledger_add_variant(struct db *db,
                                 const struct ledger_variant *variant,
                                 int64_t *id, struct err *err);

/* A run of a newsletter's list, in the order of its subscribers. It has who
 * is active and not suppressed, but for those who pause, for
 * `longest_pause_s` at most; and of an issue for a correction alone, those who
 * are owed it (correction.h). */
struct ledger_stretch {
    int64_t issue_id, newsletter_id;
    int64_t now, longest_pause_s;
    int64_t correction_id; /* 0: an issue like others */
    int64_t after, until;  /* behind this subscriber, and up to that one */
};

/* Forgets the choices of an earlier start, and looks up what corrections such
 * an issue may bring. */
FALLIBLE bool ledger_stretch_begin(struct db *db,
                                   const struct ledger_stretch *stretch,
                                   struct err *err);

/* Moves on to the next stretch; `after` is `until` behind the last one. */
FALLIBLE bool ledger_stretch_next(struct db *db, struct ledger_stretch *stretch,
                                  struct err *err);

/* The different choices of categories ("" is all) and language ("" is the
 * newsletter's), and corrections owed (correction_pick's ids), in a stretch
 * that ledger_choose wasn't told yet; in the arena. */
struct ledger_choice {
    const char *categories, *language, *corrections;
    int64_t variant_id; /* for the caller to set; 0: nothing is chosen */
};
struct ledger_choices {
    struct ledger_choice *items;
    size_t count;
};
FALLIBLE bool ledger_stretch_choices(struct db *db,
                                     const struct ledger_stretch *stretch,
                                     struct arena *arena,
                                     struct ledger_choices *out,
                                     struct err *err);

/* Tells which variant a choice gets. */
FALLIBLE bool ledger_choose(struct db *db, const struct ledger_choice *choice,
                            struct err *err);

/* Puts those of a stretch whose choices were told into the ledger: queued for
 * the choice's variant, or where it has none skipped for `reason`. Part of the
 * caller's transaction. Fails: CONFLICT (somebody is in it already), STORE. */
FALLIBLE bool ledger_stretch_enter(struct db *db,
                                   const struct ledger_stretch *stretch,
                                   const char *reason, int64_t *count,
                                   struct err *err);

/* How many in the whole list get an issue that starts at `now`: nothing is
 * written. */
FALLIBLE bool ledger_count_recipients(struct db *db,
                                      const struct ledger_stretch *whole,
                                      int64_t *count, struct err *err);

/* The corrections that such an issue would bring to one subscriber, as
 * correction_pick's ids; in the arena. */
FALLIBLE bool ledger_corrections_owed(struct db *db,
                                      const struct ledger_stretch *whole,
                                      int64_t subscriber_id,
                                      struct arena *arena, const char **ids,
                                      struct err *err);

/* The issues, not started, in which a start that broke off has left
 * something, or one is under way; in the arena. */
FALLIBLE bool ledger_left_over(struct db *db, struct arena *arena,
                               int64_t **ids, size_t *count, struct err *err);

/* Takes back what a start has put into the ledger of an issue that isn't
 * started, in many short transactions that the lease of the caller's turn
 * protects: no other start is under way. */
FALLIBLE bool ledger_take_back(struct db *db, const struct lease *turn,
                               int64_t issue_id, struct err *err);

/* ---- sending ---- */

/* One waiting delivery with what its message needs. */
struct ledger_entry {
    int64_t subscriber_id;
    int64_t variant_id;
    int64_t attempts;
    int64_t unknowns;   /* of these, without an answer after the final dot */
    int64_t first_at;   /* the first attempt; 0: none yet */
    int64_t refused_at; /* a server last refused it; 0: none did */
    struct strbuf email, name, language;
    unsigned char key[LEDGER_KEY_SIZE];
};

/* A walk through an issue's waiting deliveries: first the queued ones in
 * their order, then those deferred that are due. */
struct ledger_walk {
    int64_t issue_id;
    int64_t after; /* the last subscriber handed out */
    bool queued_done;
    bool queued_only;             /* it ends before those deferred */
    struct ledger_entry *entries; /* read ahead */
    size_t count, next, capacity;
};
#define LEDGER_WALK_INIT(issue) ((struct ledger_walk){.issue_id = (issue)})
void ledger_walk_free(struct ledger_walk *walk);
void ledger_walk_restart(struct ledger_walk *walk); /* from the beginning */

/* Jumps to anywhere in the list; the walk doesn't come back to entries
 * before. */
FALLIBLE bool ledger_walk_jump(struct db *db, struct ledger_walk *walk,
                               struct err *err);

/* The next entry, or NULL (without error) when nothing is due at `now`.
 * Borrowed until the next call. */
FALLIBLE bool ledger_walk_next(struct db *db, struct ledger_walk *walk,
                               int64_t now, struct ledger_entry **out,
                               struct err *err);

enum ledger_claim {
    CLAIM_TAKEN,   /* it is being sent, by the caller */
    CLAIM_SKIPPED, /* it never will be; the reason is on record */
    CLAIM_GONE,    /* it doesn't wait any more */
};

/* Marks it as being sent, if it still waits and the subscriber may still be
 * mailed: subscribed, not suppressed. */
FALLIBLE bool ledger_claim(struct db *db, int64_t issue_id,
                           int64_t subscriber_id, int64_t now,
                           enum ledger_claim *claim, struct err *err);

/* Whether one that was claimed may still be mailed. */
FALLIBLE bool ledger_may_send(struct db *db, int64_t issue_id,
                              int64_t subscriber_id, bool *out,
                              struct err *err);

/* The outcome of a claimed delivery. */
struct ledger_record {
    int64_t issue_id, subscriber_id;
    enum delivery_state state; /* sent, deferred, failed, queued */
    int64_t next_at;           /* deferred: not before */
    bool attempted;            /* counts as an attempt */
    bool unknown;              /* … that ended without an answer */
    int code;
    const char *status, *reply, *relay;
    int64_t now;
};
FALLIBLE bool ledger_record(struct db *db, const struct ledger_record *record,
                            struct err *err);

/* Queues again the deliveries that a dead run left as `sending`: their message
 * may have gone out. *count says how many. */
FALLIBLE bool ledger_recover(struct db *db, int64_t issue_id, int64_t now,
                             int64_t *count, struct err *err);

/* Mends the times of deferred deliveries after a clock was set: those that
 * stand farther ahead than `span_s` are due. And where one is overdue by more
 * than `give_up_s`, the clock was set ahead, or nobody was there to try: that
 * time doesn't count since its first try. (0: it does.) */
FALLIBLE bool ledger_set_clock(struct db *db, int64_t issue_id, int64_t now,
                               int64_t span_s, int64_t give_up_s,
                               struct err *err);

/* Whether an issue under way has something to be done at `now`: a delivery
 * that waits, is left over, is due, or stands farther ahead than `span_s`; or
 * its end. *next_at is when the next deferred one is due, 0: none is.
 * Fails: STORE. */
FALLIBLE bool ledger_due(struct db *db, int64_t issue_id, int64_t now,
                         int64_t span_s, bool *due, int64_t *next_at,
                         struct err *err);

/* After a clock was set back to `now`: deferred deliveries that stand beyond
 * it are due. Fails: STORE. */
FALLIBLE bool ledger_set_back(struct db *db, int64_t now, struct err *err);

/* Skips the deliveries that wait, for `reason`: the issue goes no further. */
FALLIBLE bool ledger_skip_waiting(struct db *db, int64_t issue_id,
                                  const char *reason, int64_t now,
                                  int64_t *count, struct err *err);

/* Tells when the last message of an issue was taken; 0: none was. */
FALLIBLE bool ledger_last_sent(struct db *db, int64_t issue_id, int64_t *at,
                               struct err *err);

/* Fails the deliveries that wait and were first tried at `since` or before, and
 * `tries` times: their last reply stays. */
FALLIBLE bool ledger_give_up(struct db *db, int64_t issue_id, int64_t since,
                             int64_t tries, int64_t now, int64_t *count,
                             struct err *err);

/* Failed ones are queued again, for an editor's --retry-failed. */
FALLIBLE bool ledger_retry_failed(struct db *db, int64_t issue_id, int64_t now,
                                  int64_t *count, struct err *err);

/* ---- asking ---- */

/* The languages that subscribers have chosen, of whichever newsletter; found
 * without a look at each of them. The first 200. In the arena. */
struct ledger_languages {
    const char **names;
    size_t count;
};
FALLIBLE bool ledger_languages(struct db *db, struct arena *arena,
                               struct ledger_languages *out, struct err *err);

struct ledger_counts {
    int64_t recipients;
    int64_t states[DELIVERY_STATE_COUNT];
    int64_t next_at; /* when the next deferred one is due; 0: none */
};
FALLIBLE bool ledger_count(struct db *db, int64_t issue_id,
                           struct ledger_counts *out, struct err *err);

struct ledger_row {
    int64_t subscriber_id;
    const char *email;
    enum delivery_state state;
    int64_t attempts, changed_at, next_at;
    int code;
    const char *status, *reply, *relay;
};
struct ledger_rows {
    struct ledger_row *items; /* in the arena */
    size_t count;
};
/* Lists the deliveries that brought nothing, and why: failed, deferred and
 * skipped. */
FALLIBLE bool ledger_failures(struct db *db, int64_t issue_id,
                              struct arena *arena, struct ledger_rows *out,
                              struct err *err);

/* A page of those in one of these three states, behind a subscriber (0: from
 * the first). */
FALLIBLE bool ledger_failures_page(struct db *db, int64_t issue_id,
                                   enum delivery_state state, int64_t after,
                                   size_t limit, struct arena *arena,
                                   struct ledger_rows *out, struct err *err);

/* A copy: one subscriber's variant of an issue; any subscriber's with id 0. In
 * the arena. Fails: NOT_FOUND. */
struct ledger_copy {
    int64_t variant_id;
    struct str html, text, message;
};
FALLIBLE bool ledger_copy(struct db *db, int64_t issue_id,
                          int64_t subscriber_id, struct arena *arena,
                          struct ledger_copy *out, struct err *err);

/* Appends the browser's copy of what one subscriber got of an issue, or of
 * all of it where `key` (LEDGER_KEY_SIZE) is NULL or unknown; nothing where
 * an issue was started before such copies were kept. Fails: NOT_FOUND. */
FALLIBLE bool ledger_public_copy(struct db *db, int64_t issue_id,
                                 const unsigned char *key, struct strbuf *out,
                                 struct err *err);

/* The parts of that copy: its language, and the ids of its articles in reading
 * order; in the arena. Fails: NOT_FOUND. */
struct ledger_copy_parts {
    int64_t variant_id;
    const char *language;
    const int64_t *article_ids;
    size_t article_count;
};
FALLIBLE bool ledger_public_copy_parts(struct db *db, int64_t issue_id,
                                       const unsigned char *key,
                                       struct arena *arena,
                                       struct ledger_copy_parts *out,
                                       struct err *err);

/* The mails that went to one subscriber, and how: the oldest first. */
struct ledger_mail {
    const char *issue; /* "weekly/12" */
    const char *state; /* delivery_state_name */
    int64_t at;
    int code;
    const char *reply;
    const char *ways; /* that the issue's messages took, of one that is sent;
                         else "" */
};
struct ledger_mails {
    struct ledger_mail *items; /* in the arena */
    size_t count;
};
FALLIBLE bool ledger_reader(struct db *db, int64_t subscriber_id,
                            struct arena *arena, struct ledger_mails *out,
                            struct err *err);

/* Removes what servers said, and which relay it was, of an issue's deliveries
 * that came to an end: states, codes and times stay. In pieces, each a
 * transaction of its own. */
FALLIBLE bool ledger_tidy(struct db *db, int64_t issue_id, struct err *err);

/* The composed message of a variant. Fails: NOT_FOUND. */
FALLIBLE bool ledger_message(struct db *db, int64_t variant_id,
                             struct strbuf *out, struct err *err);

/* ---- erasing --------------------------------------------------------- */

/* Takes the servers' words about somebody away, and what others' servers said
 * of them; how each delivery ended stays. Part of the caller's transaction. */
FALLIBLE bool ledger_erase(struct db *db, const struct erased *who,
                           struct err *err);

#endif
