/* Sends the notices that wait, through the engine. */
#include "digest/notices/outbox.h"

#include "digest/base/mem.h"
#include "digest/delivery/relays.h"

bool outbox_send(const struct conf *conf, struct db *db,
                 const volatile int *stop, struct notices_report *report,
                 struct err *err)
{
    OWNED(relays_free) struct relays relays = {0};
    if (!relays_make(conf, &relays, err))
        return false;
    struct notices_options options = {
        .relays = relays.items,
        .relay_count = relays.count,
        .pace_rate = conf->pace_rate,
        .pace_connections = (unsigned)conf->pace_connections,
        .dkim = conf->dkim,
        .dkim_count = conf->dkim_count,
        .return_path = conf->bounce_address,
        .stop = stop,
    };
    return notices_send(db, &options, report, err);
}
