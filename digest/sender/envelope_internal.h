/* Envelope addresses, checked before they go into a command. */
#ifndef DIGEST_SENDER_ENVELOPE_INTERNAL_H
#define DIGEST_SENDER_ENVELOPE_INTERNAL_H

#include <stdbool.h>

#include "digest/base/str.h"

/* Whether a command can carry the address: no control character, space or
 * angle bracket (whoever could put CRLF into one could say commands), well
 * formed UTF-8, at most 254 octets (RFC 5321 §4.5.3.1.3). `why` says what is
 * wrong, as a literal. */
bool envelope_is_safe(struct str address, const char **why);

bool envelope_is_ascii(struct str text);

/* The domain behind the last '@'; empty when there is none. */
struct str envelope_domain(struct str address);

#endif
