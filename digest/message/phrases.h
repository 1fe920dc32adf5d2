/* Phrases: what mail systems say when they refuse, as a table. */
#ifndef DIGEST_MESSAGE_PHRASES_H
#define DIGEST_MESSAGE_PHRASES_H

#include "digest/base/str.h"
#include "digest/message/reason_internal.h"

/* The reason that the words of a text (of any case, with addresses and codes
 * among them) speak for; REASON_NONE when they say nothing known. */
enum refusal_reason phrases_reason(struct str text);

/* The step of the SMTP dialogue that the refusal came at. */
enum refusal_stage {
    STAGE_UNKNOWN,
    STAGE_CONNECT,
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA, /* the recipient had been accepted */
};
enum refusal_stage phrases_stage(struct str text);

/* Whether the text says that some mail didn't arrive. */
bool phrases_failure(struct str text);

/* Whether the text says that it is only a warning and delivery goes on. */
bool phrases_delayed(struct str text);

#endif
