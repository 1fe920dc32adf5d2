/* SHA-256 of some bytes: for boundaries and for what is saved. */
#ifndef DIGEST_MESSAGE_SHA256_INTERNAL_H
#define DIGEST_MESSAGE_SHA256_INTERNAL_H

#include "digest/base/str.h"

enum { SHA256_SIZE = 32 };

void sha256(struct str bytes, unsigned char out[SHA256_SIZE]);

#endif
