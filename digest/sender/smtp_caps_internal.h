/* A server's capabilities: the keywords of its EHLO reply (RFC 5321 §4.1.1.1).
 *
 * Fed each line that the server says until the connection is ready. Only the
 * newest EHLO reply counts: what was said before STARTTLS is forgotten with
 * the greeting line that answers STARTTLS (RFC 3207 §4.2).
 */
#ifndef DIGEST_SENDER_SMTP_CAPS_INTERNAL_H
#define DIGEST_SENDER_SMTP_CAPS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "digest/base/str.h"

struct smtp_caps {
    bool pipelining;    /* RFC 2920 */
    bool smtputf8;      /* RFC 6531 */
    bool eightbitmime;  /* RFC 6152 */
    bool starttls;      /* RFC 3207 */
    bool auth;          /* RFC 4954 */
    bool dsn;           /* RFC 3461 */
    bool size;          /* RFC 1870 */
    uint64_t size_max;  /* 0: no limit declared */
    unsigned mail_max;  /* RFC 9422: messages a connection; 0: none */
    bool authenticated; /* it said 235 */
    unsigned lines;     /* of the EHLO reply being read */
};

void smtp_caps_line(struct smtp_caps *caps, struct str line);

#endif
