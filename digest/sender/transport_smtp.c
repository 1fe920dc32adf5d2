#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/sender/smtp_dialogue_internal.h"
#include "digest/sender/transport_internal.h"

enum {
    CONNECT_MS = 30 * 1000,
    GREETING_MS = 5 * 60 * 1000,
    COMMAND_MS = 5 * 60 * 1000,
    DATA_MS = 2 * 60 * 1000,
    BLOCK_MS = 3 * 60 * 1000,
    FINAL_MS = 10 * 60 * 1000,
    QUIT_MS = 2000,
    PIECES = 16,
};

struct smtp {
    struct transport base;
    struct relay_settings settings;
    struct smtp_url url;
    struct dialer *dialer;
    char *name;
};

struct smtp_link {
    struct link base;
    struct call *call;
    struct smtp_dialogue dialogue;
    unsigned opening_mark; /* what the opening's deadline counts from */
    enum smtp_wait waits;
    unsigned moves;
};

static const struct smtp *smtp_of(const struct link *link)
{
    return (const struct smtp *)link->transport;
}

static struct smtp_link *of(struct link *link)
{
    return (struct smtp_link *)link;
}

/* ---- the relay -------------------------------------------------------- */

static bool check_settings(const struct relay_settings *settings,
                           const struct smtp_url *url, struct err *err)
{
    if (url->user && !settings->password)
        return err_set(err, ERR_CONFIG,
                       "transport %s: has a user and no password; name the "
                       "file that holds it with password_file",
                       settings->url);
    if (settings->tls_none && !url->tls && url->user && !url->loopback)
        return err_set(err, ERR_CONFIG,
                       "transport %s: with tls: none the password would "
                       "travel in the clear; remove tls: none",
                       settings->url);
    struct str helo = str_of(settings->helo ? settings->helo : "localhost");
    for (size_t i = 0; i < helo.len; i++) {
        if (helo.ptr[i] <= ' ' || strchr("/?#%\\", helo.ptr[i]))
            return err_set(err, ERR_CONFIG,
                           "transport %s: helo \"%s\" isn't a host name",
                           settings->url, settings->helo);
    }
    return true;
}

static bool create(const struct relay_settings *settings, struct dialer *dialer,
                   struct transport **out, struct err *err)
{
    struct smtp_url url;
    if (!smtp_url_parse(settings->url, &url, err))
        return false;
    if (!check_settings(settings, &url, err)) {
        smtp_url_free(&url);
        return false;
    }
    struct smtp *smtp = MEM_NEW(struct smtp);
    smtp->base.ops = &transport_smtp;
    smtp->settings = *settings;
    smtp->url = url;
    smtp->dialer = dialer;
    smtp->name = mem_format(url.ipv6 ? "[%s]:%u" : "%s:%u", url.host, url.port);
    *out = &smtp->base;
    return true;
}

static void destroy(struct transport *transport)
{
    struct smtp *smtp = (struct smtp *)transport;
    smtp_url_free(&smtp->url);
    free(smtp->name);
    free(smtp);
}

static const char *name(const struct transport *transport)
{
    return ((const struct smtp *)transport)->name;
}

/* ---- links ------------------------------------------------------------ */

static struct link *link_create(struct transport *transport)
{
    struct smtp_link *link = MEM_NEW(struct smtp_link);
    link->base.transport = transport;
    link->base.watch.fd = -1;
    link->base.deadline_ms = NO_DEADLINE;
    return &link->base;
}

static void link_destroy(struct link *link)
{
    call_close(of(link)->call);
    smtp_dialogue_free(&of(link)->dialogue);
    free(link);
}

/* The RFC's time for this stage, or less where the relay is given less. */
static int at_most(const struct relay_settings *settings, int rfc_ms)
{
    int own = settings->timeout_ms;
    return own > 0 && own < rfc_ms ? own : rfc_ms;
}

static void close_link(struct link *link)
{
    call_close(of(link)->call);
    of(link)->call = NULL;
    link->state = LINK_CLOSED;
    link->watch = (struct pollfd){.fd = -1};
    link->deadline_ms = NO_DEADLINE;
}

static void open_link(struct link *link, int64_t now_ms)
{
    const struct smtp *smtp = smtp_of(link);
    struct smtp_link *self = of(link);
    link->state = LINK_OPENING;
    link->given = link->sent = 0;
    link->slow_down = false;
    link->fault = (struct err){0};
    self->opening_mark = 0;
    link->deadline_ms = now_ms + at_most(&smtp->settings, CONNECT_MS);
    self->call = dialer_call(smtp->dialer, &smtp->settings, &smtp->url);
}

