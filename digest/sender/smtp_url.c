/* Parses the URL of a relay. */
#include "digest/sender/smtp_url.h"

#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/str.h"

static bool fail(struct err *err, const char *url, const char *what)
{
    return err_set(err, ERR_CONFIG,
                   "transport url \"%s\": %s; write smtp://user@host:587, "
                   "smtps://user@host:465, maildir:PATH or null:",
                   url, what);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* NULL when it isn't well formed or holds a control character. */
static char *percent_decode(struct str text)
{
    OWNED(mem_free) char *out = mem_new(text.len + 1, 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        int c = (unsigned char)text.ptr[i];
        if (c == '%') {
            int high = i + 1 < text.len ? hex_value(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_value(text.ptr[i + 2]) : -1;
            c = high < 0 || low < 0 ? 0 : high * 16 + low;
            i += 2;
        }
        if (c < 0x20 || c == 0x7f)
            return NULL;
        out[length++] = (char)c;
    }
    return TAKE(out);
}

static bool parse_user(const char *url, struct str user, struct smtp_url *out,
                       struct err *err)
{
    if (str_find(user, ':') < user.len)
        return err_set(err, ERR_CONFIG,
                       "transport url: a password doesn't belong in the URL "
                       "of %.*s@…; put it in a file and name that with "
                       "password_file",
                       (int)str_find(user, ':'), user.ptr);
    out->user = percent_decode(user);
    if (!out->user || !user.len)
        return fail(err, url, "the user's name isn't one");
    return true;
}

static bool parse_port(const char *url, struct str port, struct smtp_url *out,
                       struct err *err)
{
    unsigned long long number;
    if (!str_to_u64(port, &number) || number < 1 || number > 65535)
        return fail(err, url, "the port has to be 1 to 65535");
    out->port = (unsigned)number;
    return true;
}

static bool host_is_well_formed(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        unsigned char c = (unsigned char)host.ptr[i];
        if (c <= ' ' || c == 0x7f || strchr("/?#@\\\"<>[]%", c))
            return false;
    }
    return host.len > 0;
}

static bool parse_host(const char *url, struct str rest, struct smtp_url *out,
                       struct err *err)
{
    struct str host = rest, port;
    if (rest.len && rest.ptr[0] == '[') {
        size_t end = str_find(rest, ']');
        if (end == rest.len)
            return fail(err, url, "the ']' is missing");
        out->ipv6 = true;
        host = (struct str){rest.ptr + 1, end - 1};
        port = str_from(rest, end + 1);
        if (port.len && port.ptr[0] != ':')
            return fail(err, url, "only a port may follow the host");
    } else {
        size_t colon = str_find(rest, ':');
        host.len = colon;
        port = str_from(rest, colon);
    }
    if (!host_is_well_formed(host))
        return fail(err, url, "the host is missing or isn't one");
    out->host = str_dup(host);
    out->loopback = str_equal_nocase(host, STR("localhost")) ||
                    str_starts(host, STR("127.")) ||
                    str_equal(host, STR("::1"));
    return !port.len || parse_port(url, str_from(port, 1), out, err);
}

bool smtp_url_parse(const char *url, struct smtp_url *out, struct err *err)
{
    struct str rest = str_of(url);
    *out = (struct smtp_url){0};
    out->tls = str_starts_nocase(rest, STR("smtps://"));
    if (!out->tls && !str_starts_nocase(rest, STR("smtp://")))
        return fail(err, url, "isn't of a kind that is known");
    rest = str_from(rest, out->tls ? 8 : 7);
    out->port = out->tls ? 465 : 587;
    if (str_ends(rest, STR("/")))
        rest.len--;
    size_t at = rest.len;
    for (size_t i = 0; i < rest.len; i++)
        at = rest.ptr[i] == '@' ? i : at;
    bool good = true;
    if (at < rest.len) {
        good = parse_user(url, (struct str){rest.ptr, at}, out, err);
        rest = str_from(rest, at + 1);
    }
    good = good && parse_host(url, rest, out, err);
    if (!good)
        smtp_url_free(out);
    return good;
}

void smtp_url_free(struct smtp_url *url)
{
    free(url->user);
    free(url->host);
    url->user = url->host = NULL;
}
