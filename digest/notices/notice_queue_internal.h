/* The program's own mails as a queue (digest/delivery/queue.h). For the files
 * of this room alone.
 */
#ifndef DIGEST_NOTICES_NOTICE_QUEUE_INTERNAL_H
#define DIGEST_NOTICES_NOTICE_QUEUE_INTERNAL_H

#include "digest/delivery/queue.h"
#include "digest/delivery/signers.h"
#include "digest/notices/notice_store_internal.h"

struct notice_queue {
    struct db *db;
    const char *return_path; /* the envelope sender; NULL: each one's own */
    struct signers signers;
    struct notice_waiting notice; /* the last that was read */
    struct strbuf composed;
};
void notice_queue_free(struct notice_queue *queue); /* for OWNED */

/* The interface to it, which lives as long as the queue. */
struct delivery_queue notice_queue_open(struct notice_queue *queue);

#endif