static void fail_opening(struct link *link, const struct err *fault)
{
    link->fault = *fault;
    close_link(link);
}

static void stand(struct link *link, int64_t now_ms)
{
    struct smtp_link *self = of(link);
    const struct smtp_caps *caps = call_caps(self->call);
    unsigned most = smtp_of(link)->settings.messages_per_connection;
    link->most = most ? most : 100;
    if (caps->mail_max && caps->mail_max < link->most)
        link->most = caps->mail_max;
    smtp_dialogue_begin(&self->dialogue, caps);
    link->state = LINK_OPEN;
    link->watch = (struct pollfd){.fd = call_fd(self->call), .events = POLLIN};
    link->deadline_ms = NO_DEADLINE;
    link->idle_since_ms = now_ms;
    self->waits = SMTP_WAIT_NOTHING;
}

/* The greeting, and each line after it, has its own time. */
static void watch_opening(struct link *link, int64_t now_ms)
{
    struct smtp_link *self = of(link);
    const struct relay_settings *settings = &smtp_of(link)->settings;
    unsigned mark =
        call_lines(self->call) + (call_connected(self->call) ? 1 : 0);
    if (mark != self->opening_mark) {
        self->opening_mark = mark;
        link->deadline_ms =
            now_ms + at_most(settings, mark == 1 ? GREETING_MS : COMMAND_MS);
    }
    if (now_ms < link->deadline_ms)
        return;
    struct err fault;
    static const char *const what[] = {
        "cannot be reached in time; check host and port, and that no firewall "
        "stands between",
        "the server connects and says nothing; check the port: one that "
        "speaks TLS from the first byte wants smtps://",
        "the server stopped answering; try again later",
    };
    err_set(&fault, ERR_TEMPORARY, "%s: %s", settings->url,
            what[mark < 2 ? mark : 2]);
    fail_opening(link, &fault);
}

/* The connection is over; `why` NULL when all was said. */
static void finish(struct link *link, const char *why)
{
    struct smtp_link *self = of(link);
    struct smtp_dialogue *d = &self->dialogue;
    if (link->state != LINK_LEAVING && why)
        err_set(&link->fault, ERR_TEMPORARY, "%s: %s; try again later",
                smtp_of(link)->settings.url, why);
    link->slow_down = d->closing_code != 0;
    smtp_dialogue_end(d, why ? why : "");
    close_link(link);
}

/* RFC 5321 §4.5.3.2. */
static int timeout_of(enum smtp_wait waits)
{
    switch (waits) {
    case SMTP_WAIT_DATA:
        return DATA_MS;
    case SMTP_WAIT_BLOCK:
        return BLOCK_MS;
    case SMTP_WAIT_FINAL:
        return FINAL_MS;
    default:
        return COMMAND_MS;
    }
}

/* A reply has its time from when it is awaited, however slowly its bytes
 * drip in; a message, from each progress. */
static void set_deadline(struct link *link, int64_t now_ms, bool progress)
{
    struct smtp_link *self = of(link);
    enum smtp_wait waits = smtp_dialogue_waits(&self->dialogue);
    bool moved = self->waits != waits || self->moves != self->dialogue.moves ||
                 (waits == SMTP_WAIT_BLOCK && progress);
    self->waits = waits;
    self->moves = self->dialogue.moves;
    if (waits == SMTP_WAIT_NOTHING)
        link->deadline_ms = NO_DEADLINE;
    else if (moved && link->state != LINK_LEAVING)
        link->deadline_ms =
            now_ms + at_most(&smtp_of(link)->settings, timeout_of(waits));
}

static void read_bytes(struct link *link)
{
    struct smtp_link *self = of(link);
    struct smtp_dialogue *d = &self->dialogue;
    char buffer[16384];
    long got = 0;
    while (!d->broken && !d->closing_code && !d->quit) {
        got = call_read(self->call, buffer, sizeof buffer);
        if (got <= 0)
            break;
        smtp_dialogue_read(d, (struct str){buffer, (size_t)got});
    }
    if (d->broken || d->closing_code)
        finish(link, d->why);
    else if (d->quit)
        finish(link, NULL);
    else if (got == 0 || got == CALL_BROKEN)
        finish(link, smtp_dialogue_idle(d) && link->given
                         ? NULL
                         : "the server closed the connection");
}

