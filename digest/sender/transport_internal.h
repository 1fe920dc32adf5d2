/* A way out: the variants behind a relay's URL.
 *
 * A transport belongs to one relay; a connection is one connection of it (or,
 * where nothing is connected, a place for one message). The sender drives all
 * connections alike, in turns: read, verdicts, bind, commit, go.
 */
#ifndef DIGEST_SENDER_TRANSPORT_INTERNAL_H
#define DIGEST_SENDER_TRANSPORT_INTERNAL_H

#include <poll.h>
#include <stdint.h>

#include "digest/base/err.h"
#include "digest/sender/dialer.h"
#include "digest/sender/sender.h"
#include "digest/sender/verdict_internal.h"

enum connection_state {
    CONNECTION_CLOSED,
    CONNECTION_OPENING,
    CONNECTION_OPEN,
    CONNECTION_LEAVING, /* it says goodbye; nothing more can be given */
};

struct transport;

/* A connection of any transport; each variant's own struct begins with it. */
struct connection {
    struct transport *transport;
    enum connection_state state;
    struct pollfd watch; /* fd -1: nothing to wait for */
    int64_t deadline_ms; /* monotonic; when `read` has to be called anyway */
    unsigned given;      /* messages since it opened */
    unsigned sent;       /* of these, accepted */
    unsigned most;       /* messages it takes before it has to leave */
    unsigned busy;       /* messages it has in hand */
    int64_t idle_since_ms;
    bool closing_told; /* the relay knows that it closed */
    bool slow_down;    /* it was closed by a 421 */
    struct err fault;  /* why it closed; kind NONE: all is well */
};

#define NO_DEADLINE INT64_MAX

struct transport_ops {
    const char *scheme;
    bool (*create)(const struct relay_settings *settings, struct dialer *dialer,
                   struct transport **out, struct err *err);
    void (*destroy)(struct transport *transport);
    const char *(*name)(const struct transport *transport); /* host:port */
    unsigned default_connections;

    struct connection *(*connection_create)(struct transport *transport);
    void (*connection_destroy)(struct connection *connection);
    void (*open)(struct connection *connection, int64_t now_ms);
    /* Takes in what has arrived, and looks at the deadline. */
    void (*read)(struct connection *connection, int64_t now_ms);
    /* Whether a message can be given now. */
    bool (*ready)(const struct connection *connection);
    /* Lives until: the job's verdict was taken. */
    void (*bind)(struct connection *connection, struct sender_job *job);
    /* The message whose text the next go() writes, or NULL; with `later`,
     * also one whose text goes out once the server has answered. NULL: what
     * is bound goes out in the same turn. */
    struct sender_job *(*about_to_send)(const struct connection *connection,
                                        bool later);
    /* Writes; everything bound and said so far is durable. */
    void (*go)(struct connection *connection, int64_t now_ms);
    /* After all connections went: makes what they did last. NULL: nothing to
     * do. */
    void (*settle)(struct transport *transport);
    bool (*verdict)(struct connection *connection, struct verdict *verdict);
    /* Says goodbye; only with nothing in hand. */
    void (*leave)(struct connection *connection, int64_t now_ms);
    /* Closes at once, for a reason of ours; what is in hand gets its
     * verdicts, with `why`. */
    void (*drop)(struct connection *connection, const char *why);
};

struct transport {
    const struct transport_ops *ops;
};

extern const struct transport_ops transport_smtp;    /* smtp://, smtps:// */
extern const struct transport_ops transport_maildir; /* maildir:PATH */
extern const struct transport_ops transport_null;    /* null: */

/* The variant for a URL, or NULL. */
const struct transport_ops *transport_for(const char *url);

#endif
