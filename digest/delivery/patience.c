#include "digest/delivery/patience.h"

#include "digest/base/random.h"

enum { SHORTEST_S = 300 };

static int64_t plain_delay(int64_t tries)
{
    int64_t delay = SHORTEST_S;
    for (int64_t i = 0; i < tries && delay < PATIENCE_LONGEST_S; i++)
        delay *= 2;
    return delay < PATIENCE_LONGEST_S ? delay : PATIENCE_LONGEST_S;
}

int64_t patience_delay(int64_t tries)
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

int64_t patience_tries(int64_t give_up_after)
{
    enum { AT_LEAST = 2 };
    int64_t tries = tries_for(give_up_after / 2);
    return tries < AT_LEAST ? tries : AT_LEAST;
}

bool patience_is_over(int64_t first_at, int64_t tries, int64_t give_up_after,
                      int64_t now)
{
    if (first_at > now)
        return tries >= tries_for(give_up_after);
    return now - first_at >= give_up_after &&
           tries >= patience_tries(give_up_after);
}
