/* Makes the sender's relays from digest.yaml. */
#include "digest/delivery/relays.h"

#include <stdlib.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

/* A maildir's path counts from the folder of digest.yaml. */
static char *resolve_url(const struct conf *conf, const char *url)
{
    static const char scheme[] = "maildir:";
    if (!str_starts_nocase(str_of(url), str_of(scheme)) ||
        !url[sizeof scheme - 1])
        return mem_copy(url);
    OWNED(mem_free)
    char *path = file_join(conf->folder, url + sizeof scheme - 1);
    return mem_format("%s%s", scheme, path);
}

bool relays_make(const struct conf *conf, struct relays *out, struct err *err)
{
    if (!conf->relay_count)
        return err_set(err, ERR_CONFIG,
                       "%s: no transport; add one, such as: transport: { url: "
                       "\"smtp://user@mail.example.org:587\", password_file: "
                       "smtp.password }",
                       conf->path);
    out->items = MEM_NEW_ARRAY(struct relay_settings, conf->relay_count);
    out->paths = MEM_NEW_ARRAY(char *, conf->relay_count);
    out->count = conf->relay_count;
    for (size_t i = 0; i < conf->relay_count; i++) {
        const struct conf_relay *relay = &conf->relays[i];
        out->paths[i] = resolve_url(conf, relay->url);
        out->items[i] = (struct relay_settings){
            .url = out->paths[i],
            .password = relay->password,
            .tls_none = relay->tls_none,
            .ca_file = relay->ca_file,
            .weight = (unsigned)relay->weight,
            .connections = (unsigned)relay->connections,
            .messages_per_connection = (unsigned)relay->messages_per_connection,
            .connections_per_domain = (unsigned)relay->connections_per_domain,
            .refusals_max = (unsigned)relay->pause_after,
            .rate = relay->rate,
            .rate_per_domain = relay->rate_per_domain,
            .timeout_ms =
                (int)(relay->timeout < 3600 ? relay->timeout * 1000 : 0),
        };
    }
    return true;
}

void relays_free(struct relays *relays)
{
    for (size_t i = 0; i < relays->count; i++)
        free(relays->paths[i]);
    free(relays->paths);
    free(relays->items);
    *relays = (struct relays){0};
}

bool relays_check(const struct conf *conf, struct err *err)
{
    OWNED(relays_free) struct relays relays = {0};
    OWNED(sender_release) struct sender *sender = NULL;
    return relays_make(conf, &relays, err) &&
           sender_new(relays.items, relays.count, &sender, err);
}
