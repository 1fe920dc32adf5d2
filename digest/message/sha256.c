/* Computes SHA-256 with OpenSSL. */
#include "digest/message/sha256_internal.h"

#include <openssl/sha.h>

void sha256(struct str bytes, unsigned char out[SHA256_SIZE])
{
    SHA256((const unsigned char *)bytes.ptr, bytes.len, out);
}
