/* The conductor: runs one issue through the rooms.
 *
 * It freezes an issue (selection, texts, Date, recipients), then carries
 * its deliveries from the ledger to the sender and the answers back. What
 * the ledger says decides; a run that died is carried on from there.
 */
#ifndef DIGEST_DELIVERY_CONDUCTOR_H
#define DIGEST_DELIVERY_CONDUCTOR_H

#include "digest/base/conf.h"
#include "digest/issues/issue.h"
#include "digest/ledger/ledger.h"
#include "digest/renderer/render.h"
#include "subscribers/tokens/tokens.h"

/* A conductor: all that a run needs; borrowed. */
struct conductor {
    const struct conf *conf;
    struct db *db;
    struct template_set *templates;
    const struct token_keys *keys;
    int64_t now; /* 0: the clock's */
    bool anyway; /* starts in spite of errors that lint finds */
};

/* The report of starting an issue: what that did, or would do. */
struct start_report {
    int64_t recipients;
    int64_t variants;
    int64_t withdrawn;         /* articles removed since it was drafted */
    struct render_notes notes; /* on the longest variant */
};
void start_report_free(struct start_report *report); /* for OWNED */

/* Freezes an issue and its recipients: draft or scheduled becomes sending.
 * Nobody else waits for the database while that goes on: variants and
 * recipients are put into the ledger in short transactions, and the last one
 * starts the issue, or it isn't started. With `dry_run` all is done but
 * stored. Fails: CONFLICT (its state, or it is changed again and again),
 * TEMPORARY (another process starts it), INPUT (nobody to send to, nothing in
 * it; what lint takes for an error, unless `anyway`), what rendering and
 * composing fail with, STORE. */
FALLIBLE bool conductor_start(const struct conductor *conductor,
                              const struct issue *issue, bool dry_run,
                              struct start_report *report, struct err *err);

/* How many get an issue that starts at `at`. Fails: STORE. */
FALLIBLE bool conductor_recipients(struct db *db, const struct issue *issue,
                                   int64_t at, int64_t *count, struct err *err);

/* Whether there is something that starts left which broke off, and taking it
 * back where nobody is at it. */
FALLIBLE bool conductor_start_left(const struct conductor *conductor, bool *out,
                                   struct err *err);
FALLIBLE bool conductor_take_back(const struct conductor *conductor,
                                  struct err *err);

struct send_report {
    struct ledger_counts counts;             /* at the end */
    int64_t sent, deferred, failed, skipped; /* by this run */
    int64_t recovered; /* left over from a run that died: their message may
                          arrive twice */
    bool finished;     /* the issue is sent */
    bool stopped;      /* paused, cancelled or interrupted */
};

/* A caller's watch over a run: its progress, and the wish to stop. */
struct send_watch {
    /* Called twice a second; NULL: not. */
    void (*progress)(void *context, const struct send_report *report);
    void *context;
    /* Set by signals. 1: finish what is on the wire (45 s at the longest) and
     * return; 2: return now. What was broken off after its final dot is
     * recorded as having no answer. NULL: none */
    const volatile int *stop;
};

/* Sends what waits of an issue that was started: queued ones, and deferred
 * ones that are due. Another process at the same issue makes it step aside
 * (TEMPORARY). Fails: CONFLICT (its state), what the sender fails with,
 * STORE. The report is filled in any case. */
FALLIBLE bool conductor_send(const struct conductor *conductor,
                             const struct issue *issue,
                             const struct send_watch *watch,
                             struct send_report *report, struct err *err);

/* Queues again the deliveries that a dead run left as `sending`, unless a run
 * is under way. */
FALLIBLE bool conductor_recover(const struct conductor *conductor,
                                int64_t issue_id, struct err *err);

/* Queues failed deliveries again, and makes a sent issue one that is being
 * sent: the next run goes on with it. *count counts them. Fails: CONFLICT (its
 * state), NOT_FOUND (none has failed). */
FALLIBLE bool conductor_retry(const struct conductor *conductor,
                              const struct issue *issue, int64_t *count,
                              struct err *err);

/* ---- previews: nothing is recorded, links are inert ---- */

enum show_as { SHOW_HTML, SHOW_TEXT, SHOW_EML };

/* Appends an issue as a reader gets it: `email` for one subscriber's copy,
 * NULL for everybody's. What was sent is shown as it was sent. Fails:
 * NOT_FOUND (no such subscriber), what rendering fails with. */
FALLIBLE bool conductor_show(const struct conductor *conductor,
                             const struct issue *issue, enum show_as as,
                             const char *email, struct strbuf *out,
                             struct err *err);

/* Appends everybody's message as a reader of a language ("": the
 * newsletter's) gets it. */
FALLIBLE bool conductor_show_in(const struct conductor *conductor,
                                const struct issue *issue, const char *language,
                                struct strbuf *out, struct err *err);

/* How long an issue's copy for everybody is, and what was done about it. */
FALLIBLE bool conductor_measure(const struct conductor *conductor,
                                const struct issue *issue,
                                struct render_notes *notes, struct err *err);

/* Appends the public copy as HTML: of what the subscriber with that key got,
 * or with NULL of all of it. What was started is shown as it was frozen,
 * without what was withdrawn since, and with what was corrected.
 * `archive_url` is where the other issues are. */
FALLIBLE bool conductor_public_html(const struct conductor *conductor,
                                    const struct issue *issue,
                                    const unsigned char *subscriber_key,
                                    const char *archive_url, struct strbuf *out,
                                    struct err *err);

/* Sends test copies to addresses that need not subscribe. Fails: INPUT (one of
 * them is no address), CONFLICT (one is suppressed, was forgotten, or has left
 * this newsletter), in which cases none is mailed; and as sending does. */
FALLIBLE bool conductor_test(const struct conductor *conductor,
                             const struct issue *issue,
                             const char *const *emails, size_t count,
                             struct err *err);

#endif
