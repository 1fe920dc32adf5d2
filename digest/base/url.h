/* Where the parts of an address of the web stand. */
#ifndef DIGEST_BASE_URL_H
#define DIGEST_BASE_URL_H

#include "digest/base/str.h"

/* Views into the address, byte for byte; a part that isn't there is empty, and
 * its ptr says where it would stand. */
struct url_parts {
    struct str scheme; /* without "://"; empty: the text isn't absolute */
    struct str user;   /* up to the last @ before the path; NULL: no @ */
    struct str server; /* host and port, as they stand */
    struct str host;   /* an IPv6 address with its brackets */
    struct str port;   /* without its colon */
    struct str rest;   /* path, query and fragment */
};

/* Parts an address as what connects does, so that the host compared is the
 * host that is asked. A text that begins with no scheme and "://" is all
 * `rest`. What the parts say isn't checked: fetching refuses what is no host.
 * Source: RFC 3986 §3. */
struct url_parts url_split(struct str url);

/* Whether the text is absolute: it begins with a scheme and "://". */
bool url_is_absolute(struct str url);

#endif
