/* Reasons: why a mail didn't arrive, and what each means for the reader. */
#ifndef DIGEST_MESSAGE_REASON_INTERNAL_H
#define DIGEST_MESSAGE_REASON_INTERNAL_H

#include <stdbool.h>

enum refusal_reason {
    REASON_NONE,
    REASON_UNKNOWN_USER, /* no such mailbox */
    REASON_UNKNOWN_HOST, /* no such domain, or it takes no mail */
    REASON_MOVED,        /* the mailbox is somewhere else now */
    REASON_SUSPENDED,    /* disabled, locked, inactive: may come back */
    REASON_FILTERED,     /* turned away after it had been accepted */
    REASON_MAILBOX_FULL,
    REASON_POLICY,  /* spam, reputation, authentication, rate: ours */
    REASON_TOO_BIG, /* our message */
    REASON_CONTENT, /* our message */
    REASON_EXPIRED, /* tried until it was too late */
    REASON_NETWORK,
    REASON_SYSTEM,  /* their machine */
    REASON_DELAYED, /* not given up yet */
    REASON_UNDETERMINED,
    REASON_COUNT,
};

/* "unknown-user", … as they are printed and stored. */
const char *reason_name(enum refusal_reason reason);

/* Whether it says for good that nobody will ever be reached there. */
bool reason_is_hard(enum refusal_reason reason);

/* Whether a soft one counts against the address: it doesn't when the fault
 * is ours, or nothing is settled yet. */
bool reason_counts(enum refusal_reason reason);

/* REASON_NONE for any other word. */
enum refusal_reason reason_find(const char *name);

#endif
