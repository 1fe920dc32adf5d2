/* Serves pages: connections, requests under way, and their answers. */
#include "digest/web/desk/desk.h"
#include "digest/web/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/notices/reader_request.h"
#include "digest/store/erasing.h"
#include "digest/web/archive_pages.h"
#include "digest/web/client.h"
#include "digest/web/desk/tally.h"
#include "digest/web/desk/uploads.h"
#include "digest/web/desk/worker.h"
#include "digest/web/gate.h"
#include "digest/web/limits.h"
#include "digest/web/listener.h"
#include "digest/web/server_internal.h"

enum {
    BODY_DROPPED_MAX = 64 << 10,  /* then the connection is cut */
    CONNECTION_MEMORY = 48 << 10, /* holds the head too, and what it means */
    CONNECTIONS_MAX = 500,        /* whose request has come; see gate.h */
    CONNECTIONS_OF_PEER = 100,
    IDLE_S = 15,
    REQUEST_MS = 60 * 1000, /* from a request's begin to its response's end */
    SWEEP_MS = 1000,
    REQUESTS_AT_ONCE = 20,
    DRAIN_MS = 5 * 1000,
    LONG_BODY = 64 << 10, /* such bodies … */
    LONG_BODIES_MAX = 2,  /* … are taken in so many at a time */
};

/* ---- MHD's callbacks ---- */

static void on_connection(void *context, struct MHD_Connection *connection,
                          void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *server = context;
    struct web_connection *link = *socket_context;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        *link->here = link->next;
        if (link->next)
            link->next->here = link->here;
        server->link_count--;
        free(link);
        return;
    }
    link = MEM_NEW(struct web_connection);
    link->fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
            ->connect_fd;
    link->peer = client_peer(
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
            ->client_addr,
        &server->trusted_proxies);
    link->since_ms = clock_monotonic_ms();
    link->here = &server->links;
    link->next = server->links;
    if (link->next)
        link->next->here = &link->next;
    server->links = link;
    server->link_count++;
    *socket_context = link;
}

/* Cuts a connection of a peer that has too many at once: the one that takes
 * longest, since most likely it dawdles. */
static void cut_one_of(struct server *server, const struct peer *peer)
{
    struct web_connection *longest = NULL;
    unsigned count = 0;
    for (struct web_connection *link = server->links; link; link = link->next)
        if (!link->is_cut && client_same_peer(&link->peer, peer)) {
            count++;
            if (!longest || link->since_ms <= longest->since_ms)
                longest = link;
        }
    if (count < CONNECTIONS_OF_PEER)
        return;
    longest->is_cut = true;
    shutdown(longest->fd, SHUT_RDWR);
}

/* For the gate. */
static bool take_in(void *context, int fd, const struct peer *peer,
                    const struct sockaddr *address, socklen_t address_size)
{
    struct server *server = context;
    if (!peer->is_proxy)
        cut_one_of(server, peer);
    if (server->link_count >= CONNECTIONS_MAX)
        return false;
    MHD_add_connection(server->daemon, fd, address, address_size);
    /* Newer releases count it only then; it is closed already where it
     * couldn't be taken in. */
    (void)MHD_run(server->daemon);
    return true;
}

static void on_completed(void *context, struct MHD_Connection *connection,
                         void **state, enum MHD_RequestTerminationCode how)
{
    (void)connection;
    (void)how;
    struct server *server = context;
    struct exchange *exchange = *state;
    if (!exchange)
        return;
    server->busy--;
    server->long_bodies -= exchange->is_long;
    server_end_events(server, exchange);
    strbuf_free(&exchange->body);
    response_free(&exchange->response);
    arena_free(&exchange->arena);
    free(exchange);
    *state = NULL;
}

static struct MHD_Response *make_body(struct response *response)
{
    size_t length = response->body.len;
    if (!response->file)
        return MHD_create_response_from_buffer(
            length, strbuf_take(&response->body), MHD_RESPMEM_MUST_FREE);
    struct MHD_Response *out =
        MHD_create_response_from_fd(response->file_size, response->file);
    if (out)
        response->file = 0; /* closed with the response */
    return out;
}

