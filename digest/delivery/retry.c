/* Computes when a message is tried again, or given up. */
#include "digest/delivery/retry.h"

#include "digest/base/random.h"

enum { SHORTEST_S = 300 };

static int64_t plain_delay(int64_t tries)
{
    int64_t delay = SHORTEST_S;
    for (int64_t i = 0; i < tries && delay < RETRY_LONGEST_S; i++)
        delay *= 2;
    return delay < RETRY_LONGEST_S ? delay : RETRY_LONGEST_S;
}

int64_t retry_delay(int64_t tries)
{
    int64_t delay = plain_delay(tries);
    uint32_t spread = (uint32_t)(delay * 2 / 5);
    return delay - spread / 2 + random_below(spread + 1);
}

static int64_t tries_for(int64_t seconds)
{
    int64_t tries = 0, waited = 0;
    while (waited < seconds && tries < 1000)
        waited += plain_delay(tries++);
    return tries;
}

int64_t retry_tries(int64_t give_up_after)
{
    enum { AT_LEAST = 2 };
    int64_t tries = tries_for(give_up_after / 2);
    return tries < AT_LEAST ? tries : AT_LEAST;
}

bool retry_is_over(int64_t first_at, int64_t tries, int64_t give_up_after,
                   int64_t now)
{
    if (first_at > now)
        return tries >= tries_for(give_up_after);
    return now - first_at >= give_up_after &&
           tries >= retry_tries(give_up_after);
}
