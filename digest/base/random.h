/* Random bytes from the kernel; a test holds them still.
 *
 * DIGEST_SEED in the environment makes the whole run repeatable. It is for
 * tests alone: keys made that way are guessable.
 */
#ifndef DIGEST_BASE_RANDOM_H
#define DIGEST_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fit for keys. Ends the process if the kernel has none to give. */
void random_bytes(void *out, size_t length);

/* Uniform in [0, below); below > 0. */
uint32_t random_below(uint32_t below);

/* Makes the bytes a fixed sequence from here on, which follows from `seed`. */
void random_hold(uint64_t seed);

#endif
