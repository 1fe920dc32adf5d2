/* What the files of the server share; for them alone. */
#ifndef DIGEST_WEB_SERVER_PARTS_H
#define DIGEST_WEB_SERVER_PARTS_H

#include "digest/web/server.h"
#include "subscribers/roster/address_list.h"

struct MHD_Connection;
struct MHD_Daemon;

/* A connection, so that one that dawdles can be cut. */
struct link {
    struct link *next, **here;
    int fd;
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
    struct link *links;
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

/* Its connection has done something: it doesn't dawdle. */
void server_touch(struct MHD_Connection *connection);
/* A connection that was suspended goes on. */
void server_resume(struct server *server, struct MHD_Connection *connection);

/* Answers with a page that stays open; false when that can't be. */
bool server_open_events(struct server *server, struct exchange *exchange);
/* Tells each open page what is new; with `end` for the last time. */
void server_tell_open_pages(struct server *server, bool end);
/* The page is closed, or never was opened. */
void server_end_events(struct server *server, struct exchange *exchange);

#endif
