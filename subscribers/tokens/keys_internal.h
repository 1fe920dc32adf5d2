/* The keys behind tokens, as tokens.c uses them. For this room only. */
#ifndef SUBSCRIBERS_TOKENS_KEYS_INTERNAL_H
#define SUBSCRIBERS_TOKENS_KEYS_INTERNAL_H

#include <stddef.h>

#include "subscribers/tokens/hmac.h"

/* A secret never signs itself: each use has a key derived from it. */
struct token_key {
    unsigned char hint; /* 5 bits: tells most keys apart before hashing */
    struct hmac *link, *local, *message_id, *digest;
};

struct token_keys {
    struct token_key *items; /* newest first */
    size_t count, capacity;
};

#endif
