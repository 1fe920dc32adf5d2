#include "digest/issues/signing.h"

#include <string.h>

void signing_free(struct signing *signing)
{
    for (size_t i = 0; i < signing->count; i++)
        dkim_key_free(signing->keys[i]);
}

static bool covers(const char *domain, const char *address)
{
    const char *at = strrchr(address, '@');
    struct str host = str_of(at ? at + 1 : address), own = str_of(domain);
    if (str_equal_nocase(host, own))
        return true;
    return host.len > own.len && host.ptr[host.len - own.len - 1] == '.' &&
           str_equal_nocase(str_from(host, host.len - own.len), own);
}

bool signing_load(const struct conf *conf, const char *from_address,
                  struct signing *out, struct err *err)
{
    for (size_t i = 0; i < conf->dkim_count; i++) {
        const struct conf_dkim *dkim = &conf->dkim[i];
        if (!covers(dkim->domain, from_address))
            continue;
        if (out->count == DKIM_KEYS_MAX)
            return err_set(err, ERR_CONFIG, "%s: more than %d DKIM keys for %s",
                           conf->path, DKIM_KEYS_MAX, from_address);
        if (!dkim_key_load(dkim->key, dkim->domain, dkim->selector,
                           &out->keys[out->count], err))
            return false;
        out->count++;
    }
    return true;
}
