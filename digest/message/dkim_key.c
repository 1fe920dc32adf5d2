/* Makes, parses, loads and publishes DKIM keys with OpenSSL. */
#include "digest/message/dkim_key_internal.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "digest/base/encode.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/message/headers.h"

struct dkim_key {
    EVP_PKEY *pkey;
    char *domain, *selector;
    enum dkim_algorithm algorithm;
};

enum { PEM_MAX_BYTES = 64 * 1024, RSA_LEAST_BITS = 1024, RSA_NEW_BITS = 2048 };

static const struct {
    int type;
    const char *name, *key_type;
} algorithms[] = {
    [DKIM_RSA] = {EVP_PKEY_RSA, "rsa-sha256", "rsa"},
    [DKIM_ED25519] = {EVP_PKEY_ED25519, "ed25519-sha256", "ed25519"},
};

const char *dkim_algorithm_name(enum dkim_algorithm algorithm)
{
    return algorithms[algorithm].name;
}

const char *dkim_algorithm_key_type(enum dkim_algorithm algorithm)
{
    return algorithms[algorithm].key_type;
}

static void free_bio(BIO **bio)
{
    BIO_free(*bio);
}

static void free_pkey(EVP_PKEY **pkey)
{
    EVP_PKEY_free(*pkey);
}

/* ---- one key --------------------------------------------------------- */

void dkim_key_free(struct dkim_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    free(key->domain);
    free(key->selector);
    free(key);
}

void dkim_key_release(struct dkim_key **key)
{
    dkim_key_free(*key);
    *key = NULL;
}

enum dkim_algorithm dkim_key_algorithm(const struct dkim_key *key)
{
    return key->algorithm;
}

const char *dkim_key_domain(const struct dkim_key *key)
{
    return key->domain;
}

const char *dkim_key_selector(const struct dkim_key *key)
{
    return key->selector;
}

int dkim_key_bits(const struct dkim_key *key)
{
    return EVP_PKEY_get_bits(key->pkey);
}

/* ---- reading --------------------------------------------------------- */

static bool is_ascii_domain(const char *name)
{
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c >= 0x80)
            return false;
    OWNED(mem_free) char *address = mem_format("x@%s", name);
    return header_address_is_safe(str_of(address));
}

static bool find_algorithm(struct dkim_key *key)
{
    for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++)
        if (EVP_PKEY_is_a(key->pkey, OBJ_nid2sn(algorithms[i].type))) {
            key->algorithm = (enum dkim_algorithm)i;
            return true;
        }
    return false;
}

/* A key with a pass phrase is refused, not asked for on the terminal. */
static int no_pass_phrase(char *out, int size, int writing, void *data)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)data;
    return -1;
}

bool dkim_key_parse(struct str pem, const char *domain, const char *selector,
                    struct dkim_key **out, struct err *err)
{
    if (!is_ascii_domain(domain))
        return err_set(err, ERR_CONFIG,
                       "dkim: '%.255s' is not a domain in ASCII (an "
                       "international one is written xn--…)",
                       domain);
    if (!is_ascii_domain(selector))
        return err_set(err, ERR_CONFIG,
                       "dkim: '%.255s' is not a selector; it has letters, "
                       "digits, hyphens and dots",
                       selector);
    OWNED(dkim_key_release) struct dkim_key *key = MEM_NEW(struct dkim_key);
    OWNED(free_bio) BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    if (bio)
        key->pkey = PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, NULL);
    ERR_clear_error();
    if (!key->pkey)
        return err_set(err, ERR_CONFIG,
                       "no private key in PEM without a pass phrase");
    if (!find_algorithm(key))
        return err_set(err, ERR_CONFIG, "neither an RSA nor an Ed25519 key");
    if (key->algorithm == DKIM_RSA && dkim_key_bits(key) < RSA_LEAST_BITS)
        return err_set(err, ERR_CONFIG,
                       "an RSA key of %d bits; receivers refuse those under "
                       "%d, and 2048 is usual",
                       dkim_key_bits(key), RSA_LEAST_BITS);
    if (EVP_PKEY_get_size(key->pkey) > DKIM_SIGNATURE_MAX)
        return err_set(err, ERR_CONFIG, "an RSA key of %d bits is too long",
                       dkim_key_bits(key));
    key->domain = mem_copy(domain);
    key->selector = mem_copy(selector);
    *out = TAKE(key);
    return true;
}

