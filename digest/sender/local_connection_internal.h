/* Connections of the transports that connect to nothing: always open, one
 * message at a time, carried out in go(). */
#ifndef DIGEST_SENDER_LOCAL_CONNECTION_INTERNAL_H
#define DIGEST_SENDER_LOCAL_CONNECTION_INTERNAL_H

#include "digest/sender/transport_internal.h"

struct local_connection {
    struct connection base;
    struct sender_job *job;
    bool done;
    struct verdict verdict;
};

struct connection *local_connection_create(struct transport *transport);
void local_connection_destroy(struct connection *connection);
void local_connection_open(struct connection *connection, int64_t now_ms);
void local_connection_read(struct connection *connection, int64_t now_ms);
bool local_connection_ready(const struct connection *connection);
void local_connection_bind(struct connection *connection,
                           struct sender_job *job);
bool local_connection_verdict(struct connection *connection,
                              struct verdict *verdict);
void local_connection_leave(struct connection *connection, int64_t now_ms);
void local_connection_drop(struct connection *connection, const char *why);

/* The message in hand, when there is one to carry out; else NULL. */
struct sender_job *local_connection_job(struct connection *connection);

/* Notes that the message was kept: the verdict is SENT. */
void local_connection_sent(struct connection *connection, const char *text);

/* Notes that the message could not be kept: the connection closes with this
 * fault, and the message goes back untouched. */
void local_connection_fail(struct connection *connection,
                           const struct err *fault);

#endif
