/* Whatever is taken for an address can be mailed, stands on one line, and
 * reads back as itself. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "subscribers/roster/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check(const struct address *address)
{
    struct str email = strbuf_str(&address->email);
    struct str key = strbuf_str(&address->key);
    struct str domain = address_domain(email);
    must(email.len <= 254, "it fits an SMTP path");
    must(email.len - domain.len - 1 <= 64, "the local part fits");
    must(utf8_invalid_at(email) == email.len, "it is UTF-8");
    must(utf8_invalid_at(key) == key.len, "its key is UTF-8");
    for (size_t i = 0; i < email.len; i++)
        must((unsigned char)email.ptr[i] > ' ' &&
                 !strchr("\"<>(),;:\\[]\x7f", email.ptr[i]),
             "nothing in it ends an address in a header");
    for (size_t i = 0; i < domain.len; i++)
        must((domain.ptr[i] >= 'a' && domain.ptr[i] <= 'z') ||
                 strchr("0123456789-.", domain.ptr[i]),
             "the domain is in the form of DNS, in lower case");
    must(str_find(domain, '.') < domain.len, "the domain has a dot");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(address_free) struct address address = {0}, again = {0};
    struct err err = {0};
    if (!address_parse((struct str){(const char *)data, size}, &address,
                       &err)) {
        must(err.kind == ERR_INPUT && err.text[0], "an error says what");
        return 0;
    }
    check(&address);
    address_typo(&address);
    must(address_parse(strbuf_str(&address.email), &again, &err),
         "an address reads back");
    must(str_equal(strbuf_str(&address.email), strbuf_str(&again.email)) &&
             str_equal(strbuf_str(&address.key), strbuf_str(&again.key)),
         "and is the same");
    return 0;
}
