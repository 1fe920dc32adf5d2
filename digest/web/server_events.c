/* Pages that stay open, and are told what happens (server-sent events). */
#include <microhttpd.h>
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/web/server_internal.h"

enum {
    EVENTS_BLOCK = 4 << 10,
    EVENTS_MS = 45 * 1000, /* then they ask anew, and show who they are */
};

/* Notes that a connection has done something: it doesn't dawdle. */
static void touch(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info && info->socket_context)
        ((struct web_connection *)info->socket_context)->since_ms =
            clock_monotonic_ms();
}

void server_end_events(struct server *server, struct exchange *exchange)
{
    struct response_events *events = &exchange->response.events;
    if (exchange->is_open) {
        struct exchange **here = &server->open;
        while (*here != exchange)
            here = &(*here)->next;
        *here = exchange->next;
        server->open_count--;
    }
    if (events->write)
        events->end(events->context);
    *events = (struct response_events){0};
    strbuf_free(&exchange->events);
}

static ssize_t read_events(void *context, uint64_t at, char *out, size_t room)
{
    struct exchange *exchange = context;
    (void)at;
    size_t length = exchange->events.len < room ? exchange->events.len : room;
    if (!length && exchange->is_last)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (!length) {
        exchange->is_waiting = true;
        MHD_suspend_connection(exchange->connection);
        return 0;
    }
    memcpy(out, exchange->events.ptr, length);
    memmove(exchange->events.ptr, exchange->events.ptr + length,
            exchange->events.len - length);
    strbuf_cut(&exchange->events, exchange->events.len - length);
    return (ssize_t)length;
}

bool server_open_events(struct server *server, struct exchange *exchange)
{
    struct MHD_Response *out = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, EVENTS_BLOCK, read_events, exchange, NULL);
    if (!out)
        return false;
    struct response *response = &exchange->response;
    server_add_headers(out, response);
    response->events.write(response->events.context, &exchange->events,
                           &exchange->is_last);
    touch(exchange->connection);
    exchange->opened_ms = clock_monotonic_ms();
    exchange->is_open = true;
    exchange->next = server->open;
    server->open = exchange;
    server->open_count++;
    MHD_set_connection_option(exchange->connection,
                              MHD_CONNECTION_OPTION_TIMEOUT, 0U);
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, response->status, out);
    MHD_destroy_response(out);
    return result == MHD_YES;
}

void server_resume(struct server *server, struct MHD_Connection *connection)
{
    MHD_resume_connection(connection);
    server->resumed = true;
}

/* Tells each open page what is new; one that is slow to read waits. */
void server_tell_open_pages(struct server *server, bool end)
{
    int64_t oldest = clock_monotonic_ms() - EVENTS_MS;
    for (struct exchange *e = server->open; e; e = e->next) {
        if (!e->is_waiting)
            continue;
        e->is_waiting = false;
        e->response.events.write(e->response.events.context, &e->events,
                                 &e->is_last);
        e->is_last = e->is_last || end || e->opened_ms < oldest;
        if (!e->events.len && !e->is_last)
            strbuf_add_text(&e->events, ": still here\n\n");
        server_resume(server, e->connection);
    }
}
