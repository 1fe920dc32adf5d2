/* The inside of the server, for the files that share it. */
#ifndef DIGEST_WEB_SERVER_INTERNAL_H
#define DIGEST_WEB_SERVER_INTERNAL_H

#include "digest/web/client.h"
#include "digest/web/server.h"
#include "subscribers/roster/address_list.h"

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;

/* A connection, so that one that dawdles can be cut. */
struct web_connection {
    struct web_connection *next, **here;
    int fd;
    struct peer peer;
    bool is_cut;
    int64_t since_ms;
};

struct server {
    struct web web;
    struct languages *languages;
    struct address_list *disposables;
    struct conf_list trusted_proxies;
    const char *client_header;
    struct MHD_Daemon *daemon;
    int stop_fd;
    unsigned port;
    unsigned busy;        /* requests under way */
    unsigned long_bodies; /* that come in */
    struct gate *gate;    /* those who come wait there */
    struct web_connection *links;
    unsigned link_count;
    struct tx group;       /* what this turn's POSTs change */
    struct exchange *held; /* whose answers wait for its commit */
    bool resumed;          /* connections, since MHD last ran */
    struct exchange *open; /* pages that are told what happens */
    unsigned open_count;
};

/* A request under way. */
struct exchange {
    struct arena arena;
    struct strbuf body;
    size_t body_max, dropped;
    struct request request;
    struct response response;
    bool is_answered;
    bool is_long; /* its body */
    struct MHD_Connection *connection;
    struct exchange *next; /* held, or open */
    struct strbuf events;  /* what the page wasn't told yet */
    int64_t opened_ms;
    bool is_open, is_waiting, is_last;
};

enum { EVENTS_MAX = 100 }; /* pages that are kept open */

/* Fills in the exchange's request, and how long its body may be; the body
 * follows. */
void server_read_request(struct server *server, struct exchange *exchange,
                         const char *url, const char *method);

/* Adds the headers of a response, and that it is the connection's last. */
void server_add_headers(struct MHD_Response *out,
                        const struct response *response);

/* A connection that was suspended goes on. */
void server_resume(struct server *server, struct MHD_Connection *connection);

/* Answers with a page that stays open; false when that can't be. */
bool server_open_events(struct server *server, struct exchange *exchange);
/* Tells each open page what is new; with `end` for the last time. */
void server_tell_open_pages(struct server *server, bool end);
/* The page is closed, or never was opened. */
void server_end_events(struct server *server, struct exchange *exchange);

#endif
