/* One transfer while it runs; for the files of fetching alone. */
#ifndef DIGEST_FETCH_FETCH_INTERNAL_H
#define DIGEST_FETCH_FETCH_INTERNAL_H

#include "digest/fetch/fetch.h"

struct curl_slist; /* libcurl's */

struct fetch {
    const char *url; /* borrowed */
    struct fetch_options options;
    struct fetch_reply *reply;
    size_t max_bytes;
    bool is_too_large, is_private, is_moved_for_good;
    void *curl; /* libcurl's handle, ready to be performed */
    struct curl_slist *headers;
    char error[256]; /* as large as libcurl asks for */
};

/* Makes a transfer ready. It must not move in memory until its end. Fails:
 * IO. */
FALLIBLE bool fetch_start(struct fetch *fetch, const char *url,
                          const struct fetch_options *options,
                          struct fetch_reply *reply, struct err *err);
/* Reads what came of it; `code` is libcurl's. Fails as fetch_url does. */
FALLIBLE bool fetch_finish(struct fetch *fetch, int code, struct err *err);
void fetch_end(struct fetch *fetch); /* for OWNED */

#endif
