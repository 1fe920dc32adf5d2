#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/sender/local_link_internal.h"

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

static void go(struct link *link, int64_t now_ms)
{
    (void)now_ms;
    if (local_link_job(link))
        local_link_sent(link, "counted");
}

const struct transport_ops transport_null = {
    .scheme = "null",
    .create = create,
    .destroy = destroy,
    .name = name,
    .default_links = PLACES,
    .link_create = local_link_create,
    .link_destroy = local_link_destroy,
    .open = local_link_open,
    .read = local_link_read,
    .ready = local_link_ready,
    .bind = local_link_bind,
    .go = go,
    .verdict = local_link_verdict,
    .leave = local_link_leave,
    .drop = local_link_drop,
};
