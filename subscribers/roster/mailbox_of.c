/* Tells when two addresses are one mailbox, as providers document it. */
#include <string.h>

#include "digest/base/mem.h"
#include "subscribers/roster/address.h"

/* Providers of mailboxes for everybody, and the parts of a local part that they
 * ignore. */
static const struct provider {
    const char *domain, *same_as; /* NULL: a domain of its own */
    char tag;                     /* begins what is ignored; 0: none does */
    bool ignores_dots;
} providers[] = {
    {"gmail.com", NULL, '+', true},
    {"googlemail.com", "gmail.com", '+', true},
    {"outlook.com", NULL, '+', false},
    {"hotmail.com", NULL, '+', false},
    {"live.com", NULL, '+', false},
    {"msn.com", NULL, '+', false},
    {"icloud.com", NULL, '+', false},
    {"me.com", "icloud.com", '+', false},
    {"mac.com", "icloud.com", '+', false},
    {"fastmail.com", NULL, '+', false},
    {"fastmail.fm", NULL, '+', false},
    {"proton.me", NULL, '+', false},
    {"protonmail.com", "proton.me", '+', false},
    {"pm.me", "proton.me", '+', false},
    {"yandex.ru", NULL, '+', false},
    {"yandex.com", "yandex.ru", '+', false},
    {"ya.ru", "yandex.ru", '+', false},
    {"zoho.com", NULL, '+', false},
    {"mailbox.org", NULL, '+', false},
    {"posteo.de", NULL, '+', false},
    {"yahoo.com", NULL, '-', false},
    {"aol.com", NULL, 0, false},
    {"gmx.de", NULL, 0, false},
    {"gmx.net", NULL, 0, false},
    {"gmx.com", NULL, 0, false},
    {"web.de", NULL, 0, false},
    {"t-online.de", NULL, 0, false},
    {"orange.fr", NULL, 0, false},
    {"free.fr", NULL, 0, false},
    {"laposte.net", NULL, 0, false},
    {"libero.it", NULL, 0, false},
    {"mail.ru", NULL, '+', false},
    {"qq.com", NULL, 0, false},
    {"163.com", NULL, 0, false},
    {"126.com", NULL, 0, false},
};

static const struct provider *find(struct str domain)
{
    for (size_t i = 0; i < ARRAY_SIZE(providers); i++)
        if (str_equal(domain, str_of(providers[i].domain)))
            return &providers[i];
    return NULL;
}

void address_mailbox(const struct address *address, struct strbuf *out)
{
    struct str key = strbuf_str(&address->key), domain = address_domain(key);
    struct str local = {key.ptr, key.len - domain.len - 1};
    const struct provider *p = find(domain);
    for (size_t i = 0; i < local.len; i++) {
        if (p && p->tag && i && local.ptr[i] == p->tag)
            break;
        if (!(p && p->ignores_dots && local.ptr[i] == '.'))
            strbuf_add_char(out, local.ptr[i]);
    }
    strbuf_add_char(out, '@');
    strbuf_add_str(out, p && p->same_as ? str_of(p->same_as) : domain);
}

enum { SHORT_LABEL = 3 };

bool address_site(const struct address *address, struct strbuf *out)
{
    struct str domain = address_domain(strbuf_str(&address->key));
    size_t from = domain.len, end = domain.len;
    if (find(domain))
        return false;
    for (int labels = 0; from > 0; from--) {
        if (domain.ptr[from - 1] != '.')
            continue;
        labels++;
        if (labels == 3 || (labels == 2 && end - from > SHORT_LABEL))
            break;
        end = from - 1;
    }
    strbuf_add_str(out, str_from(domain, from));
    return true;
}
