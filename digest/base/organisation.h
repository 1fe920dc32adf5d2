/* Which hosts are of one organisation, by the list of public suffixes. */
#ifndef DIGEST_BASE_ORGANISATION_H
#define DIGEST_BASE_ORGANISATION_H

#include "digest/base/str.h"

/* Whether two hosts are the same, or lie below one name that somebody has
 * registered: a.example.org and example.org do; a.co.uk and b.co.uk,
 * a.github.io and github.io don't. In any case and in Unicode or ASCII. An
 * IP address, a public suffix and an empty view are of one organisation with
 * themselves at most; an empty view not even so.
 * Source: publicsuffix.org, RFC 7489 §3.2 for DMARC's alignment. */
bool organisation_is_same(struct str a, struct str b);

#endif
