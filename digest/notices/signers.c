#include "digest/notices/signers.h"

#include <stdlib.h>

#include "digest/base/mem.h"

bool signers_load(const struct conf_dkim *dkim, size_t count,
                  struct signers *out, struct err *err)
{
    out->keys = MEM_NEW_ARRAY(struct dkim_key *, count);
    for (; out->key_count < count; out->key_count++) {
        const struct conf_dkim *one = &dkim[out->key_count];
        if (!dkim_key_load(one->key, one->domain, one->selector,
                           &out->keys[out->key_count], err))
            return false;
    }
    return true;
}

void signers_free(struct signers *signers)
{
    for (size_t i = 0; i < signers->count; i++) {
        dkim_signer_free(signers->domains[i].signer);
        free(signers->domains[i].domain);
    }
    for (size_t i = 0; i < signers->key_count; i++)
        dkim_key_free(signers->keys[i]);
    free(signers->domains);
    free(signers->keys);
    *signers = (struct signers){0};
}

static bool covers(struct str own, struct str host)
{
    if (str_equal_nocase(host, own))
        return true;
    return host.len > own.len && host.ptr[host.len - own.len - 1] == '.' &&
           str_equal_nocase(str_from(host, host.len - own.len), own);
}

static bool make_signer(const struct signers *signers, const char *domain,
                        struct dkim_signer **out, struct err *err)
{
    const struct dkim_key *keys[DKIM_KEYS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < signers->key_count; i++) {
        const struct dkim_key *key = signers->keys[i];
        if (!covers(str_of(dkim_key_domain(key)), str_of(domain)))
            continue;
        if (count == DKIM_KEYS_MAX)
            return err_set(err, ERR_CONFIG, "%s: more than %d DKIM keys",
                           domain, DKIM_KEYS_MAX);
        keys[count++] = key;
    }
    return !count || dkim_signer_new(keys, count, out, err);
}

static bool find_signer(struct signers *signers, const char *domain,
                        struct dkim_signer **out, struct err *err)
{
    for (size_t i = 0; i < signers->count; i++) {
        if (strcmp(signers->domains[i].domain, domain) == 0) {
            *out = signers->domains[i].signer;
            return true;
        }
    }
    struct signers_domain one = {0};
    if (!make_signer(signers, domain, &one.signer, err))
        return false;
    one.domain = mem_copy(domain);
    MEM_PUSH(signers->domains, signers->count, signers->capacity, one);
    *out = one.signer;
    return true;
}

bool signers_sign(struct signers *signers, const char *from_address,
                  struct str message, int64_t at, struct strbuf *out,
                  struct err *err)
{
    const char *sign = strrchr(from_address, '@');
    struct dkim_signer *signer = NULL;
    if (!find_signer(signers, sign ? sign + 1 : from_address, &signer, err) ||
        (signer && !dkim_sign(signer, message, at, out, err)))
        return false;
    strbuf_add_str(out, message);
    return true;
}
