/* DKIM keys as signing needs them, beyond dkim.h; for this room alone. */
#ifndef DIGEST_MESSAGE_DKIM_KEY_INTERNAL_H
#define DIGEST_MESSAGE_DKIM_KEY_INTERNAL_H

#include "digest/message/dkim.h"
#include "digest/message/sha256_internal.h"

/* "a=" and "k=": "rsa-sha256" and "rsa". */
const char *dkim_algorithm_name(enum dkim_algorithm algorithm);
const char *dkim_algorithm_key_type(enum dkim_algorithm algorithm);

/* One thread's use of a key: a copy, since a shared one has a lock, and what
 * libcrypto works with. Borrows: the key. Fails: IO. */
struct dkim_stamp;
FALLIBLE bool dkim_stamp_new(const struct dkim_key *key,
                             struct dkim_stamp **out, struct err *err);
void dkim_stamp_free(struct dkim_stamp *stamp);
void dkim_stamp_release(struct dkim_stamp **stamp); /* for OWNED */

const struct dkim_key *dkim_stamp_key(const struct dkim_stamp *stamp);

/* Signs a hash: RSASSA-PKCS1-v1_5, or PureEdDSA over it. Fails: IO. */
enum { DKIM_SIGNATURE_MAX = 2048 }; /* bytes: an RSA key of 16384 bits */
FALLIBLE bool dkim_stamp_sign(struct dkim_stamp *stamp,
                              const unsigned char hash[SHA256_SIZE],
                              unsigned char signature[DKIM_SIGNATURE_MAX],
                              size_t *size, struct err *err);

#endif
