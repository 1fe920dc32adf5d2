/* Addresses of the web, parted in place. libcurl parts them alike, into copies
 * that are decoded and mended; the keys of articles are the bytes as given. */
#include "digest/base/url.h"

/* RFC 3986 §3.1 */
static bool is_scheme(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], small = (char)(c | 0x20);
        bool is_letter = small >= 'a' && small <= 'z';
        bool may_follow =
            (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        if (!is_letter && !(may_follow && i > 0))
            return false;
    }
    return text.len > 0;
}

/* Takes the user off, up to the last @: one may stand in a password. */
static struct str cut_user(struct str *authority)
{
    for (size_t i = authority->len; i > 0; i--) {
        if (authority->ptr[i - 1] != '@')
            continue;
        struct str user = {authority->ptr, i - 1};
        *authority = str_from(*authority, i);
        return user;
    }
    return (struct str){0};
}

static void split_server(struct url_parts *parts)
{
    struct str server = parts->server;
    size_t literal = str_starts(server, STR("[")) ? str_find(server, ']') : 0;
    size_t length = literal + str_find(str_from(server, literal), ':');
    parts->host = (struct str){server.ptr, length};
    parts->port = str_from(server, length);
    if (parts->port.len)
        parts->port = str_from(parts->port, 1);
}

struct url_parts url_split(struct str url)
{
    struct str start = {url.ptr, 0};
    struct url_parts parts = {start, {0}, start, start, start, url};
    struct str scheme = {url.ptr, str_find_str(url, STR("://"))};
    if (scheme.len == url.len || !is_scheme(scheme))
        return parts;
    struct str behind = str_from(url, scheme.len + 3);
    size_t length = 0;
    while (length < behind.len && !strchr("/?#", behind.ptr[length]))
        length++;
    parts.scheme = scheme;
    parts.server = (struct str){behind.ptr, length};
    parts.rest = str_from(behind, length);
    parts.user = cut_user(&parts.server);
    split_server(&parts);
    return parts;
}

bool url_is_absolute(struct str url)
{
    return url_split(url).scheme.len > 0;
}
