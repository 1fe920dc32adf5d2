/* Bytes still to be written to a server: commands, then perhaps a message, then
 * perhaps more commands, in this order.
 *
 * The message is borrowed, not copied: its pieces go out as they lie in
 * memory, with a dot put before each line that begins with one (RFC 5321
 * §4.5.2). So one system call carries the commands, the message and the
 * dot that ends it.
 */
#ifndef DIGEST_SENDER_OUTFLOW_INTERNAL_H
#define DIGEST_SENDER_OUTFLOW_INTERNAL_H

#include <stdbool.h>
#include <sys/uio.h>

#include "digest/base/strbuf.h"

struct outflow {
    struct strbuf head, tail;
    size_t head_at, tail_at;
    struct str message; /* ptr NULL: none */
    size_t message_at;
    size_t dot_at; /* the next line that begins with a dot, or the end */
    bool dot_added;
};

/* Commands, after all that is there. */
void outflow_add(struct outflow *flow, struct str commands);

/* A message and the line with its final dot. Only when no other message is
 * under way. Lives until: outflow_message_pending() is false. */
void outflow_add_message(struct outflow *flow, struct str message);

/* The next pieces, at most `max`; 0 when nothing is left. */
int outflow_pieces(const struct outflow *flow, struct iovec *pieces, int max);

/* `length` bytes of those pieces were written. */
void outflow_sent(struct outflow *flow, size_t length);

bool outflow_empty(const struct outflow *flow);

/* Whether part of a message, its final dot included, is still here. */
bool outflow_message_pending(const struct outflow *flow);

void outflow_clear(struct outflow *flow);
void outflow_free(struct outflow *flow);

#endif
