/* Hashes passwords with scrypt, and verifies them. */
#include "digest/access/password.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"

enum { SALT_BYTES = 16, HASH_BYTES = 32 };

/* OWASP's measure for scrypt, in the form that takes the least memory. */
struct cost {
    uint64_t n, r, p;
};
static const struct cost now = {1 << 14, 8, 5};
enum { COST_N_MAX = 1 << 20, COST_R_MAX = 32, COST_P_MAX = 16 };
static const uint64_t memory_max = 128 << 20;

bool password_check(struct str password, struct err *err)
{
    if (password.len < PASSWORD_MIN)
        return err_set(err, ERR_INPUT,
                       "a password needs at least %d characters; a few words "
                       "in a row are good ones",
                       PASSWORD_MIN);
    return password.len <= PASSWORD_MAX ||
           err_set(err, ERR_INPUT, "a password may have at most %d bytes",
                   PASSWORD_MAX);
}

static bool derive(struct str password, struct str salt,
                   const struct cost *cost, unsigned char out[HASH_BYTES])
{
    return EVP_PBE_scrypt(password.ptr, password.len,
                          (const unsigned char *)salt.ptr, salt.len, cost->n,
                          cost->r, cost->p, memory_max, out, HASH_BYTES) == 1;
}

bool password_hash(struct str password, struct strbuf *out, struct err *err)
{
    unsigned char salt[SALT_BYTES], hash[HASH_BYTES];
    if (!password_check(password, err))
        return false;
    random_bytes(salt, sizeof salt);
    struct str salted = {(const char *)salt, sizeof salt};
    if (!derive(password, salted, &now, hash))
        return err_set(err, ERR_IO, "libcrypto offers no scrypt here");
    strbuf_add_format(out, "scrypt$%" PRIu64 "$%" PRIu64 "$%" PRIu64 "$", now.n,
                      now.r, now.p);
    base64url_encode(out, salted);
    strbuf_add_char(out, '$');
    base64url_encode(out, (struct str){(const char *)hash, sizeof hash});
    OPENSSL_cleanse(hash, sizeof hash);
    return true;
}

static bool read_cost(struct str *rest, uint64_t most, uint64_t *out)
{
    unsigned long long value;
    if (!str_to_u64(str_cut(rest, '$'), &value) || !value || value > most)
        return false;
    *out = value;
    return true;
}

static bool read_hash(struct str text, struct cost *cost, struct strbuf *salt,
                      struct strbuf *hash)
{
    return str_equal(str_cut(&text, '$'), STR("scrypt")) &&
           read_cost(&text, COST_N_MAX, &cost->n) &&
           read_cost(&text, COST_R_MAX, &cost->r) &&
           read_cost(&text, COST_P_MAX, &cost->p) &&
           base64url_decode(salt, str_cut(&text, '$')) &&
           base64url_decode(hash, text) && hash->len == HASH_BYTES;
}

bool password_matches(struct str password, struct str text)
{
    OWNED(strbuf_free) struct strbuf salt = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf wanted = STRBUF_INIT;
    static const unsigned char nothing[HASH_BYTES];
    unsigned char hash[HASH_BYTES];
    struct cost cost = now;
    if (password.len > PASSWORD_MAX)
        return false;
    bool known = read_hash(text, &cost, &salt, &wanted);
    if (!known)
        cost = now;
    bool derived =
        derive(password, known ? strbuf_str(&salt) : STR("salt"), &cost, hash);
    const void *other = known ? (const void *)wanted.ptr : nothing;
    bool equal = CRYPTO_memcmp(hash, other, HASH_BYTES) == 0;
    OPENSSL_cleanse(hash, sizeof hash);
    return known && derived && equal;
}
