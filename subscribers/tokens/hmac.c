/* Computes HMAC-SHA256 with OpenSSL, under keys that are set once. */
#include "subscribers/tokens/hmac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>

#include "digest/base/mem.h"

/* The context keeps the key's two padded blocks already hashed, so that a
 * signature costs two compressions and no allocation. */
struct hmac {
    EVP_MAC_CTX *context;
    pthread_mutex_t busy;
};

static void must(int ok)
{
    if (ok)
        return;
    fputs("digest: libcrypto offers no HMAC-SHA256; its configuration "
          "(openssl.cnf) leaves out the default provider\n",
          stderr);
    abort();
}

struct hmac *hmac_new(struct str key)
{
    OSSL_PARAM digest[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_end()};
    struct hmac *hmac = MEM_NEW(struct hmac);
    pthread_mutex_init(&hmac->busy, NULL);
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    must(mac != NULL);
    hmac->context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    must(hmac->context != NULL);
    must(EVP_MAC_init(hmac->context, (const unsigned char *)key.ptr, key.len,
                      digest));
    return hmac;
}

struct hmac *hmac_derive(const struct hmac *from, struct str label)
{
    unsigned char key[HMAC_SIZE];
    hmac_sign(from, label, key);
    struct hmac *hmac = hmac_new((struct str){(const char *)key, sizeof key});
    hmac_wipe(key, sizeof key);
    return hmac;
}

void hmac_free(struct hmac *hmac)
{
    if (!hmac)
        return;
    EVP_MAC_CTX_free(hmac->context);
    pthread_mutex_destroy(&hmac->busy);
    free(hmac);
}

void hmac_sign(const struct hmac *hmac, struct str bytes,
               unsigned char out[HMAC_SIZE])
{
    size_t length = 0;
    pthread_mutex_t *busy = (pthread_mutex_t *)&hmac->busy;
    pthread_mutex_lock(busy);
    must(EVP_MAC_init(hmac->context, NULL, 0, NULL) &&
         EVP_MAC_update(hmac->context, (const unsigned char *)bytes.ptr,
                        bytes.len) &&
         EVP_MAC_final(hmac->context, out, &length, HMAC_SIZE));
    pthread_mutex_unlock(busy);
}

bool hmac_equal(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}

void hmac_wipe(void *secret, size_t length)
{
    if (length)
        OPENSSL_cleanse(secret, length);
}
