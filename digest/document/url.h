/* Links: made absolute, cleaned, and only those that a mail may carry. */
#ifndef DIGEST_DOCUMENT_URL_H
#define DIGEST_DOCUMENT_URL_H

#include "digest/base/arena.h"
#include "digest/base/strbuf.h"

enum url_use {
    URL_LINK, /* http, https, mailto, tel */
    URL_FILE, /* http, https: images, media, frames */
};

/* Appends a URL or a reference with all that can't stand in one
 * percent-encoded. Twice is the same as once. */
void url_escape(struct strbuf *out, struct str url);

/* The absolute form of a reference, in the arena, escaped, its host and the
 * domain of a mail address in ASCII; NULL where there is none. `base`:
 * escaped, or NULL for none.
 * Source: RFC 3986 §5.2, RFC 5891 §5. */
const char *url_resolve(struct arena *arena, struct str reference,
                        const char *base, enum url_use use);

/* The host of an http(s) URL, with a port that it says and without "www."; a
 * view into the URL, or an empty one. */
struct str url_host(struct str url);

#endif
