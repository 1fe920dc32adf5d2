#include "digest/sender/local_link_internal.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/sender/envelope_internal.h"

struct link *local_link_create(struct transport *transport)
{
    struct local_link *link = MEM_NEW(struct local_link);
    link->base.transport = transport;
    link->base.watch.fd = -1;
    link->base.deadline_ms = NO_DEADLINE;
    return &link->base;
}

void local_link_destroy(struct link *link)
{
    free(link);
}

void local_link_open(struct link *link, int64_t now_ms)
{
    link->state = LINK_OPEN;
    link->given = link->sent = 0;
    link->most = UINT_MAX;
    link->idle_since_ms = now_ms;
    link->fault = (struct err){0};
}

void local_link_read(struct link *link, int64_t now_ms)
{
    (void)link;
    (void)now_ms;
}

bool local_link_ready(const struct link *link)
{
    return link->state == LINK_OPEN && !((const struct local_link *)link)->job;
}

static void refuse(struct local_link *self, const char *status, const char *who,
                   const char *why)
{
    char text[VERDICT_TEXT_MAX];
    snprintf(text, sizeof text, "the %s's address %s", who, why);
    verdict_say(&self->verdict, SENDER_FAILED, STAGE_MAIL, status, text);
    self->done = true;
    self->base.deadline_ms = 0;
}

void local_link_bind(struct link *link, struct sender_job *job)
{
    struct local_link *self = (struct local_link *)link;
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

struct sender_job *local_link_job(struct link *link)
{
    struct local_link *self = (struct local_link *)link;
    return self->done ? NULL : self->job;
}

void local_link_sent(struct link *link, const char *text)
{
    struct local_link *self = (struct local_link *)link;
    verdict_say(&self->verdict, SENDER_SENT, STAGE_FINAL, "2.0.0", text);
    self->verdict.code = 250;
    self->done = true;
    link->deadline_ms = 0;
}

void local_link_fail(struct link *link, const struct err *fault)
{
    link->fault = *fault;
    local_link_drop(link, fault->text);
}

bool local_link_verdict(struct link *link, struct verdict *verdict)
{
    struct local_link *self = (struct local_link *)link;
    if (!self->job || !self->done)
        return false;
    *verdict = self->verdict;
    self->job = NULL;
    self->done = false;
    link->deadline_ms = NO_DEADLINE;
    return true;
}

void local_link_leave(struct link *link, int64_t now_ms)
{
    (void)now_ms;
    link->state = LINK_CLOSED;
    link->deadline_ms = NO_DEADLINE;
}

void local_link_drop(struct link *link, const char *why)
{
    struct local_link *self = (struct local_link *)link;
    link->state = LINK_CLOSED;
    link->deadline_ms = NO_DEADLINE;
    if (!self->job || self->done)
        return;
    verdict_say(&self->verdict, SENDER_RETURNED, STAGE_CONNECT, "", why);
    self->done = true;
    link->deadline_ms = 0;
}
