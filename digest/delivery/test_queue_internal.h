/* Test copies as a queue (queue.h): the same message to a few addresses that
 * an editor named. Nothing is on record but the pace.
 */
#ifndef DIGEST_DELIVERY_TEST_QUEUE_INTERNAL_H
#define DIGEST_DELIVERY_TEST_QUEUE_INTERNAL_H

#include "digest/delivery/build.h"
#include "digest/delivery/queue.h"

struct test_queue {
    const struct build *build; /* borrowed, as all of it is */
    const struct message *message;
    const char *const *emails;
    size_t count, next;
    struct err failed; /* about the first that wasn't delivered */
};

/* The interface to it, which lives as long as the queue. */
struct delivery_queue test_queue_open(struct test_queue *queue);

#endif
