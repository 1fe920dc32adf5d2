/* The clock: the only place where the program learns what time it is.
 *
 * Tests hold it still; the environment variable DIGEST_NOW (Unix seconds or
 * RFC 3339) does so for a whole run of the program. DIGEST_NOW=@FILE sets the
 * wall clock of a running program: the file, which is read each time, holds
 * by how many seconds it is ahead (or behind, below zero).
 *
 * A machine's wall clock is set back and forward. So rates and limits are
 * counted by the monotonic clock, and a deadline that is kept for another run
 * is asked for with clock_is_due.
 */
#ifndef DIGEST_BASE_CLOCK_H
#define DIGEST_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Wall clock, Unix seconds, UTC. */
int64_t clock_now(void);
int64_t clock_now_ms(void); /* the same in milliseconds */

/* Monotonic milliseconds, for timeouts, rates and limits. */
int64_t clock_monotonic_ms(void);

/* Whether a deadline has come that was set at most `span_s` ahead. One that
 * is farther away was set by a clock that was ahead, and is void. */
bool clock_is_due(int64_t deadline, int64_t span_s, int64_t now);

/* Holds the wall clock at a time, or the monotonic one at milliseconds; -1
 * lets it run again. */
void clock_hold(int64_t unix_seconds);
void clock_hold_monotonic(int64_t ms);

#endif
