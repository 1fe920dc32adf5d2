/* Recording: what a mail's verdict changes, in one transaction a mail.
 *
 * Hard bounces and complaints end subscriptions and suppress the address; a
 * mail that asks to unsubscribe, with our token or from a sender whom our mail
 * server vouches for, unsubscribes; soft bounces count, and end
 * it after several issues in a row; refusals for policy are for the operator.
 * A mail that proves nothing about anybody changes nobody: it is kept aside.
 * Reading a mail again changes nothing.
 */
#ifndef SUBSCRIBERS_BOUNCES_RECORD_H
#define SUBSCRIBERS_BOUNCES_RECORD_H

#include "digest/store/db.h"
#include "subscribers/bounces/classify.h"
#include "subscribers/consent/consent.h"
#include "subscribers/tokens/tokens.h"

/* The tally of a run's mails. Its numbers add up to `read`. */
struct bounce_tally {
    size_t read;
    size_t hard;       /* suppressed at once */
    size_t soft;       /* counted */
    size_t given_up;   /* soft too often: suppressed */
    size_t complained; /* suppressed at once */
    size_t unsubscribed;
    size_t policy; /* refused or reported for our own sake; told to the
                      operator */
    size_t delayed;
    size_t ignored; /* autoreplies and the like */
    size_t again;   /* had been read before */
    size_t aside;   /* not understood, or without proof */
};

struct bounce_recorder {
    struct db *db;
    const struct token_keys *keys;
    int64_t soft_limit;       /* issues in a row; 0: 4 */
    int64_t now;              /* Unix seconds */
    const char *authserv_id;  /* of the mail server that receives for us; NULL:
                                 nobody vouches for senders */
    const volatile int *stop; /* not 0: stop; NULL: never */
};

/* The least time that the issues in a row must span. */
enum { BOUNCE_SOFT_SPAN_S = 14 * 24 * 60 * 60 };

/* An issue that an address refused for a reason that may pass. */
struct bounce_soft {
    int64_t subscriber_id;
    const char *status, *reason, *said; /* 4.2.2, "mailbox-full", words */
    int64_t limit;                      /* issues in a row; 0: 4 */
};

/* Counts it for the issue of the origin, once for each issue. After so many
 * in a row, over at least BOUNCE_SOFT_SPAN_S, the address is given up, as by
 * a hard bounce. Part of the caller's transaction, or one of its own. */
FALLIBLE bool bounce_count_soft(struct db *db, const struct bounce_soft *soft,
                                const struct consent_origin *origin,
                                bool *given_up, struct err *err);

/* Reads, judges and records one mail; committed durably when it returns
 * true. Fails: STORE, TEMPORARY (also stopped), IO. */
FALLIBLE bool bounce_record(const struct bounce_recorder *recorder,
                            struct str source, struct bounce_tally *tally,
                            struct err *err);

#endif
