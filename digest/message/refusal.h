/* Refusals: what it means that a mail system doesn't take a message.
 *
 * One judgement for what a server says in the dialogue and for what comes
 * back as a report, so that the same words have the same consequence.
 * Sources: RFC 3463, RFC 5248 and the IANA registry; RFC 5321 §4.2.
 */
#ifndef DIGEST_MESSAGE_REFUSAL_H
#define DIGEST_MESSAGE_REFUSAL_H

#include "digest/base/str.h"
#include "digest/message/reason_internal.h"

enum { STATUS_TEXT_SIZE = 40 };

/* The clues to a refusal's reason, from the surest to the vaguest; each may be
 * empty. */
struct refusal_clue {
    struct str status;     /* of the report */
    struct str diagnostic; /* the server's own words, codes included */
    struct str context;    /* what the report says around them */
    bool delayed;          /* the reporter says that it goes on trying */
};

struct refusal {
    enum refusal_reason reason;
    bool hard;   /* nobody will ever be reached at this address */
    bool counts; /* a soft one, against the address */
    char status[STATUS_TEXT_SIZE]; /* 5.1.1, or "" */
};

/* Pure. */
void refusal_judge(const struct refusal_clue *clue, struct refusal *out);

#endif