static void wipe(struct strbuf *secret)
{
    if (secret->ptr)
        OPENSSL_cleanse(secret->ptr, secret->capacity);
    strbuf_free(secret);
}

bool dkim_key_load(const char *path, const char *domain, const char *selector,
                   struct dkim_key **out, struct err *err)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return file_fail(err, path, "read the DKIM key");
    if (status.st_mode & (S_IRWXG | S_IRWXO))
        return err_set(err, ERR_PERMISSION,
                       "%s: others than its owner can use this private key; "
                       "chmod 600 %s",
                       path, path);
    OWNED(wipe) struct strbuf pem = STRBUF_INIT;
    strbuf_reserve(&pem, 2 * PEM_MAX_BYTES); /* so that no copy is left */
    if (!file_read(path, PEM_MAX_BYTES, &pem, err))
        return false;
    if (!dkim_key_parse(strbuf_str(&pem), domain, selector, out, err))
        return err_context(err, "%s", path);
    return true;
}

/* ---- making ---------------------------------------------------------- */

static EVP_PKEY *generate(enum dkim_algorithm algorithm)
{
    return algorithm == DKIM_RSA
               ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSA_NEW_BITS)
               : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

bool dkim_keygen(const char *path, enum dkim_algorithm algorithm,
                 struct err *err)
{
    if (file_exists(path))
        return err_set(err, ERR_CONFLICT,
                       "%s: there is a file already; a key in use must not be "
                       "lost, so move it away first",
                       path);
    OWNED(free_pkey) EVP_PKEY *pkey = generate(algorithm);
    OWNED(free_bio) BIO *bio = BIO_new(BIO_s_secmem());
    char *pem = NULL;
    long length = 0;
    if (pkey && bio &&
        PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1)
        length = BIO_get_mem_data(bio, &pem);
    ERR_clear_error();
    if (length <= 0)
        return err_set(err, ERR_IO, "libcrypto cannot make a key");
    return file_write(path, (struct str){pem, (size_t)length}, 0600, err);
}

/* ---- records --------------------------------------------------------- */

/* RSA: SubjectPublicKeyInfo (RFC 6376 §3.6.1); Ed25519: the bare 32 bytes
 * (RFC 8463 §4). */
static void add_public_key(const struct dkim_key *key, struct strbuf *out)
{
    unsigned char bytes[32], *info = NULL;
    size_t size = sizeof bytes;
    if (key->algorithm == DKIM_ED25519) {
        if (EVP_PKEY_get_raw_public_key(key->pkey, bytes, &size) == 1)
            base64_encode(out, (struct str){(const char *)bytes, size});
        return;
    }
    int length = i2d_PUBKEY(key->pkey, &info);
    if (length > 0)
        base64_encode(out, (struct str){(const char *)info, (size_t)length});
    OPENSSL_free(info);
}

void dkim_record_text(const struct dkim_key *key, struct strbuf *out)
{
    strbuf_add_format(
        out, "v=DKIM1; k=%s; p=", dkim_algorithm_key_type(key->algorithm));
    add_public_key(key, out);
}

void dkim_record_zone(const struct dkim_key *key, struct strbuf *out)
{
    enum { STRING_MAX = 255 };
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    dkim_record_text(key, &text);
    strbuf_add_format(out, "%s._domainkey.%s. IN TXT (", key->selector,
                      key->domain);
    for (struct str rest = strbuf_str(&text); rest.len;
         rest = str_from(rest, STRING_MAX))
        strbuf_add_format(out, " \"%.*s\"",
                          (int)(rest.len < STRING_MAX ? rest.len : STRING_MAX),
                          rest.ptr);
    strbuf_add_text(out, " )");
}

