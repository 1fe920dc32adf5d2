/* HMAC-SHA256 under a key that is set once and used many times. Source:
 * RFC 2104, FIPS 180-4. May be used from several threads. */
#ifndef SUBSCRIBERS_TOKENS_HMAC_H
#define SUBSCRIBERS_TOKENS_HMAC_H

#include "digest/base/str.h"

enum { HMAC_SIZE = 32 };

struct hmac;

/* Copies the key. Ends the process if libcrypto offers no HMAC-SHA256: then
 * it is a broken installation. */
struct hmac *hmac_new(struct str key);
/* A key made from another: HMAC(key, label), so that what is signed for one
 * use can't be passed off for another. */
struct hmac *hmac_derive(const struct hmac *from, struct str label);
void hmac_free(struct hmac *hmac);

/* Allocates nothing. */
void hmac_sign(const struct hmac *hmac, struct str bytes,
               unsigned char out[HMAC_SIZE]);

/* Takes the same time wherever the two differ. */
bool hmac_equal(const void *a, const void *b, size_t length);

/* Overwrites a secret in a way that isn't optimised away. */
void hmac_wipe(void *secret, size_t length);

#endif
