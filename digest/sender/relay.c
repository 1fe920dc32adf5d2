/* Decides whether a relay is in use, resting or hopeless. */
#include "digest/sender/relay_internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/sender/reply_class.h"

enum {
    REST_FIRST_MS = 1000,
    REST_MOST_MS = 10 * 60 * 1000,
    LIMIT_MS = 60 * 1000,
    RETRY_MS = 60 * 1000,
    REFUSALS_MAX = 20,
    /* A refusal that blames the address says less about the relay. */
    SUSPICION_ADDRESS = 1,
    SUSPICION_OTHER = 5,
};

bool relay_begin(struct relay *relay, const struct relay_settings *settings,
                 struct dialer *dialer, struct err *err)
{
    relay->settings = *settings;
    relay->ops = transport_for(settings->url);
    if (!relay->ops)
        return err_set(err, ERR_CONFIG,
                       "transport url \"%s\": isn't of a kind that is known; "
                       "write smtp://user@host:587, smtps://user@host:465, "
                       "maildir:PATH or null:",
                       settings->url);
    if (!relay->ops->create(settings, dialer, &relay->transport, err))
        return false;
    relay->name = relay->ops->name(relay->transport);
    relay->connection_count = settings->connections
                                  ? settings->connections
                                  : relay->ops->default_connections;
    relay->connections =
        MEM_NEW_ARRAY(struct connection *, relay->connection_count);
    for (unsigned i = 0; i < relay->connection_count; i++)
        relay->connections[i] = relay->ops->connection_create(relay->transport);
    relay->domains.rate = settings->rate_per_domain;
    relay->domains.connections = settings->connections_per_domain;
    bucket_begin(&relay->bucket, settings->rate, 0);
    return true;
}

void relay_free(struct relay *relay)
{
    for (unsigned i = 0; relay->connections && i < relay->connection_count; i++)
        relay->ops->connection_destroy(relay->connections[i]);
    free(relay->connections);
    if (relay->transport)
        relay->ops->destroy(relay->transport);
    domains_free(&relay->domains);
    free(relay->held);
    *relay = (struct relay){0};
}

void relay_reset(struct relay *relay, int64_t now_ms)
{
    relay->limit = relay->connection_count;
    relay->limit_until_ms = now_ms;
    relay->strikes = relay->suspicion = 0;
    relay->rest_until_ms = now_ms;
    relay->dead = relay->worked = relay->refusing = false;
    relay->fault = (struct err){0};
    relay->served = 0;
    relay->moved_at_ms = 0;
}

unsigned relay_in_use(const struct relay *relay)
{
    unsigned count = 0;
    for (unsigned i = 0; i < relay->connection_count; i++)
        count += relay->connections[i]->state != CONNECTION_CLOSED;
    return count;
}

unsigned relay_busy(const struct relay *relay)
{
    unsigned count = 0;
    for (unsigned i = 0; i < relay->connection_count; i++)
        count += relay->connections[i]->busy > 0;
    return count;
}

bool relay_usable(const struct relay *relay, int64_t now_ms)
{
    return !relay->dead && now_ms >= relay->rest_until_ms;
}

unsigned relay_link_limit(struct relay *relay, int64_t now_ms)
{
    if (relay->refusing || (relay->strikes && !relay_in_use(relay)))
        return 1;
    if (relay->limit < relay->connection_count &&
        now_ms >= relay->limit_until_ms) {
        relay->limit++;
        relay->limit_until_ms = now_ms + LIMIT_MS;
    }
    return relay->limit;
}

bool relay_hopeless(const struct relay *relay, int64_t now_ms)
{
    int retry_ms =
        relay->settings.retry_ms > 0 ? relay->settings.retry_ms : RETRY_MS;
    if (relay->dead)
        return true;
    if (relay_busy(relay) || !(relay->strikes || relay->refusing))
        return false;
    if (relay_in_use(relay) && !relay->refusing)
        return false;
    return !relay->worked || now_ms - relay->worked_at_ms > retry_ms;
}

/* 1 s, doubled each time, up to 10 minutes, give or take a quarter, so that
 * many senders don't come back at the same instant. */
static void rest(struct relay *relay, int64_t now_ms)
{
    int64_t delay = REST_FIRST_MS;
    for (unsigned i = 0; i < relay->strikes && delay < REST_MOST_MS; i++)
        delay *= 2;
    if (delay > REST_MOST_MS)
        delay = REST_MOST_MS;
    relay->strikes++;
    relay->rest_until_ms =
        now_ms + delay * 3 / 4 + random_below((uint32_t)(delay / 2));
}

void relay_link_closed(struct relay *relay, const struct connection *connection,
                       int64_t now_ms)
{
    unsigned others = relay_in_use(relay);
    if (connection->fault.kind == ERR_NONE)
        return;
    relay->fault = connection->fault;
    bool service = connection->fault.kind == ERR_TEMPORARY ||
                   connection->fault.kind == ERR_PERMANENT;
    bool for_good =
        connection->fault.kind == ERR_PERMANENT && !others && !relay->worked;
    /* A full disk or a forbidden folder doesn't mend itself. */
    if (!service || for_good) {
        relay->dead = true;
    } else if (others && others < relay->limit && !connection->sent) {
        /* More than it bears? The others go on. */
        relay->limit = others;
        relay->limit_until_ms = now_ms + LIMIT_MS;
    } else if ((connection->slow_down || !connection->sent) &&
               now_ms >= relay->rest_until_ms) {
        rest(relay, now_ms);
    }
}

void relay_accepted(struct relay *relay, int64_t now_ms)
{
    relay->worked = true;
    relay->worked_at_ms = now_ms;
    relay->strikes = relay->suspicion = 0;
    relay->refusing = false;
}

void relay_refused(struct relay *relay, const struct verdict *verdict,
                   int64_t id, int64_t now_ms)
{
    unsigned most = relay->settings.refusals_max ? relay->settings.refusals_max
                                                 : REFUSALS_MAX;
    bool address = reply_classify(verdict->code, verdict->status,
                                  verdict->text) == REPLY_ADDRESS;
    struct held held = {.id = id, .verdict = *verdict};
    held.verdict.job = NULL;
    relay->held_all_addresses =
        address && (relay->held_count == 0 || relay->held_all_addresses);
    MEM_PUSH(relay->held, relay->held_count, relay->held_capacity, held);
    relay->suspicion += address ? SUSPICION_ADDRESS : SUSPICION_OTHER;
    if (relay->suspicion < most * SUSPICION_OTHER)
        return;
    relay->refusing = true;
    char code[16] = ""; /* without a reply: our own refusal */
    if (verdict->code)
        snprintf(code, sizeof code, "%d ", verdict->code);
    err_set(&relay->fault,
            verdict->outcome == SENDER_FAILED ? ERR_PERMANENT : ERR_TEMPORARY,
            "%s: refuses message after message: %s%s%s%s; ask its operator "
            "whether it lets us send",
            relay->settings.url, code, verdict->status,
            *verdict->status ? " " : "", verdict->text);
    if (now_ms >= relay->rest_until_ms)
        rest(relay, now_ms);
}

bool relay_verdicts_stand(const struct relay *relay)
{
    return !relay->refusing || (relay->worked && relay->held_all_addresses);
}