void server_add_headers(struct MHD_Response *out,
                        const struct response *response)
{
    for (unsigned i = 0; i < response->header_count; i++)
        MHD_add_response_header(out, response->headers[i].name,
                                response->headers[i].value);
    MHD_add_response_header(out, "Connection", "close"); /* gate.h */
}

static enum MHD_Result send_response(struct MHD_Connection *connection,
                                     struct response *response)
{
    struct MHD_Response *out = make_body(response);
    if (!out)
        return MHD_NO;
    server_add_headers(out, response);
    enum MHD_Result result =
        MHD_queue_response(connection, response->status, out);
    MHD_destroy_response(out);
    return result;
}

static enum MHD_Result refuse(struct MHD_Connection *connection,
                              unsigned status, const char *text)
{
    OWNED(response_free) struct response response = {0};
    web_set_headers(&response);
    response_text(&response, status, text);
    response_header(&response, "Cache-Control", "no-store");
    return send_response(connection, &response);
}

static enum MHD_Result refuse_body(struct MHD_Connection *connection)
{
    return refuse(connection, 413, "That is more than this page takes.\n");
}

/* ---- answers ----
 *
 * A sync to disk for each POST would be the slowest thing here. So those of
 * one turn of the loop share a transaction, each with a savepoint of its
 * own, and are answered once it is on disk. */

/* The path itself would put working links into the log. */
static void log_answer(const struct exchange *exchange, const char *method)
{
    const struct request *r = &exchange->request;
    log_detail("web: %s %s %.*s… %u", r->client, method,
               (int)(r->path.len - r->capture.len), r->path.ptr,
               exchange->response.status);
}

static enum MHD_Result hold(struct server *server, struct exchange *exchange)
{
    struct err err = {0};
    if (!server->group.db &&
        !tx_begin(&server->group, server->web.db, TX_DURABLE, &err)) {
        web_fail(&server->web, &exchange->request, &exchange->response, &err);
        return send_response(exchange->connection, &exchange->response);
    }
    worker_hold(server->web.worker);
    web_handle(&server->web, &exchange->request, &exchange->response);
    exchange->next = server->held;
    server->held = exchange;
    MHD_suspend_connection(exchange->connection);
    return MHD_YES;
}

static enum MHD_Result answer(struct server *server, struct exchange *exchange,
                              const char *method)
{
    if (exchange->is_answered)
        return send_response(exchange->connection, &exchange->response);
    exchange->is_answered = true;
    exchange->request.body = strbuf_str(&exchange->body);
    if (exchange->request.method == METHOD_POST)
        return hold(server, exchange);
    web_handle(&server->web, &exchange->request, &exchange->response);
    log_answer(exchange, method);
    if (exchange->response.events.write && server->open_count < EVENTS_MAX)
        return server_open_events(server, exchange) ? MHD_YES : MHD_NO;
    return send_response(exchange->connection, &exchange->response);
}

static void settle(struct server *server)
{
    struct err err = {0};
    if (!server->held)
        return;
    bool kept = tx_commit(&server->group, &err);
    tx_end(&server->group);
    worker_release(server->web.worker, kept);
    while (server->held) {
        struct exchange *exchange = server->held;
        server->held = exchange->next;
        if (!kept) {
            response_free(&exchange->response);
            exchange->response = (struct response){0};
            web_fail(&server->web, &exchange->request, &exchange->response,
                     &err);
        }
        log_answer(exchange, "POST");
        server_resume(server, exchange->connection);
    }
}

static struct exchange *begin(struct server *server,
                              struct MHD_Connection *connection)
{
    struct exchange *exchange = MEM_NEW(struct exchange);
    exchange->connection = connection;
    server->busy++;
    return exchange;
}

/* Whether so much more of a body can be kept. */
static bool may_grow(struct server *server, struct exchange *exchange,
                     size_t length)
{
    size_t whole = exchange->body.len + length;
    if (whole > exchange->body_max)
        return false;
    if (whole <= LONG_BODY || exchange->is_long)
        return true;
    if (server->long_bodies == LONG_BODIES_MAX)
        return false;
    server->long_bodies++;
    exchange->is_long = true;
    return true;
}