static void add_without_blanks(struct strbuf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr(" \t\r\n", text.ptr[i]))
            strbuf_add_char(out, text.ptr[i]);
}

bool dkim_record_matches(const struct dkim_key *key, struct str published)
{
    OWNED(strbuf_free) struct strbuf wanted = STRBUF_INIT;
    add_public_key(key, &wanted);
    const char *type = "rsa"; /* where k= is missing (RFC 6376 §3.6.1) */
    OWNED(strbuf_free) struct strbuf k = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf p = STRBUF_INIT;
    while (published.len) {
        struct str value = str_cut(&published, ';');
        struct str tag = str_trim(str_cut(&value, '='));
        if (str_equal(tag, STR("k")))
            add_without_blanks(&k, value);
        else if (str_equal(tag, STR("p")))
            add_without_blanks(&p, value);
    }
    if (k.len)
        type = strbuf_text(&k);
    return strcmp(type, dkim_algorithm_key_type(key->algorithm)) == 0 &&
           wanted.len > 0 && str_equal(strbuf_str(&wanted), strbuf_str(&p));
}

/* ---- stamps ---------------------------------------------------------- */

struct dkim_stamp {
    const struct dkim_key *key;
    EVP_PKEY *pkey;
    EVP_PKEY_CTX *rsa; /* ready to sign a hash */
    EVP_MD_CTX *ed25519;
};

void dkim_stamp_free(struct dkim_stamp *stamp)
{
    if (!stamp)
        return;
    EVP_PKEY_CTX_free(stamp->rsa);
    EVP_MD_CTX_free(stamp->ed25519);
    EVP_PKEY_free(stamp->pkey);
    free(stamp);
}

void dkim_stamp_release(struct dkim_stamp **stamp)
{
    dkim_stamp_free(*stamp);
    *stamp = NULL;
}

const struct dkim_key *dkim_stamp_key(const struct dkim_stamp *stamp)
{
    return stamp->key;
}

static bool crypto_failed(const struct dkim_key *key, struct err *err)
{
    char text[256];
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    ERR_clear_error();
    return err_set(err, ERR_IO, "DKIM key %s._domainkey.%s: %s", key->selector,
                   key->domain, text);
}

static bool prepare_rsa(struct dkim_stamp *stamp)
{
    stamp->rsa = EVP_PKEY_CTX_new(stamp->pkey, NULL);
    return stamp->rsa && EVP_PKEY_sign_init(stamp->rsa) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(stamp->rsa, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(stamp->rsa, EVP_sha256()) == 1;
}

bool dkim_stamp_new(const struct dkim_key *key, struct dkim_stamp **out,
                    struct err *err)
{
    OWNED(dkim_stamp_release)
    struct dkim_stamp *stamp = MEM_NEW(struct dkim_stamp);
    stamp->key = key;
    stamp->pkey = EVP_PKEY_dup(key->pkey);
    stamp->ed25519 = EVP_MD_CTX_new();
    if (!stamp->pkey || !stamp->ed25519 ||
        (key->algorithm == DKIM_RSA && !prepare_rsa(stamp)))
        return crypto_failed(key, err);
    *out = TAKE(stamp);
    return true;
}

bool dkim_stamp_sign(struct dkim_stamp *stamp,
                     const unsigned char hash[SHA256_SIZE],
                     unsigned char signature[DKIM_SIGNATURE_MAX], size_t *size,
                     struct err *err)
{
    *size = DKIM_SIGNATURE_MAX;
    bool good =
        stamp->key->algorithm == DKIM_RSA
            ? EVP_PKEY_sign(stamp->rsa, signature, size, hash, SHA256_SIZE) == 1
            : EVP_DigestSignInit(stamp->ed25519, NULL, NULL, NULL,
                                 stamp->pkey) == 1 &&
                  EVP_DigestSign(stamp->ed25519, signature, size, hash,
                                 SHA256_SIZE) == 1;
    return good || crypto_failed(stamp->key, err);
}