static void look_at_deadline(struct link *link, int64_t now_ms)
{
    if (now_ms < link->deadline_ms)
        return;
    static const char *const what[] = {
        [SMTP_WAIT_NOTHING] = "the server is silent",
        [SMTP_WAIT_COMMAND] = "no reply to a command in time",
        [SMTP_WAIT_DATA] = "no reply to DATA in time",
        [SMTP_WAIT_BLOCK] = "the server doesn't take the message in time",
        [SMTP_WAIT_FINAL] = "no reply after the message in time",
    };
    finish(link, what[smtp_dialogue_waits(&of(link)->dialogue)]);
}

static void read_link(struct link *link, int64_t now_ms)
{
    struct smtp_link *self = of(link);
    if (link->state == LINK_CLOSED)
        return;
    if (link->state == LINK_OPENING) {
        if (call_state(self->call) == CALL_FAILED)
            fail_opening(link, call_fault(self->call));
        else if (call_state(self->call) == CALL_UP)
            stand(link, now_ms);
        else
            watch_opening(link, now_ms);
        return;
    }
    if (link->watch.revents & ~POLLOUT)
        read_bytes(link);
    if (link->state == LINK_CLOSED)
        return;
    set_deadline(link, now_ms, false);
    look_at_deadline(link, now_ms);
}

static bool ready(const struct link *link)
{
    const struct smtp_link *self = (const struct smtp_link *)link;
    return link->state == LINK_OPEN && link->given < link->most &&
           smtp_dialogue_ready(&self->dialogue);
}

static void bind_job(struct link *link, struct sender_job *job)
{
    struct smtp_dialogue *d = &of(link)->dialogue;
    smtp_dialogue_bind(d, job);
    if (d->transactions[d->current].phase == SMTP_DONE)
        link->deadline_ms = 0;
}

static bool write_bytes(struct link *link)
{
    struct smtp_link *self = of(link);
    struct outflow *out = &self->dialogue.out;
    struct iovec pieces[PIECES];
    bool progress = false;
    int count;
    while ((count = outflow_pieces(out, pieces, PIECES)) > 0) {
        long sent = call_write(self->call, pieces, count);
        if (sent == CALL_BROKEN) {
            /* The server may have said why. */
            read_bytes(link);
            if (link->state != LINK_CLOSED)
                finish(link, "the server closed the connection");
            return false;
        }
        if (sent == CALL_AGAIN)
            break;
        outflow_sent(out, (size_t)sent);
        progress = true;
    }
    link->watch.events =
        (short)(outflow_empty(out) ? POLLIN : POLLIN | POLLOUT);
    return progress;
}

static void go(struct link *link, int64_t now_ms)
{
    struct smtp_link *self = of(link);
    if (link->state != LINK_OPEN && link->state != LINK_LEAVING)
        return;
    smtp_dialogue_go(&self->dialogue);
    if (outflow_empty(&self->dialogue.out))
        return;
    bool progress = write_bytes(link);
    if (link->state != LINK_CLOSED)
        set_deadline(link, now_ms, progress);
}

static bool verdict(struct link *link, struct verdict *out)
{
    return smtp_dialogue_verdict(&of(link)->dialogue, out);
}

static void leave(struct link *link, int64_t now_ms)
{
    if (link->state == LINK_OPENING)
        close_link(link);
    if (link->state != LINK_OPEN)
        return;
    smtp_dialogue_quit(&of(link)->dialogue);
    link->state = LINK_LEAVING;
    link->deadline_ms = now_ms + QUIT_MS;
    go(link, now_ms);
}

/* Drops a connection by our own doing; that is no fault of the relay's. */
static void drop(struct link *link, const char *why)
{
    if (link->state == LINK_CLOSED)
        return;
    smtp_dialogue_withdraw(&of(link)->dialogue, why);
    close_link(link);
}

static struct sender_job *about_to_send(const struct link *link, bool later)
{
    const struct smtp_link *self = (const struct smtp_link *)link;
    return link->state == LINK_OPEN
               ? smtp_dialogue_about_to_send(&self->dialogue, later)
               : NULL;
}

const struct transport_ops transport_smtp = {
    .scheme = "smtp",
    .create = create,
    .destroy = destroy,
    .name = name,
    .default_links = 4,
    .link_create = link_create,
    .link_destroy = link_destroy,
    .open = open_link,
    .read = read_link,
    .ready = ready,
    .bind = bind_job,
    .about_to_send = about_to_send,
    .go = go,
    .verdict = verdict,
    .leave = leave,
    .drop = drop,
};
