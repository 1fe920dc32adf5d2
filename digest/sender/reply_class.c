/* Classifies replies by a table of codes, statuses and phrases. */
#include "digest/sender/reply_class.h"

#include <string.h>

#include "digest/base/mem.h"

/* Replies about the relay itself, or that ask it to go slower; `code` 0 and
 * `status` NULL match any, a status ending in '.' all that begin so, and the
 * first row wins. Sources: RFC 3463 §3, RFC 5248's registry, RFC 5321 §4.2. */
static const struct {
    int code;
    const char *status;
    enum reply_class class;
} rows[] = {
    {421, NULL, REPLY_PACE},    {0, "4.7.28", REPLY_PACE},
    {0, "4.4.5", REPLY_PACE},   /* congestion */
    {0, "4.5.3", REPLY_PACE},   /* too many recipients */
    {0, "4.3.2", REPLY_PACE},   /* the system takes no messages now */
    {0, "5.1.7", REPLY_RELAY},  /* our envelope sender's form */
    {0, "5.1.8", REPLY_RELAY},  /* our envelope sender's host */
    {0, "4.2.", REPLY_MAILBOX}, /* whatever is wrong, it may pass */
    {0, "5.5.", REPLY_RELAY},   /* the protocol: ours to mend */
    {0, "5.7.8", REPLY_RELAY},  /* wrong password */
    {0, "5.7.9", REPLY_RELAY},  /* weak AUTH */
    {0, "5.7.", REPLY_POLICY},  {0, "4.7.", REPLY_POLICY},
    {530, NULL, REPLY_RELAY},   {535, NULL, REPLY_RELAY},
    {552, "", REPLY_MESSAGE}, /* without a status: mostly its size */
    {555, NULL, REPLY_RELAY}, /* parameters not known */
    {500, NULL, REPLY_RELAY},   {501, NULL, REPLY_RELAY},
    {502, NULL, REPLY_RELAY},   {503, NULL, REPLY_RELAY},
    {504, NULL, REPLY_RELAY},
};

static bool status_matches(const char *pattern, const char *status)
{
    size_t length = strlen(pattern);
    if (length && pattern[length - 1] == '.')
        return strncmp(status, pattern, length) == 0;
    return strcmp(status, pattern) == 0;
}

void reply_judge(int code, const char *status, const char *text,
                 struct refusal *out)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    if (code)
        strbuf_add_format(&line, "%d ", code);
    strbuf_add_format(&line, "%s %s", status, text);
    struct refusal_clue clue = {.diagnostic = str_trim(strbuf_str(&line))};
    refusal_judge(&clue, out);
}

static enum reply_class class_of(enum refusal_reason reason, bool is_permanent)
{
    switch (reason) {
    case REASON_MAILBOX_FULL:
    case REASON_SUSPENDED:
        return REPLY_MAILBOX;
    case REASON_TOO_BIG:
    case REASON_CONTENT:
        return REPLY_MESSAGE;
    case REASON_POLICY:
        return REPLY_POLICY;
    default:
        return is_permanent ? REPLY_PERMANENT : REPLY_TEMPORARY;
    }
}

enum reply_class reply_classify(int code, const char *status, const char *text)
{
    struct refusal refusal;
    if (code / 100 == 2)
        return REPLY_ACCEPTED;
    reply_judge(code, status, text, &refusal);
    if (refusal.hard)
        return REPLY_ADDRESS;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (rows[i].code && rows[i].code != code)
            continue;
        if (!rows[i].status || status_matches(rows[i].status, status))
            return rows[i].class;
    }
    return class_of(refusal.reason, code / 100 == 5 || status[0] == '5');
}

const char *reply_class_name(enum reply_class class)
{
    static const char *const names[] = {
        [REPLY_ACCEPTED] = "accepted",   [REPLY_ADDRESS] = "address",
        [REPLY_MAILBOX] = "mailbox",     [REPLY_MESSAGE] = "message",
        [REPLY_POLICY] = "policy",       [REPLY_PACE] = "pace",
        [REPLY_RELAY] = "relay",         [REPLY_TEMPORARY] = "temporary",
        [REPLY_PERMANENT] = "permanent",
    };
    return names[class];
}

enum sender_outcome reply_outcome(enum sender_stage stage, int code)
{
    if (code / 100 == 2)
        return SENDER_SENT;
    if (code == 552 && stage == STAGE_RCPT)
        return SENDER_DEFERRED;
    return code / 100 == 5 ? SENDER_FAILED : SENDER_DEFERRED;
}