static bool is_too_long(struct exchange *exchange)
{
    unsigned long long length;
    const char *text = MHD_lookup_connection_value(
        exchange->connection, MHD_HEADER_KIND, "Content-Length");
    return text &&
           (!str_to_u64(str_of(text), &length) || length > exchange->body_max);
}

/* Called once with the headers, then with each piece of the body, then once
 * more at its end. */
static enum MHD_Result on_request(void *context,
                                  struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *piece,
                                  size_t *piece_length, void **state)
{
    struct server *server = context;
    struct exchange *exchange = *state;
    (void)version;
    if (!exchange) {
        *state = exchange = begin(server, connection);
        server_read_request(server, exchange, url, method);
        return is_too_long(exchange) ? refuse_body(connection) : MHD_YES;
    }
    if (*piece_length) {
        if (!may_grow(server, exchange, *piece_length))
            exchange->dropped += *piece_length;
        else if (!exchange->dropped)
            strbuf_add(&exchange->body, piece, *piece_length);
        *piece_length = 0;
        return exchange->dropped > BODY_DROPPED_MAX ? MHD_NO : MHD_YES;
    }
    if (exchange->dropped && !exchange->is_long &&
        server->long_bodies == LONG_BODIES_MAX)
        return refuse(connection, 503,
                      "Others are sending long lists at this "
                      "moment. Try again in a minute.\n");
    if (exchange->dropped)
        return refuse_body(connection);
    return answer(server, exchange, method);
}

static void on_message(void *context, const char *format, va_list args)
{
    (void)context;
    char text[512];
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\r\n")] = '\0';
    log_detail("web: %s", text);
}

/* ---- the server ---- */

static bool start_daemon(struct server *server, struct err *err)
{
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
            MHD_USE_NO_LISTEN_SOCKET,
        0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER,
        on_message, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        server, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_END);
    return server->daemon ||
           err_set(err, ERR_IO, "the web server cannot start: %s",
                   strerror(errno));
}

bool server_new(const struct web_settings *settings, struct server **out,
                struct err *err)
{
    OWNED(server_release) struct server *server = MEM_NEW(struct server);
    server->web = (struct web){
        .db = settings->db,
        .keys = settings->keys,
        .templates = settings->templates,
        .site_name = settings->site_name,
        .base_url = settings->base_url,
        .postal_address = settings->postal_address,
        .limits = limits_new(settings->keys),
        .view = settings->view,
        .conf = settings->conf,
        .archive = settings->archive,
        .archive_cache = archive_cache_new(),
    };
    if (settings->conf) {
        server->web.worker = worker_new(settings->conf, settings->keys);
        server->web.uploads = uploads_new();
        server->web.tallies = tallies_new();
    }
    if (!languages_new(settings->templates, &server->languages, err) ||
        !address_list_load(settings->conf ? settings->conf->folder : ".",
                           ADDRESS_LIST_DISPOSABLE, &server->disposables, err))
        return false;
    server->web.disposables = server->disposables;
    server->web.languages = server->languages;
    server->trusted_proxies = settings->trusted_proxies;
    server->client_header =
        settings->client_header ? settings->client_header : "X-Forwarded-For";
    server->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (server->stop_fd < 0)
        return err_set(err, ERR_IO, "eventfd: %s", strerror(errno));
    int fd;
    if (!listener_open(settings->listen, &fd, &server->port, err) ||
        !gate_new(fd, &server->trusted_proxies, &server->gate, err) ||
        !start_daemon(server, err))
        return false;
    *out = TAKE(server);
    return true;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    /* MHD ends the process when one is suspended still. */
    settle(server);
    server_tell_open_pages(server, true);
    gate_free(server->gate);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    if (server->stop_fd >= 0)
        close(server->stop_fd);
    limits_free(server->web.limits);
    worker_free(server->web.worker);
    uploads_free(server->web.uploads);
    tallies_free(server->web.tallies);
    archive_cache_free(server->web.archive_cache);
    languages_free(server->languages);
    address_list_free(server->disposables);
    free(server);
}

