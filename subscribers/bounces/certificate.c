/* Verifies a mail server's certificate and name with OpenSSL. */
#include "subscribers/bounces/certificate_internal.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "digest/base/mem.h"

static void release_store(X509_STORE **store)
{
    X509_STORE_free(*store);
}

static void release_context(X509_STORE_CTX **context)
{
    X509_STORE_CTX_free(*context);
}

static void release_chain(STACK_OF(X509) * *chain)
{
    sk_X509_pop_free(*chain, X509_free);
}

/* SSL_CERT_FILE and SSL_CERT_DIR are OpenSSL's own ways to name the system's
 * store. */
static bool load_trust(X509_STORE *store, const char *ca_file, struct err *err)
{
    if (!ca_file)
        return X509_STORE_set_default_paths(store) == 1 ||
               err_set(err, ERR_CONFIG,
                       "the system's store of authorities can't be read; name "
                       "one as bounces.ca_file");
    return X509_STORE_load_file(store, ca_file) == 1 ||
           err_set(err, ERR_CONFIG,
                   "bounces.ca_file: %s holds no certificates in PEM", ca_file);
}

static bool read_chain(const struct str *chain, size_t count,
                       STACK_OF(X509) * out)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned char *bytes = (const unsigned char *)chain[i].ptr;
        X509 *one = d2i_X509(NULL, &bytes, (long)chain[i].len);
        if (!one)
            return false;
        if (sk_X509_push(out, one) <= 0) {
            X509_free(one);
            return false;
        }
    }
    return count > 0;
}

static bool is_address(const char *host)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, host, bytes) == 1 ||
           inet_pton(AF_INET6, host, bytes) == 1;
}

static bool expect_host(X509_STORE_CTX *context, const char *host)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(param,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_STORE_CTX_set_default(context, "ssl_server") == 1 &&
           (is_address(host)
                ? X509_VERIFY_PARAM_set1_ip_asc(param, host)
                : X509_VERIFY_PARAM_set1_host(param, host, 0)) == 1;
}

static bool verify(X509_STORE_CTX *context, const char *host, struct err *err)
{
    if (X509_verify_cert(context) == 1)
        return true;
    int code = X509_STORE_CTX_get_error(context);
    return err_set(err, ERR_PERMANENT,
                   "%s: the certificate can't be trusted (%s); no password was "
                   "sent. A private authority is named as bounces.ca_file",
                   host, X509_verify_cert_error_string(code));
}

bool certificate_check(const struct str *chain, size_t count, const char *host,
                       const char *ca_file, struct err *err)
{
    OWNED(release_store) X509_STORE *store = X509_STORE_new();
    OWNED(release_context) X509_STORE_CTX *context = X509_STORE_CTX_new();
    OWNED(release_chain) STACK_OF(X509) *certificates = sk_X509_new_null();
    if (!store || !context || !certificates)
        return err_set(err, ERR_IO, "OpenSSL: out of memory");
    if (!load_trust(store, ca_file, err))
        return false;
    if (!read_chain(chain, count, certificates) ||
        X509_STORE_CTX_init(context, store, sk_X509_value(certificates, 0),
                            certificates) != 1 ||
        !expect_host(context, host))
        return err_set(err, ERR_PERMANENT,
                       "%s: the server shows no readable certificate; no "
                       "password was sent",
                       host);
    bool good = verify(context, host, err);
    ERR_clear_error();
    return good;
}
