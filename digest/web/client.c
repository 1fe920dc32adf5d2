/* Finds a client's address behind trusted proxies. */
#include "digest/web/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* IPv4 stands as ::ffff:a.b.c.d, so that there is one form to compare. */
struct ip {
    unsigned char bytes[16];
};

enum { MAPPED_BITS = 96 };

static const unsigned char mapped[12] = {0, 0, 0, 0, 0,    0,
                                         0, 0, 0, 0, 0xff, 0xff};

static bool parse_ip(struct str text, struct ip *out, bool *is_v4)
{
    char copy[INET6_ADDRSTRLEN];
    text = str_trim(text);
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *is_v4 = inet_pton(AF_INET, copy, out->bytes + 12) == 1;
    if (*is_v4)
        memcpy(out->bytes, mapped, sizeof mapped);
    return *is_v4 || inet_pton(AF_INET6, copy, out->bytes) == 1;
}

/* Parses an address, also with brackets and a port, as some proxies write
 * it. */
static bool parse_forwarded(struct str text, struct ip *out)
{
    bool is_v4;
    text = str_trim(text);
    if (text.len && text.ptr[0] == '[') {
        text = str_from(text, 1);
        return parse_ip(str_cut(&text, ']'), out, &is_v4);
    }
    if (parse_ip(text, out, &is_v4))
        return true;
    return parse_ip(str_cut(&text, ':'), out, &is_v4);
}

static bool same_bits(const struct ip *a, const struct ip *b, unsigned bits)
{
    unsigned whole = bits / 8, left = bits % 8;
    if (memcmp(a->bytes, b->bytes, whole) != 0)
        return false;
    unsigned mask = 0xff00u >> left & 0xff;
    return left == 0 || ((a->bytes[whole] ^ b->bytes[whole]) & mask) == 0;
}

static bool is_in_network(const struct ip *ip, const char *network)
{
    struct str length = str_of(network);
    struct str address = str_cut(&length, '/');
    struct ip base;
    bool is_v4;
    unsigned long long bits;
    if (!parse_ip(address, &base, &is_v4))
        return false;
    unsigned long long most = is_v4 ? 32 : 128;
    if (!length.len)
        bits = most;
    else if (!str_to_u64(length, &bits) || bits > most)
        return false;
    return same_bits(ip, &base, (unsigned)bits + (is_v4 ? MAPPED_BITS : 0));
}

static bool is_trusted(const struct ip *ip, const struct conf_list *trusted)
{
    for (size_t i = 0; i < trusted->count; i++)
        if (is_in_network(ip, trusted->items[i]))
            return true;
    return false;
}

static const char *write_ip(const struct ip *ip, struct arena *arena)
{
    char text[INET6_ADDRSTRLEN];
    bool is_v4 = memcmp(ip->bytes, mapped, sizeof mapped) == 0;
    const char *written =
        is_v4 ? inet_ntop(AF_INET, ip->bytes + 12, text, sizeof text)
              : inet_ntop(AF_INET6, ip->bytes, text, sizeof text);
    return arena_copy(arena, written ? written : "");
}

/* Takes the last entry of a comma list off. */
static struct str cut_last(struct str *list)
{
    size_t begin = list->len;
    while (begin > 0 && list->ptr[begin - 1] != ',')
        begin--;
    struct str last = str_from(*list, begin);
    list->len = begin ? begin - 1 : 0;
    return last;
}

const char *client_address(const char *peer, const char *forwarded,
                           const struct conf_list *trusted, struct arena *arena)
{
    struct ip client, next;
    bool is_v4;
    if (!parse_ip(str_of(peer), &client, &is_v4))
        return arena_copy(arena, peer);
    struct str list = str_of(forwarded);
    while (list.len && is_trusted(&client, trusted)) {
        if (!parse_forwarded(cut_last(&list), &next))
            break;
        client = next;
    }
    return write_ip(&client, arena);
}

struct peer client_peer(const struct sockaddr *address,
                        const struct conf_list *trusted)
{
    struct ip ip = {{0}};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        memcpy(ip.bytes, mapped, sizeof mapped);
        memcpy(ip.bytes + sizeof mapped, &v4.sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        memcpy(ip.bytes, &v6.sin6_addr, sizeof ip.bytes);
    }
    struct peer peer = {.is_proxy = is_trusted(&ip, trusted)};
    bool is_v4 = memcmp(ip.bytes, mapped, sizeof mapped) == 0;
    memcpy(peer.network, ip.bytes, is_v4 ? 16 : 8);
    return peer;
}

bool client_same_peer(const struct peer *a, const struct peer *b)
{
    return memcmp(a->network, b->network, sizeof a->network) == 0;
}
