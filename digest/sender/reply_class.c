#include "digest/sender/reply_class.h"

#include <string.h>

#include "digest/base/mem.h"

/* `code` 0 and `status` NULL match any; a status ending in '.' matches all
 * that begin so. Sources: RFC 3463 §3, RFC 5248's registry, RFC 7372, RFC
 * 7504, RFC 7505, RFC 6531 §3.5. */
static const struct {
    int code;
    const char *status;
    enum reply_class class;
} rows[] = {
    {421, NULL, REPLY_PACE},
    {0, "4.7.28", REPLY_PACE},
    {0, "4.4.5", REPLY_PACE},     /* congestion */
    {0, "4.5.3", REPLY_PACE},     /* too many recipients */
    {0, "4.3.2", REPLY_PACE},     /* the system takes no messages now */
    {0, "5.1.1", REPLY_ADDRESS},  /* no such mailbox */
    {0, "5.1.2", REPLY_ADDRESS},  /* no such host */
    {0, "5.1.3", REPLY_ADDRESS},  /* the address's form */
    {0, "5.1.6", REPLY_ADDRESS},  /* moved, no forwarding */
    {0, "5.1.10", REPLY_ADDRESS}, /* null MX */
    {0, "5.2.1", REPLY_ADDRESS},  /* disabled, for good */
    {0, "5.1.7", REPLY_RELAY},    /* our envelope sender's form */
    {0, "5.1.8", REPLY_RELAY},    /* our envelope sender's host */
    {0, "5.2.2", REPLY_MAILBOX},  /* full */
    {0, "4.2.", REPLY_MAILBOX},
    {0, "5.2.3", REPLY_MESSAGE}, /* too long for the mailbox */
    {0, "5.3.4", REPLY_MESSAGE}, /* too long for the system */
    {0, "5.6.", REPLY_MESSAGE},
    {0, "4.6.", REPLY_MESSAGE},
    {0, "5.5.", REPLY_RELAY}, /* the protocol: ours to mend */
    {0, "5.7.0", REPLY_POLICY},
    {0, "5.7.8", REPLY_RELAY}, /* wrong password */
    {0, "5.7.9", REPLY_RELAY}, /* weak AUTH */
    {0, "5.7.", REPLY_POLICY},
    {0, "4.7.", REPLY_POLICY},
    {556, NULL, REPLY_ADDRESS}, /* null MX */
    {521, NULL, REPLY_ADDRESS}, /* the host takes no mail */
    {530, NULL, REPLY_RELAY},
    {535, NULL, REPLY_RELAY},
    {552, NULL, REPLY_MESSAGE},
    {555, NULL, REPLY_RELAY}, /* parameters not known */
    {500, NULL, REPLY_RELAY},
    {501, NULL, REPLY_RELAY},
    {502, NULL, REPLY_RELAY},
    {503, NULL, REPLY_RELAY},
    {504, NULL, REPLY_RELAY},
};

static bool status_matches(const char *pattern, const char *status)
{
    size_t length = strlen(pattern);
    if (pattern[length - 1] == '.')
        return strncmp(status, pattern, length) == 0;
    return strcmp(status, pattern) == 0;
}

enum reply_class reply_classify(int code, const char *status)
{
    if (code / 100 == 2)
        return REPLY_ACCEPTED;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (rows[i].code && rows[i].code != code)
            continue;
        if (!rows[i].status || status_matches(rows[i].status, status))
            return rows[i].class;
    }
    return code / 100 == 5 || status[0] == '5' ? REPLY_PERMANENT
                                               : REPLY_TEMPORARY;
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
