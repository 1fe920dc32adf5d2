/* Verdicts: what a mail in the bounce mailbox means, and for whom.
 *
 * A pure function of the mail. Whom the verdict may touch is decided
 * elsewhere: a recipient named here is what the mail claims.
 */
#ifndef SUBSCRIBERS_BOUNCES_CLASSIFY_H
#define SUBSCRIBERS_BOUNCES_CLASSIFY_H

#include "digest/message/refusal.h"
#include "subscribers/bounces/mail_internal.h"

enum bounce_kind {
    BOUNCE_UNKNOWN, /* not understood: kept aside */
    BOUNCE_HARD,
    BOUNCE_SOFT,
    BOUNCE_COMPLAINT,
    BOUNCE_UNSUBSCRIBE,
    BOUNCE_AUTOREPLY, /* written by a machine, of no consequence */
};
/* "hard", … as they are printed and stored. */
const char *bounce_kind_name(enum bounce_kind kind);

struct bounce_verdict {
    struct str recipient; /* may be empty; in the mail's arena */
    enum bounce_kind kind;
    char status[STATUS_TEXT_SIZE]; /* 5.1.1, or "" */
    const char *reason; /* a word: reason_internal.h's for hard and soft; the
                           type of feedback, or of machine, for the others */
    bool counts;        /* a soft one or a complaint: against the address;
                           otherwise it is about our mail */
    struct str said;    /* what the server said */
};

struct bounce_verdicts {
    struct bounce_verdict *items; /* in the mail's arena; at least one */
    size_t count;
};

void bounce_classify(struct mail *mail, struct bounce_verdicts *out);

#endif
