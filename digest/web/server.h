/* The web server: readers' pages over HTTP, behind a proxy that does TLS.
 *
 * One thread, one database handle: that of the caller of server_run. A
 * connection carries one request. Limits stand in head.h (what comes in front
 * of a body), gate.h (connections that wait) and server.c: sizes of bodies, the
 * number of connections, and how long a slow client may take.
 */
#ifndef DIGEST_WEB_SERVER_H
#define DIGEST_WEB_SERVER_H

#include "digest/base/conf.h"
#include "digest/base/err.h"
#include "digest/web/web.h"

/* Borrowed until server_free. */
struct web_settings {
    const char *listen; /* ADDRESS:PORT, [ADDRESS]:PORT; port 0: any free */
    struct db *db;
    const struct token_keys *keys;
    struct template_set *templates;
    const char *site_name;            /* NULL: none */
    const char *base_url;             /* NULL: no page sends mail */
    const char *postal_address;       /* NULL: none */
    struct web_view view;             /* may be empty */
    const struct conductor *archive;  /* NULL: there is none */
    struct conf_list trusted_proxies; /* addresses or networks (CIDR) */
    const char *client_header; /* NULL: X-Forwarded-For; of trusted proxies */
    const struct conf *conf;   /* NULL: without the editors' desk */
};

struct server;

/* Opens the port. Fails: CONFIG (not such an address), PERMISSION, IO (in
 * use …). */
FALLIBLE bool server_new(const struct web_settings *settings,
                         struct server **out, struct err *err);
void server_free(struct server *server);
void server_release(struct server **server); /* for OWNED */

/* The port it listens on. */
unsigned server_port(const struct server *server);

/* Serves until server_stop, then lets requests that are under way end, for
 * a few seconds at most. Fails: IO. */
FALLIBLE bool server_run(struct server *server, struct err *err);

/* Makes server_run return. May be called from a signal handler and from
 * another thread. */
void server_stop(struct server *server);

#endif
