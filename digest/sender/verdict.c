/* Makes verdicts of replies and of faults on a connection. */
#include "digest/sender/verdict_internal.h"

#include <stdio.h>

#include "digest/base/mem.h"
#include "digest/sender/reply_class.h"

void verdict_say(struct verdict *verdict, enum sender_outcome outcome,
                 enum sender_stage stage, const char *status, const char *text)
{
    verdict->outcome = outcome;
    verdict->stage = stage;
    verdict->code = 0;
    snprintf(verdict->status, sizeof verdict->status, "%s", status);
    snprintf(verdict->text, sizeof verdict->text, "%s", text);
}

void verdict_from_reply(struct verdict *verdict, enum sender_stage stage,
                        const struct smtp_reply *reply)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    smtp_reply_text(reply, VERDICT_TEXT_MAX - 1, &text);
    verdict_say(verdict, reply_outcome(stage, reply->code), stage,
                reply->status, strbuf_text(&text));
    verdict->code = reply->code;
}
