/* Host names as DNS and mail have them: ASCII, each label that isn't as an
 * A-label (xn--…). */
#ifndef DIGEST_BASE_HOST_H
#define DIGEST_BASE_HOST_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

/* Appends a host name, in Unicode or percent-encoded, in ASCII; one that is
 * ASCII already, an address in brackets too, stays as it is. A label of
 * symbols, which IDNA 2008 has no place for and browsers open all the same,
 * gets its A-label as well.
 * Fails: INPUT, saying why it can't be written in DNS; `out` stays.
 * Source: RFC 5891 §5, UTS 46 (non-transitional), RFC 3492 §6.3. */
FALLIBLE bool host_to_ascii(struct str host, struct strbuf *out,
                            struct err *err);

/* The same of a URL's host; all else of it, and what has no host, stays. */
FALLIBLE bool host_of_url_to_ascii(struct str url, struct strbuf *out,
                                   struct err *err);

#endif
