/* Links of the transports that connect to nothing: always open, one message
 * at a time, carried out in go(). */
#ifndef DIGEST_SENDER_LOCAL_LINK_INTERNAL_H
#define DIGEST_SENDER_LOCAL_LINK_INTERNAL_H

#include "digest/sender/transport_internal.h"

struct local_link {
    struct link base;
    struct sender_job *job;
    bool done;
    struct verdict verdict;
};

struct link *local_link_create(struct transport *transport);
void local_link_destroy(struct link *link);
void local_link_open(struct link *link, int64_t now_ms);
void local_link_read(struct link *link, int64_t now_ms);
bool local_link_ready(const struct link *link);
void local_link_bind(struct link *link, struct sender_job *job);
bool local_link_verdict(struct link *link, struct verdict *verdict);
void local_link_leave(struct link *link, int64_t now_ms);
void local_link_drop(struct link *link, const char *why);

/* The message in hand, when there is one to carry out; else NULL. */
struct sender_job *local_link_job(struct link *link);

/* Notes that the message was kept: the verdict is SENT. */
void local_link_sent(struct link *link, const char *text);

/* Notes that the message could not be kept: the connection closes with this
 * fault, and the message goes back untouched. */
void local_link_fail(struct link *link, const struct err *fault);

#endif
