/* One request and its response, free of the HTTP library: what handlers see
 * and what tests make by hand. */
#ifndef DIGEST_WEB_REQUEST_H
#define DIGEST_WEB_REQUEST_H

#include "digest/base/arena.h"
#include "digest/base/strbuf.h"

enum request_method {
    METHOD_GET, /* HEAD too: the server leaves the body out */
    METHOD_POST,
    METHOD_OPTIONS,
    METHOD_OTHER,
};

/* Texts never NULL; all live as long as the request. */
struct request {
    enum request_method method;
    struct str path;    /* percent-decoded, without query */
    struct str capture; /* what stood for the * of the route's pattern */
    struct str query;   /* as it was sent, percent-encoded, without ? */
    struct str content_type;
    struct str languages;                        /* Accept-Language */
    struct str if_none_match, if_modified_since; /* or empty */
    struct str body;
    struct str cookie;     /* the Cookie header */
    struct str agent;      /* the User-Agent header */
    struct str fetch_site; /* Sec-Fetch-Site: same-origin, cross-site … */
    const char *client;    /* the reader's IP address */
    struct arena *arena;   /* lives until the response is gone */
};

enum { RESPONSE_HEADERS_MAX = 16 };

/* Events that a page which stays open is told, second after second: server-sent
 * events (WHATWG HTML §9.2). `write` appends what there is to say, and may set
 * *last; without any the connection is kept alive. */
struct response_events {
    void (*write)(void *context, struct strbuf *out, bool *last);
    void (*end)(void *context); /* frees the context */
    void *context;
};

struct response {
    unsigned status;
    struct strbuf body;
    struct {
        const char *name, *value; /* literals, or in the request's arena */
    } headers[RESPONSE_HEADERS_MAX];
    unsigned header_count;
    struct response_events events; /* write NULL: none; the body is sent */
    int file; /* a descriptor that is sent in place of the body, and
                 closed; 0: none */
    size_t file_size;
};

/* Sets a header; one set before is replaced. */
void response_header(struct response *response, const char *name,
                     const char *value);
/* Sets one more of that name, such as Set-Cookie (RFC 6265 §3). */
void response_add_header(struct response *response, const char *name,
                         const char *value);
/* The value (the first), or NULL. */
const char *response_get_header(const struct response *response,
                                const char *name);
/* A short text/plain answer. */
void response_text(struct response *response, unsigned status,
                   const char *text);
void response_free(struct response *response);

#endif
