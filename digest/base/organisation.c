/* Hosts of one organisation: libpsl knows what is registered below what. */
#include "digest/base/organisation.h"

#include <libpsl.h>

#include "digest/base/host.h"
#include "digest/base/mem.h"

/* The host as the list has it: ASCII, lower case, without the root's dot. */
static void add_plain(struct strbuf *out, struct str host)
{
    OWNED(strbuf_free) struct strbuf ascii = STRBUF_INIT;
    if (str_ends(host, STR(".")))
        host.len--;
    if (!host_to_ascii(host, &ascii, NULL))
        strbuf_add_str(&ascii, host);
    for (size_t i = 0; i < ascii.len; i++) {
        char c = strbuf_text(&ascii)[i];
        strbuf_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
    }
}

static bool is_ip_address(struct str host)
{
    struct str last = host;
    while (str_find(last, '.') < last.len)
        str_cut(&last, '.');
    unsigned long long number;
    return str_starts(host, STR("[")) || str_to_u64(last, &number);
}

/* The name that was registered, which a host is or lies below; an empty view
 * where there is none. A view into `host`. */
static struct str registered(const struct strbuf *host)
{
    const char *name = psl_registrable_domain(psl_builtin(), strbuf_text(host));
    return is_ip_address(strbuf_str(host)) ? STR("") : str_of(name);
}

bool organisation_is_same(struct str a, struct str b)
{
    OWNED(strbuf_free) struct strbuf x = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf y = STRBUF_INIT;
    add_plain(&x, a);
    add_plain(&y, b);
    if (str_equal(strbuf_str(&x), strbuf_str(&y)))
        return x.len > 0;
    struct str owner = registered(&x);
    return owner.len && str_equal(owner, registered(&y));
}
