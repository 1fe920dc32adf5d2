/* The server's certificate: checked before a password is sent, for libetpan
 * takes any. */
#ifndef SUBSCRIBERS_BOUNCES_CERTIFICATE_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_CERTIFICATE_INTERNAL_H

#include "digest/base/err.h"
#include "digest/base/str.h"

/* Checks a chain (DER, the server's own first) against a file of trusted
 * authorities (NULL: the system's), today, for this host name or address.
 * Fails: PERMANENT, saying what is wrong with it; CONFIG (ca_file). */
FALLIBLE bool certificate_check(const struct str *chain, size_t count,
                                const char *host, const char *ca_file,
                                struct err *err);

#endif