void server_release(struct server **server)
{
    server_free(*server);
    *server = NULL;
}

unsigned server_port(const struct server *server)
{
    return server->port;
}

void server_stop(struct server *server)
{
    int saved = errno;
    uint64_t one = 1;
    ssize_t written = write(server->stop_fd, &one, sizeof one);
    (void)written; /* full: it was stopped already */
    errno = saved;
}

/* Does the requests made on pages, once they are answered. */
static void do_requests(struct server *server)
{
    struct reader_mail mail = web_reader_mail(&server->web);
    struct err err = {0};
    bool waits;
    if (reader_request_waits(mail.db, &waits, &err) &&
        (!waits || reader_request_do(&mail, REQUESTS_AT_ONCE, &err)))
        return;
    log_warning("web: what was asked for on a page waits: %s", err.text);
}

/* Somebody may have read on when an erasing would have emptied it. */
static void empty_log(struct server *server)
{
    struct db *db = server->web.db;
    struct err err = {0};
    bool waits, done;
    int64_t timeout = db_set_busy_timeout(db, 0);
    if (!erasing_waits(db, &waits, &err) ||
        (waits && !erasing_empty_log(db, &done, &err)))
        log_detail("web: %s", err.text);
    db_set_busy_timeout(db, timeout);
}

static void cut_slow_connections(struct server *server)
{
    int64_t now = clock_monotonic_ms();
    for (struct web_connection *link = server->links; link; link = link->next)
        if (now - link->since_ms > REQUEST_MS)
            shutdown(link->fd, SHUT_RDWR);
}

/* MHD's own timeout knows nothing of connections that were resumed. */
static int wait_ms(struct server *server)
{
    MHD_UNSIGNED_LONG_LONG wait = SWEEP_MS;
    if (server->resumed)
        return 0;
    if (MHD_get_timeout(server->daemon, &wait) != MHD_YES || wait > SWEEP_MS)
        wait = SWEEP_MS;
    return (int)wait;
}

/* Takes one turn; *stopped is set when server_stop was called. */
static bool turn(struct server *server, bool *stopped, struct err *err)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    const struct gate_house house = {take_in, server};
    struct pollfd fds[] = {
        {.fd = gate_fd(server->gate), .events = POLLIN},
        {.fd = info->epoll_fd, .events = POLLIN},
        {.fd = *stopped ? -1 : server->stop_fd, .events = POLLIN},
    };
    if (poll(fds, ARRAY_SIZE(fds), wait_ms(server)) < 0 && errno != EINTR)
        return err_set(err, ERR_IO, "the web server: poll: %s",
                       strerror(errno));
    *stopped = *stopped || fds[2].revents;
    gate_turn(server->gate, &house);
    server->resumed = false;
    if (MHD_run(server->daemon) != MHD_YES)
        return err_set(err, ERR_IO, "the web server cannot go on");
    settle(server);
    return true;
}

static bool drain(struct server *server, struct err *err)
{
    int64_t until = clock_monotonic_ms() + DRAIN_MS;
    bool stopped = true;
    gate_close(server->gate);
    while (server->busy > 0 && clock_monotonic_ms() < until) {
        server_tell_open_pages(server, true);
        if (!turn(server, &stopped, err))
            return false;
    }
    return true;
}

bool server_run(struct server *server, struct err *err)
{
    int64_t swept = clock_monotonic_ms();
    err_set_remedies(desk_remedies);
    for (bool stopped = false; !stopped;) {
        if (!turn(server, &stopped, err))
            return false;
        if (clock_monotonic_ms() - swept >= SWEEP_MS) {
            gate_sweep(server->gate);
            cut_slow_connections(server);
            server_tell_open_pages(server, false);
            do_requests(server);
            empty_log(server);
            swept = clock_monotonic_ms();
        }
    }
    return drain(server, err);
}
