/* A connection to a mail server: over TLS, with a certificate that holds, and
 * with a measure of what the server may still say. For this room only.
 *
 * libetpan takes in whatever a server announces. Here each answer has its
 * limit, and a server that says more is hung up on.
 */
#ifndef SUBSCRIBERS_BOUNCES_STREAM_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_STREAM_INTERNAL_H

#include "subscribers/bounces/mailbox_kind_internal.h"

/* The answer to a command that fetches no mail. */
enum { STREAM_ANSWER_MAX = 4 << 20 };

struct stream;

/* Connects; nothing was said or heard when it returns. Waits without end:
 * whoever calls watches the time. Fails: TEMPORARY, PERMANENT and CONFIG (the
 * certificate). */
FALLIBLE bool stream_open(const struct mailbox_place *place,
                          struct stream **out, struct err *err);
/* A mailstream of libetpan, to be handed to a session, which frees it. */
void *stream_etpan(struct stream *stream);

/* Allows the server so many bytes from here on. */
void stream_allow(struct stream *stream, size_t bytes);
/* Whether the server said more than it may. */
bool stream_overran(const struct stream *stream);

#endif
