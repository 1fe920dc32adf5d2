/* Retrying: when a message that wasn't taken is tried again, and when it is
 * given up. Pure, but for the chance in the delays.
 */
#ifndef DIGEST_DELIVERY_RETRY_H
#define DIGEST_DELIVERY_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/* The longest delay, give or take a fifth: no next try is farther ahead. */
enum {
    RETRY_LONGEST_S = 4 * 3600,
    RETRY_SPAN_S = RETRY_LONGEST_S + RETRY_LONGEST_S / 5,
};

/* Seconds after so many tries: 5 minutes, doubled for each, up to 4 hours,
 * give or take a fifth (RFC 5321 §4.5.4.1). */
int64_t retry_delay(int64_t tries);

/* How many tries come before a message is given up, whatever the clock says:
 * two, or as many as fit into half of a shorter time. */
int64_t retry_tries(int64_t give_up_after);

/* Whether a message was tried for so long, and so often, that it is given up.
 * `tries` are those before this one. A first try that is still to come was
 * made by a clock that was ahead: then the tries alone count. */
bool retry_is_over(int64_t first_at, int64_t tries, int64_t give_up_after,
                   int64_t now);

#endif
