/* The clock: the only place where the program learns what time it is.
 *
 * Tests hold it still; the environment variable DIGEST_NOW (Unix seconds or
 * RFC 3339) does so for a whole run of the program.
 */
#ifndef DIGEST_BASE_CLOCK_H
#define DIGEST_BASE_CLOCK_H

#include <stdint.h>

/* Wall clock, Unix seconds, UTC. */
int64_t clock_now(void);
int64_t clock_now_ms(void); /* the same in milliseconds */

/* Monotonic milliseconds, for timeouts and rates; never held still. */
int64_t clock_monotonic_ms(void);

/* Holds the wall clock at a time; -1 lets it run again. */
void clock_hold(int64_t unix_seconds);

#endif
