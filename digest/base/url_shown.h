/* Addresses as they are shown: without a password that stands in one. */
#ifndef DIGEST_BASE_URL_SHOWN_H
#define DIGEST_BASE_URL_SHOWN_H

#include "digest/base/arena.h"
#include "digest/base/str.h"

/* Takes out of a text, in place, what stands before the host in its URLs
 * (RFC 3986 §3.2.1): those "user:password@" are for the connection alone. Of a
 * mail server's URL the user stays. Whatever is said of an address to anybody,
 * or stored of it, goes through here; err_set and log_write do so themselves.
 */
void url_hide_password(char *text);

/* The same of a copy, in the arena. */
const char *url_shown(struct arena *arena, const char *text);

#endif
