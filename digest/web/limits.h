/* Limits: how often one client, or one address, may ask for a mail.
 *
 * Kept in memory in a table of fixed size, so that a flood costs none; when
 * it is full, the one that has asked least is forgotten.
 */
#ifndef DIGEST_WEB_LIMITS_H
#define DIGEST_WEB_LIMITS_H

#include <stdint.h>

#include "digest/base/str.h"
#include "subscribers/roster/address.h"
#include "subscribers/tokens/tokens.h"

enum limit {
    LIMIT_CLIENT,          /* an IPv4 address, or an IPv6 network of 64 bits */
    LIMIT_ADDRESS,         /* a mailbox (address_mailbox) */
    LIMIT_SITE,            /* a domain (address_site) */
    LIMIT_SIGN_IN_CLIENT,  /* as LIMIT_CLIENT, at the desk's door */
    LIMIT_SIGN_IN_ACCOUNT, /* an editor's address, from wherever */
    LIMIT_SIGN_IN_ALL,     /* all together: each check costs time */
    LIMIT_TEST,            /* an editor's address: test copies to anybody */
};

struct limits;

/* `keys` (borrowed) keep anybody from finding two that are counted as one. */
struct limits *limits_new(const struct token_keys *keys);
void limits_free(struct limits *limits);

/* Counts a mail to an address, for its mailbox and for its domain; false when
 * either has had as many as it may. */
bool limits_take_mail(struct limits *limits, const struct address *address);

/* Counts one, by the monotonic clock; false when that is more than it may.
 * NULL limits nothing. */
bool limits_take(struct limits *limits, enum limit limit, const char *who);

#endif
