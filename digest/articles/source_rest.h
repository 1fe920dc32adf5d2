/* How long what couldn't be fetched is left alone. */
#ifndef DIGEST_ARTICLES_SOURCE_REST_H
#define DIGEST_ARTICLES_SOURCE_REST_H

#include <stdint.h>

/* The longest rest. */
enum { SOURCE_REST_S = 24 * 3600 };

/* Seconds of rest after so many failures in a row: a quarter of an hour,
 * doubled each time, a day at most. */
int64_t source_rest_s(int64_t failures);

#endif
