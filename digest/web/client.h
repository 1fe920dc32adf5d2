/* Clients: the address of a reader behind our own proxies. */
#ifndef DIGEST_WEB_CLIENT_H
#define DIGEST_WEB_CLIENT_H

#include "digest/base/arena.h"
#include "digest/base/conf.h"

/* The client's address. `peer` is who connected; only if it is one of the
 * trusted proxies (addresses, or networks such as 10.0.0.0/8), `forwarded`
 * (the header's list, or NULL) is read from its right end up to the first
 * address that isn't a trusted proxy: what stands to the left of it, anyone
 * may have written. In the arena, normalised. */
const char *client_address(const char *peer, const char *forwarded,
                           const struct conf_list *trusted,
                           struct arena *arena);

/* The peer at the other end of a connection, for what one of them may have: an
 * IPv4 address, or an IPv6 network of 64 bits. */
struct peer {
    unsigned char network[16];
    bool is_proxy; /* a trusted one: it speaks for many */
};

struct sockaddr;

struct peer client_peer(const struct sockaddr *address,
                        const struct conf_list *trusted);
bool client_same_peer(const struct peer *a, const struct peer *b);

#endif
