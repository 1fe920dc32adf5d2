/* Holds the table of reasons why a mail didn't arrive. */
#include "digest/message/reason_internal.h"

#include <string.h>

#include "digest/base/mem.h"

static const struct {
    const char *name;
    bool hard, counts;
} reasons[] = {
    [REASON_NONE] = {"", false, false},
    [REASON_UNKNOWN_USER] = {"unknown-user", true, true},
    [REASON_UNKNOWN_HOST] = {"unknown-host", true, true},
    [REASON_MOVED] = {"moved", true, true},
    [REASON_SUSPENDED] = {"suspended", false, true},
    [REASON_FILTERED] = {"filtered", false, true},
    [REASON_MAILBOX_FULL] = {"mailbox-full", false, true},
    [REASON_POLICY] = {"policy", false, false},
    [REASON_TOO_BIG] = {"too-big", false, false},
    [REASON_CONTENT] = {"content", false, false},
    [REASON_EXPIRED] = {"expired", false, true},
    [REASON_NETWORK] = {"network", false, true},
    [REASON_SYSTEM] = {"system", false, true},
    [REASON_DELAYED] = {"delayed", false, false},
    [REASON_UNDETERMINED] = {"undetermined", false, true},
};
_Static_assert(ARRAY_SIZE(reasons) == REASON_COUNT, "a row for each reason");

const char *reason_name(enum refusal_reason reason)
{
    return reasons[reason].name;
}

bool reason_is_hard(enum refusal_reason reason)
{
    return reasons[reason].hard;
}

bool reason_counts(enum refusal_reason reason)
{
    return reasons[reason].counts;
}

enum refusal_reason reason_find(const char *name)
{
    for (int i = 1; i < REASON_COUNT; i++)
        if (strcmp(name, reasons[i].name) == 0)
            return (enum refusal_reason)i;
    return REASON_NONE;
}
