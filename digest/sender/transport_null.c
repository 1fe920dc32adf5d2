/* Accepts every message and drops it, for tests and benchmarks. */
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/sender/local_connection_internal.h"

/* Many places, so that one commit serves many messages. */
enum { PLACES = 64 };

static bool create(const struct relay_settings *settings, struct dialer *dialer,
                   struct transport **out, struct err *err)
{
    (void)dialer;
    if (settings->url[sizeof "null:" - 1])
        return err_set(
            err, ERR_CONFIG,
            "transport url \"%s\": nothing may follow null:", settings->url);
    *out = MEM_NEW(struct transport);
    (*out)->ops = &transport_null;
    return true;
}

static void destroy(struct transport *transport)
{
    free(transport);
}

static const char *name(const struct transport *transport)
{
    (void)transport;
    return "null:";
}

static void go(struct connection *connection, int64_t now_ms)
{
    (void)now_ms;
    if (local_connection_job(connection))
        local_connection_sent(connection, "counted");
}

const struct transport_ops transport_null = {
    .scheme = "null",
    .create = create,
    .destroy = destroy,
    .name = name,
    .default_connections = PLACES,
    .connection_create = local_connection_create,
    .connection_destroy = local_connection_destroy,
    .open = local_connection_open,
    .read = local_connection_read,
    .ready = local_connection_ready,
    .bind = local_connection_bind,
    .go = go,
    .verdict = local_connection_verdict,
    .leave = local_connection_leave,
    .drop = local_connection_drop,
};
