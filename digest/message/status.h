/* Enhanced statuses (RFC 3463, RFC 5248 and the IANA registry) and reply
 * codes (RFC 5321 §4.2): found in text, and what they mean. */
#ifndef DIGEST_MESSAGE_STATUS_H
#define DIGEST_MESSAGE_STATUS_H

#include "digest/base/str.h"
#include "digest/message/reason_internal.h"

struct status {
    unsigned class, subject, detail; /* 5.1.1; class 0: none */
};

/* Reads "5.1.1" with nothing behind it. */
bool status_read(struct str text, struct status *out);

/* The first in a text that says more than x.0.0; otherwise the first; class
 * 0 when there is none. Addresses of machines (192.0.2.1) aren't one. */
struct status status_in(struct str text);

/* Whether it says no more than its class: x.0.0, and x.5.0, the "protocol
 * status" that relays put where they know nothing. */
bool status_is_generic(struct status status);

/* The first reply code (400 to 599) in a text, or 0. */
unsigned reply_code_in(struct str text);

/* Whether a word is nothing but a reply code or a status: 550, 550-5.1.1 */
bool status_is_code(struct str word);

/* The meaning of a status: a reason, and the reasons that words beside it may
 * put in its place (bits 1 << reason). */
struct status_meaning {
    enum refusal_reason reason; /* REASON_NONE: ask the words */
    unsigned yields;
};
struct status_meaning status_meaning(struct status status);

/* The meaning of a bare reply code, mostly REASON_NONE. */
enum refusal_reason reply_code_meaning(unsigned code);

#endif
