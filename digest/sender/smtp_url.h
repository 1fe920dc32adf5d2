/* The URL of a relay, taken apart. */
#ifndef DIGEST_SENDER_SMTP_URL_H
#define DIGEST_SENDER_SMTP_URL_H

#include <stdbool.h>

#include "digest/base/err.h"

struct smtp_url {
    char *user; /* percent-decoded; NULL: none */
    char *host; /* without the brackets of an IPv6 address */
    bool ipv6;
    unsigned port;
    bool tls;      /* smtps: TLS from the first byte */
    bool loopback; /* localhost, 127.0.0.0/8 or ::1 */
};

/* smtp://[USER@]HOST[:PORT] or smtps://…; the port is 587 or 465 when it
 * isn't given (RFC 6409, RFC 8314). Fails: CONFIG, saying what is wrong with
 * it; a password in the URL is refused. */
FALLIBLE bool smtp_url_parse(const char *url, struct smtp_url *out,
                             struct err *err);
void smtp_url_free(struct smtp_url *url);

#endif
