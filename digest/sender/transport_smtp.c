/* Delivers messages by SMTP: a dialogue over a dialer's connection. */
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

struct smtp_connection {
    struct connection base;
    struct call *call;
    struct smtp_dialogue dialogue;
    unsigned opening_mark; /* what the opening's deadline counts from */
    enum smtp_wait waits;
    unsigned moves;
};

static const struct smtp *smtp_of(const struct connection *connection)
{
    return (const struct smtp *)connection->transport;
}

static struct smtp_connection *of(struct connection *connection)
{
    return (struct smtp_connection *)connection;
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

/* ---- connections ------------------------------------------------------------
 */

static struct connection *connection_create(struct transport *transport)
{
    struct smtp_connection *connection = MEM_NEW(struct smtp_connection);
    connection->base.transport = transport;
    connection->base.watch.fd = -1;
    connection->base.deadline_ms = NO_DEADLINE;
    return &connection->base;
}

static void connection_destroy(struct connection *connection)
{
    call_close(of(connection)->call);
    smtp_dialogue_free(&of(connection)->dialogue);
    free(connection);
}

/* The RFC's time for this stage, or less where the relay is given less. */
static int at_most(const struct relay_settings *settings, int rfc_ms)
{
    int own = settings->timeout_ms;
    return own > 0 && own < rfc_ms ? own : rfc_ms;
}

static void close_connection(struct connection *connection)
{
    call_close(of(connection)->call);
    of(connection)->call = NULL;
    connection->state = CONNECTION_CLOSED;
    connection->watch = (struct pollfd){.fd = -1};
    connection->deadline_ms = NO_DEADLINE;
}

static void open_connection(struct connection *connection, int64_t now_ms)
{
    const struct smtp *smtp = smtp_of(connection);
    struct smtp_connection *self = of(connection);
    connection->state = CONNECTION_OPENING;
    connection->given = connection->sent = 0;
    connection->slow_down = false;
    connection->fault = (struct err){0};
    self->opening_mark = 0;
    connection->deadline_ms = now_ms + at_most(&smtp->settings, CONNECT_MS);
    self->call = dialer_call(smtp->dialer, &smtp->settings, &smtp->url);
}

static void fail_opening(struct connection *connection, const struct err *fault)
{
    connection->fault = *fault;
    close_connection(connection);
}

static void stand(struct connection *connection, int64_t now_ms)
{
    struct smtp_connection *self = of(connection);
    const struct smtp_caps *caps = call_caps(self->call);
    unsigned most = smtp_of(connection)->settings.messages_per_connection;
    connection->most = most ? most : 100;
    if (caps->mail_max && caps->mail_max < connection->most)
        connection->most = caps->mail_max;
    smtp_dialogue_begin(&self->dialogue, caps);
    connection->state = CONNECTION_OPEN;
    connection->watch =
        (struct pollfd){.fd = call_fd(self->call), .events = POLLIN};
    connection->deadline_ms = NO_DEADLINE;
    connection->idle_since_ms = now_ms;
    self->waits = SMTP_WAIT_NOTHING;
}

/* The greeting, and each line after it, has its own time. */
static void watch_opening(struct connection *connection, int64_t now_ms)
{
    struct smtp_connection *self = of(connection);
    const struct relay_settings *settings = &smtp_of(connection)->settings;
    unsigned mark =
        call_lines(self->call) + (call_connected(self->call) ? 1 : 0);
    if (mark != self->opening_mark) {
        self->opening_mark = mark;
        connection->deadline_ms =
            now_ms + at_most(settings, mark == 1 ? GREETING_MS : COMMAND_MS);
    }
    if (now_ms < connection->deadline_ms)
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
    fail_opening(connection, &fault);
}

/* The connection is over; `why` NULL when all was said. */
static void finish(struct connection *connection, const char *why)
{
    struct smtp_connection *self = of(connection);
    struct smtp_dialogue *d = &self->dialogue;
    if (connection->state != CONNECTION_LEAVING && why)
        err_set(&connection->fault, ERR_TEMPORARY, "%s: %s; try again later",
                smtp_of(connection)->settings.url, why);
    connection->slow_down = d->closing_code != 0;
    smtp_dialogue_end(d, why ? why : "");
    close_connection(connection);
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
static void set_deadline(struct connection *connection, int64_t now_ms,
                         bool progress)
{
    struct smtp_connection *self = of(connection);
    enum smtp_wait waits = smtp_dialogue_waits(&self->dialogue);
    bool moved = self->waits != waits || self->moves != self->dialogue.moves ||
                 (waits == SMTP_WAIT_BLOCK && progress);
    self->waits = waits;
    self->moves = self->dialogue.moves;
    if (waits == SMTP_WAIT_NOTHING)
        connection->deadline_ms = NO_DEADLINE;
    else if (moved && connection->state != CONNECTION_LEAVING)
        connection->deadline_ms =
            now_ms + at_most(&smtp_of(connection)->settings, timeout_of(waits));
}

static void read_bytes(struct connection *connection)
{
    struct smtp_connection *self = of(connection);
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
        finish(connection, d->why);
    else if (d->quit)
        finish(connection, NULL);
    else if (got == 0 || got == CALL_BROKEN)
        finish(connection, smtp_dialogue_idle(d) && connection->given
                               ? NULL
                               : "the server closed the connection");
}

static void look_at_deadline(struct connection *connection, int64_t now_ms)
{
    if (now_ms < connection->deadline_ms)
        return;
    static const char *const what[] = {
        [SMTP_WAIT_NOTHING] = "the server is silent",
        [SMTP_WAIT_COMMAND] = "no reply to a command in time",
        [SMTP_WAIT_DATA] = "no reply to DATA in time",
        [SMTP_WAIT_BLOCK] = "the server doesn't take the message in time",
        [SMTP_WAIT_FINAL] = "no reply after the message in time",
    };
    finish(connection, what[smtp_dialogue_waits(&of(connection)->dialogue)]);
}

static void read_connection(struct connection *connection, int64_t now_ms)
{
    struct smtp_connection *self = of(connection);
    if (connection->state == CONNECTION_CLOSED)
        return;
    if (connection->state == CONNECTION_OPENING) {
        if (call_state(self->call) == CALL_FAILED)
            fail_opening(connection, call_fault(self->call));
        else if (call_state(self->call) == CALL_UP)
            stand(connection, now_ms);
        else
            watch_opening(connection, now_ms);
        return;
    }
    if (connection->watch.revents & ~POLLOUT)
        read_bytes(connection);
    if (connection->state == CONNECTION_CLOSED)
        return;
    set_deadline(connection, now_ms, false);
    look_at_deadline(connection, now_ms);
}

static bool ready(const struct connection *connection)
{
    const struct smtp_connection *self =
        (const struct smtp_connection *)connection;
    return connection->state == CONNECTION_OPEN &&
           connection->given < connection->most &&
           smtp_dialogue_ready(&self->dialogue);
}

static void bind_job(struct connection *connection, struct sender_job *job)
{
    struct smtp_dialogue *d = &of(connection)->dialogue;
    smtp_dialogue_bind(d, job);
    if (d->transactions[d->current].phase == SMTP_DONE)
        connection->deadline_ms = 0;
}

static bool write_bytes(struct connection *connection)
{
    struct smtp_connection *self = of(connection);
    struct outflow *out = &self->dialogue.out;
    struct iovec pieces[PIECES];
    bool progress = false;
    int count;
    while ((count = outflow_pieces(out, pieces, PIECES)) > 0) {
        long sent = call_write(self->call, pieces, count);
        if (sent == CALL_BROKEN) {
            /* The server may have said why. */
            read_bytes(connection);
            if (connection->state != CONNECTION_CLOSED)
                finish(connection, "the server closed the connection");
            return false;
        }
        if (sent == CALL_AGAIN)
            break;
        outflow_sent(out, (size_t)sent);
        progress = true;
    }
    connection->watch.events =
        (short)(outflow_empty(out) ? POLLIN : POLLIN | POLLOUT);
    return progress;
}

static void go(struct connection *connection, int64_t now_ms)
{
    struct smtp_connection *self = of(connection);
    if (connection->state != CONNECTION_OPEN &&
        connection->state != CONNECTION_LEAVING)
        return;
    smtp_dialogue_go(&self->dialogue);
    if (outflow_empty(&self->dialogue.out))
        return;
    bool progress = write_bytes(connection);
    if (connection->state != CONNECTION_CLOSED)
        set_deadline(connection, now_ms, progress);
}

static bool verdict(struct connection *connection, struct verdict *out)
{
    return smtp_dialogue_verdict(&of(connection)->dialogue, out);
}

static void leave(struct connection *connection, int64_t now_ms)
{
    if (connection->state == CONNECTION_OPENING)
        close_connection(connection);
    if (connection->state != CONNECTION_OPEN)
        return;
    smtp_dialogue_quit(&of(connection)->dialogue);
    connection->state = CONNECTION_LEAVING;
    connection->deadline_ms = now_ms + QUIT_MS;
    go(connection, now_ms);
}

/* Drops a connection by our own doing; that is no fault of the relay's. */
static void drop(struct connection *connection, const char *why)
{
    if (connection->state == CONNECTION_CLOSED)
        return;
    smtp_dialogue_withdraw(&of(connection)->dialogue, why);
    close_connection(connection);
}

static struct sender_job *about_to_send(const struct connection *connection,
                                        bool later)
{
    const struct smtp_connection *self =
        (const struct smtp_connection *)connection;
    return connection->state == CONNECTION_OPEN
               ? smtp_dialogue_about_to_send(&self->dialogue, later)
               : NULL;
}

const struct transport_ops transport_smtp = {
    .scheme = "smtp",
    .create = create,
    .destroy = destroy,
    .name = name,
    .default_connections = 4,
    .connection_create = connection_create,
    .connection_destroy = connection_destroy,
    .open = open_connection,
    .read = read_connection,
    .ready = ready,
    .bind = bind_job,
    .about_to_send = about_to_send,
    .go = go,
    .verdict = verdict,
    .leave = leave,
    .drop = drop,
};
