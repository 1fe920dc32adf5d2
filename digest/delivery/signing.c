/* Loads the keys that sign a sender's mail, and tells where complaints go. */
#include "digest/delivery/signing.h"

#include <string.h>

#include "digest/message/headers.h"

void signing_free(struct signing *signing)
{
    for (size_t i = 0; i < signing->count; i++)
        dkim_key_free(signing->keys[i]);
    *signing = (struct signing){0};
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

const char *signing_complaints_to(const struct conf *conf)
{
    return conf->bounce_mailbox ? conf->bounce_address : NULL;
}

enum signing_cover signing_cover(const struct conf_dkim *dkim, size_t count,
                                 const char *from_address,
                                 const char *complaints_to)
{
    size_t for_from = 0, for_address = 0;
    for (size_t i = 0; i < count; i++) {
        bool from = covers(dkim[i].domain, from_address);
        bool address = covers(dkim[i].domain, complaints_to);
        if (from && address)
            return COVER_BOTH;
        for_from += from;
        for_address += address;
    }
    return !for_from                                ? COVER_NOT_FROM
           : !for_address                           ? COVER_NOT_ADDRESS
           : for_from + for_address > DKIM_KEYS_MAX ? COVER_TOO_MANY
                                                    : COVER_BOTH;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static bool may_ask(const struct conf_dkim *dkim, size_t count,
                    const char *from_address, const char *complaints_to)
{
    return complaints_to && is_ascii(complaints_to) &&
           header_address_is_safe(str_of(complaints_to)) &&
           signing_cover(dkim, count, from_address, complaints_to) ==
               COVER_BOTH;
}

static bool has_key_for(const struct signing *signing, const char *address)
{
    for (size_t i = 0; i < signing->count; i++)
        if (covers(dkim_key_domain(signing->keys[i]), address))
            return true;
    return false;
}

static bool add_key(const struct conf_dkim *dkim, const char *from_address,
                    struct signing *out, struct err *err)
{
    if (out->count == DKIM_KEYS_MAX)
        return err_set(err, ERR_CONFIG, "dkim: more than %d keys for %s",
                       DKIM_KEYS_MAX, from_address);
    if (!dkim_key_load(dkim->key, dkim->domain, dkim->selector,
                       &out->keys[out->count], err))
        return false;
    out->count++;
    return true;
}

bool signing_load(const struct conf_dkim *dkim, size_t count,
                  const char *from_address, const char *complaints_to,
                  struct signing *out, struct err *err)
{
    *out = (struct signing){0};
    for (size_t i = 0; i < count; i++)
        if (covers(dkim[i].domain, from_address) &&
            !add_key(&dkim[i], from_address, out, err))
            return false;
    if (!may_ask(dkim, count, from_address, complaints_to))
        return true;
    bool is_signed = has_key_for(out, complaints_to);
    for (size_t i = 0; i < count && !is_signed; i++)
        if (covers(dkim[i].domain, complaints_to) &&
            !add_key(&dkim[i], complaints_to, out, err))
            return false;
    out->complaints_to = complaints_to;
    return true;
}

void signing_add_fields(const struct signing *signing, struct strbuf *out)
{
    if (signing->complaints_to)
        strbuf_add_format(out, "CFBL-Address: %s; report=arf\r\n",
                          signing->complaints_to);
}
