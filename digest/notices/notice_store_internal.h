/* The outbox in the database. No policy. For the files of this room alone.
 */
#ifndef DIGEST_NOTICES_NOTICE_STORE_INTERNAL_H
#define DIGEST_NOTICES_NOTICE_STORE_INTERNAL_H

#include "digest/base/strbuf.h"
#include "digest/delivery/queue.h"
#include "digest/notices/notices.h"

/* A notice with what queueing adds to it. */
struct notice_record {
    const struct notice *notice;
    const char *to_address, *to_key; /* as they are mailed and compared */
    const char *message_id;
    int64_t now;
};

/* Frees a dedupe key whose time is up, or farther away than its span. */
FALLIBLE bool notice_store_release(struct db *db, const char *dedupe,
                                   int64_t span_s, int64_t now,
                                   struct err *err);
/* *id is 0 where its dedupe key is taken. */
FALLIBLE bool notice_store_add(struct db *db,
                               const struct notice_record *record, int64_t *id,
                               struct err *err);

/* A notice that waits, with all that its message needs. */
struct notice_waiting {
    int64_t id, created_at, attempts, unknowns;
    int64_t first_at; /* the first attempt; 0: none yet */
    int64_t next_at;
    int64_t due_at;     /* its place in the queue */
    int64_t refused_at; /* a server refused it, and it was due again; 0: none
                           did */
    enum notice_kind kind;
    struct strbuf to_address, to_key, to_name, from_name, from_address,
        reply_to, subject, text, html, message_id;
};
void notice_waiting_free(struct notice_waiting *notice);

/* Fills `notice` anew with the first that is due behind it, in the order of
 * when they were due. */
FALLIBLE bool notice_store_read(struct db *db, int64_t now,
                                struct notice_waiting *notice, bool *found,
                                struct err *err);

/* Marks a notice that is due as being sent. *out: it did wait. */
FALLIBLE bool notice_store_claim(struct db *db, int64_t id, int64_t now,
                                 bool *out, struct err *err);

/* Keeps what became of a claimed one; skipped is kept as failed. */
FALLIBLE bool notice_store_record(struct db *db,
                                  const struct queue_outcome *outcome,
                                  struct err *err);

/* Whether a claimed one may still go out: it wasn't removed, and where it is
 * for a reader, its address isn't suppressed. */
FALLIBLE bool notice_store_may_send(struct db *db, int64_t id, bool *out,
                                    struct err *err);

/* Queues again the notices left as `sending`. */
FALLIBLE bool notice_store_recover(struct db *db, int64_t now, int64_t *count,
                                   struct err *err);

/* Mends the times of notices after a clock was set: those that stand farther
 * ahead than any is put off are due, and where one is overdue by more than
 * `give_up_s`, that time doesn't count since its first try. */
FALLIBLE bool notice_store_set_clock(struct db *db, int64_t now,
                                     int64_t give_up_s, struct err *err);

/* Whether anything is due, or left over. */
FALLIBLE bool notice_store_has_work(struct db *db, int64_t now, bool *out,
                                    struct err *err);

/* Whether this relay has taken a notice at or after `since`. */
FALLIBLE bool notice_store_relay_took(struct db *db, const char *relay,
                                      int64_t since, bool *out,
                                      struct err *err);

/* `to_key` stands for the filter's to_address; NULL: any. */
FALLIBLE bool notice_store_find(struct db *db,
                                const struct notice_filter *filter,
                                const char *to_key, struct arena *arena,
                                struct notice_rows *out, struct err *err);

#endif
