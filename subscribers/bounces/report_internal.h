/* Reports by machines for machines: delivery status notifications (RFC 3464,
 * RFC 6533) and feedback reports (RFC 5965). */
#ifndef SUBSCRIBERS_BOUNCES_REPORT_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_REPORT_INTERNAL_H

#include "subscribers/bounces/mail_internal.h"

/* One recipient of a delivery status; what isn't there is empty. */
struct report_recipient {
    struct str address;    /* the one that was mailed: original, then final */
    struct str action;     /* failed, delayed, delivered, relayed, expanded */
    struct str status;     /* 5.1.1 */
    struct str diagnostic; /* "smtp; 550 …" without its type */
};
struct report {
    struct report_recipient *items; /* in the arena */
    size_t count;
};

/* Reads delivery status fields: blocks between blank lines, or without
 * them. Leaves *out empty where there are none. */
void report_read(struct arena *arena, struct str text, struct report *out);

/* The mail's delivery status: its own part, or fields that stand in its
 * prose. False when it has none. */
bool report_of(struct mail *mail, struct report *out);

struct feedback {
    struct str type;        /* abuse, fraud, opt-out, not-spam … */
    struct str *recipients; /* often redacted, or none */
    size_t count;
};
/* Reads a message/feedback-report; false when the mail has none. */
bool feedback_of(struct mail *mail, struct feedback *out);

/* A field about the message as a whole, of either kind of report:
 * Original-Mail-From (RFC 5965 §3.2), Original-Envelope-Id (RFC 3464 §2.2.1).
 * A view with NULL ptr when there is none. */
struct str report_field(struct mail *mail, const char *name);

/* The complaints that Microsoft sent before it took to RFC 5965: a mail that
 * carries ours, in whose fields X-HmXmrOriginalRecipient says who complains.
 */
bool report_of_hotmail(struct mail *mail, struct str *recipient);

#endif
