/* Names the states of subscriptions. */
#include "subscribers/roster/subscriber.h"

#include <string.h>

#include "digest/base/mem.h"

static const char *const names[] = {
    [SUBSCRIPTION_PENDING] = "pending",
    [SUBSCRIPTION_ACTIVE] = "active",
    [SUBSCRIPTION_UNSUBSCRIBED] = "unsubscribed",
    [SUBSCRIPTION_BOUNCED] = "bounced",
    [SUBSCRIPTION_COMPLAINED] = "complained",
};

const char *subscription_state_name(enum subscription_state state)
{
    return names[state];
}

bool subscription_state_find(const char *name, enum subscription_state *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *out = (enum subscription_state)i;
            return true;
        }
    return false;
}
