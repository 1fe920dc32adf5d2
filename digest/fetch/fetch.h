/* Fetching over HTTP(S), within limits of time and size.
 *
 * Private and loopback addresses are refused where the connection is made,
 * so that neither a redirect nor a name server can lead there. libcurl
 * carries it; its types stay inside. */
#ifndef DIGEST_FETCH_FETCH_H
#define DIGEST_FETCH_FETCH_H

#include <stdint.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

struct fetch_options {
    bool allow_private;        /* private and loopback addresses too */
    bool head;                 /* asks whether it is there: no body */
    size_t max_bytes;          /* 0: 64 MiB, unpacked */
    long timeout_s;            /* 0: 60, in all */
    const char *accept;        /* NULL: feeds and pages */
    const char *etag;          /* NULL: not asked */
    const char *last_modified; /* NULL: not asked */
};

struct fetch_reply {
    long status;         /* 200, 304 … */
    bool is_unchanged;   /* 304 */
    struct strbuf body;  /* unpacked */
    char *url;           /* where it was in the end */
    char *moved_url;     /* NULL, or where it now is for good (301, 308) */
    char *content_type;  /* without parameters, lower case; "" for none */
    char *charset;       /* "" for none */
    char *etag;          /* "" for none */
    char *last_modified; /* "" for none */
    char *total_pages;   /* of WordPress's API; "" for none */
    char *wordpress_api; /* its root, by a Link header; "" for none */
    int64_t retry_after; /* seconds, by Retry-After; 0: not said */
};

/* GETs a URL, or HEADs it. Every status over 399 is an error. Fails: PERMISSION
 * (a private address), NOT_FOUND, PERMANENT, TEMPORARY, INPUT (too large). */
FALLIBLE bool fetch_url(const char *url, const struct fetch_options *options,
                        struct fetch_reply *reply, struct err *err);
void fetch_reply_free(struct fetch_reply *reply);

struct fetch_request {
    const char *url;
    struct fetch_options options;
};

struct fetch_crowd {
    const struct fetch_request *requests;
    size_t count;
    size_t at_once; /* 0: 32 */
    /* Takes each reply as it comes, on the caller's thread; `why` is NULL,
     * or what went wrong with this one. *follow may be set to a URL of the
     * same host that is fetched next and taken under the same index; it is
     * freed. False ends all with *err. */
    bool (*take)(void *context, size_t index, const struct fetch_reply *reply,
                 const struct err *why, char **follow, struct err *err);
    /* Called when nothing has come for a moment, before waiting on: what
     * `take` holds can be let go. NULL: not. False ends all with *err. */
    bool (*rest)(void *context, struct err *err);
    void *context;
};

/* GETs many URLs: side by side from different host:port pairs, one at a time
 * from each. Fails: IO, what `take` fails with. */
FALLIBLE bool fetch_many(const struct fetch_crowd *crowd, struct err *err);

/* Whether the bytes of an address (4 or 16, in network order) are private,
 * loopback, link-local, or otherwise not of the public Internet. */
bool fetch_is_private(const unsigned char *address, size_t length);

#endif
