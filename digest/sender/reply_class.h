/* Classes of replies: what one means for the message, recipient and relay.
 *
 * The code decides whether to try again; the enhanced status code (RFC 3463,
 * IANA's registry) and the words say whose fault it is.
 */
#ifndef DIGEST_SENDER_REPLY_CLASS_H
#define DIGEST_SENDER_REPLY_CLASS_H

#include "digest/message/refusal.h"
#include "digest/sender/sender.h"

enum reply_class {
    REPLY_ACCEPTED,  /* 2xx */
    REPLY_ADDRESS,   /* the address is dead: 5.1.1, 5.1.6, 5.1.10 … */
    REPLY_MAILBOX,   /* the mailbox is full or disabled for now */
    REPLY_MESSAGE,   /* its size, its form, its encoding */
    REPLY_POLICY,    /* spam, authentication, reputation: never the reader's
                        fault */
    REPLY_PACE,      /* slower, please: 421, 4.7.x rates, too many */
    REPLY_RELAY,     /* the relay itself: not permitted, not configured */
    REPLY_TEMPORARY, /* other 4xx */
    REPLY_PERMANENT, /* other 5xx: undetermined */
};

/* Classifies a reply. Whether the address is at fault, and for good, is judged
 * as in returned mail (message/refusal.h). `status` and `text` may be "".
 * Pure. */
enum reply_class reply_classify(int code, const char *status, const char *text);

/* Judges a reply as returned mail is judged. */
void reply_judge(int code, const char *status, const char *text,
                 struct refusal *out);

/* "address", "policy" …: for the ledger and for logs. */
const char *reply_class_name(enum reply_class class);

/* The outcome that a reply at this stage gives a message. 552 to RCPT means
 * "too many recipients" and is temporary (RFC 5321 §4.5.3.1.10). */
enum sender_outcome reply_outcome(enum sender_stage stage, int code);

#endif
