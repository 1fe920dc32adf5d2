/* Passwords, kept as scrypt hashes. Source: RFC 7914.
 *
 * The text says how it was made, so that the cost can rise and older ones
 * still verify: scrypt$N$r$p$SALT$HASH, the last two in base64url.
 */
#ifndef DIGEST_ACCESS_PASSWORD_H
#define DIGEST_ACCESS_PASSWORD_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

enum { PASSWORD_MIN = 10, PASSWORD_MAX = 256 }; /* bytes */

/* Whether it can be one. Fails: INPUT, saying what is asked for. */
FALLIBLE bool password_check(struct str password, struct err *err);

/* Appends the text to be kept, with a fresh salt. It takes a tenth of a
 * second and 16 MB, on purpose. Fails: INPUT (password_check). */
FALLIBLE bool password_hash(struct str password, struct strbuf *out,
                            struct err *err);

/* Whether it is the one that was hashed; takes as long for a text that isn't
 * a hash, so that time tells nothing. */
bool password_matches(struct str password, struct str hash);

#endif
