/* Serves transports without a network: one message at a time, done at once. */
#include "digest/sender/local_connection_internal.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/sender/envelope_internal.h"

struct connection *local_connection_create(struct transport *transport)
{
    struct local_connection *connection = MEM_NEW(struct local_connection);
    connection->base.transport = transport;
    connection->base.watch.fd = -1;
    connection->base.deadline_ms = NO_DEADLINE;
    return &connection->base;
}

void local_connection_destroy(struct connection *connection)
{
    free(connection);
}

void local_connection_open(struct connection *connection, int64_t now_ms)
{
    connection->state = CONNECTION_OPEN;
    connection->given = connection->sent = 0;
    connection->most = UINT_MAX;
    connection->idle_since_ms = now_ms;
    connection->fault = (struct err){0};
}

void local_connection_read(struct connection *connection, int64_t now_ms)
{
    (void)connection;
    (void)now_ms;
}

bool local_connection_ready(const struct connection *connection)
{
    return connection->state == CONNECTION_OPEN &&
           !((const struct local_connection *)connection)->job;
}

static void refuse(struct local_connection *self, const char *status,
                   const char *who, const char *why)
{
    char text[VERDICT_TEXT_MAX];
    snprintf(text, sizeof text, "the %s's address %s", who, why);
    verdict_say(&self->verdict, SENDER_FAILED, STAGE_MAIL, status, text);
    self->done = true;
    self->base.deadline_ms = 0;
}

void local_connection_bind(struct connection *connection,
                           struct sender_job *job)
{
    struct local_connection *self = (struct local_connection *)connection;
    const char *why;
    self->job = self->verdict.job = job;
    self->done = false;
    if (!envelope_is_safe(strbuf_str(&job->from), &why))
        refuse(self, "5.1.7", "envelope sender", why);
    else if (!envelope_is_safe(strbuf_str(&job->to), &why))
        refuse(self, "5.1.3", "recipient", why);
    else if (!envelope_domain(strbuf_str(&job->to)).len)
        refuse(self, "5.1.3", "recipient", "has no domain");
}

struct sender_job *local_connection_job(struct connection *connection)
{
    struct local_connection *self = (struct local_connection *)connection;
    return self->done ? NULL : self->job;
}

void local_connection_sent(struct connection *connection, const char *text)
{
    struct local_connection *self = (struct local_connection *)connection;
    verdict_say(&self->verdict, SENDER_SENT, STAGE_FINAL, "2.0.0", text);
    self->verdict.code = 250;
    self->done = true;
    connection->deadline_ms = 0;
}

void local_connection_fail(struct connection *connection,
                           const struct err *fault)
{
    connection->fault = *fault;
    local_connection_drop(connection, fault->text);
}

bool local_connection_verdict(struct connection *connection,
                              struct verdict *verdict)
{
    struct local_connection *self = (struct local_connection *)connection;
    if (!self->job || !self->done)
        return false;
    *verdict = self->verdict;
    self->job = NULL;
    self->done = false;
    connection->deadline_ms = NO_DEADLINE;
    return true;
}

void local_connection_leave(struct connection *connection, int64_t now_ms)
{
    (void)now_ms;
    connection->state = CONNECTION_CLOSED;
    connection->deadline_ms = NO_DEADLINE;
}

void local_connection_drop(struct connection *connection, const char *why)
{
    struct local_connection *self = (struct local_connection *)connection;
    connection->state = CONNECTION_CLOSED;
    connection->deadline_ms = NO_DEADLINE;
    if (!self->job || self->done)
        return;
    verdict_say(&self->verdict, SENDER_RETURNED, STAGE_CONNECT, "", why);
    self->done = true;
    connection->deadline_ms = 0;
}
