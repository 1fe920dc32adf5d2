/* One relay: its connections, its pace, and its health.
 *
 * A relay that fails rests, with growing, jittered delays, while others
 * carry on. One that fails for good (a wrong certificate, a refused password)
 * isn't tried again in this run. One that refuses message after message is
 * itself under suspicion: the verdicts of such a run are held back until one
 * message is accepted, which shows that the relay isn't the fault.
 */
#ifndef DIGEST_SENDER_RELAY_INTERNAL_H
#define DIGEST_SENDER_RELAY_INTERNAL_H

#include "digest/sender/pacing_internal.h"
#include "digest/sender/transport_internal.h"

struct held {
    int64_t id;
    struct verdict verdict; /* its job is gone */
};

struct relay {
    struct relay_settings settings;
    const struct transport_ops *ops;
    struct transport *transport;
    const char *name;
    struct connection **connections;
    unsigned connection_count;

    struct bucket bucket;
    struct domains domains;
    double served;       /* messages by weight */
    int64_t moved_at_ms; /* a message of it was last answered */

    unsigned limit; /* connections it bears, as far as is known */
    int64_t limit_until_ms;
    unsigned strikes; /* failures in a row */
    int64_t rest_until_ms;
    bool dead;
    bool worked; /* it took a message in this run */
    int64_t worked_at_ms;
    struct err fault; /* the last one */

    struct held *held;
    size_t held_count, held_capacity;
    unsigned suspicion; /* of the run of refusals */
    bool refusing;
    bool held_all_addresses; /* each refusal blames the address alone */
};

FALLIBLE bool relay_begin(struct relay *relay,
                          const struct relay_settings *settings,
                          struct dialer *dialer, struct err *err);
void relay_free(struct relay *relay);

/* Forgets the health of an earlier run. */
void relay_reset(struct relay *relay, int64_t now_ms);

/* Connections that aren't closed, and those with a message in hand. */
unsigned relay_in_use(const struct relay *relay);
unsigned relay_busy(const struct relay *relay);

/* Whether a connection may be opened, or a message be given, now. */
bool relay_usable(const struct relay *relay, int64_t now_ms);
unsigned relay_link_limit(struct relay *relay, int64_t now_ms);

/* Whether nothing more is to be hoped for in this run. */
bool relay_hopeless(const struct relay *relay, int64_t now_ms);

/* A connection closed; its fault says whether that is one. */
void relay_link_closed(struct relay *relay, const struct connection *connection,
                       int64_t now_ms);

/* A message was accepted. What is held may be told. */
void relay_accepted(struct relay *relay, int64_t now_ms);

/* A message was refused by the server: holds the verdict. */
void relay_refused(struct relay *relay, const struct verdict *verdict,
                   int64_t id, int64_t now_ms);

/* Whether the held verdicts stand, now that the run ends: not when the relay
 * itself is the likelier fault. */
bool relay_verdicts_stand(const struct relay *relay);

#endif
