/* A verdict: the outcome of one message, as a connection knows it. */
#ifndef DIGEST_SENDER_VERDICT_INTERNAL_H
#define DIGEST_SENDER_VERDICT_INTERNAL_H

#include "digest/sender/sender.h"
#include "digest/sender/smtp_reply_internal.h"

enum { VERDICT_TEXT_MAX = 512 };

struct verdict {
    struct sender_job *job;
    enum sender_outcome outcome; /* RETURNED: the server said nothing of it */
    enum sender_stage stage;
    int code;
    char status[16];
    char text[VERDICT_TEXT_MAX];
};

/* Sets a verdict without a reply, in our own words. */
void verdict_say(struct verdict *verdict, enum sender_outcome outcome,
                 enum sender_stage stage, const char *status, const char *text);

/* Sets a verdict from a reply; the outcome follows from the code and the
 * stage. */
void verdict_from_reply(struct verdict *verdict, enum sender_stage stage,
                        const struct smtp_reply *reply);

#endif
