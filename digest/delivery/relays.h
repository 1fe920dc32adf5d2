/* The relays of digest.yaml, as the sender wants them. */
#ifndef DIGEST_DELIVERY_RELAYS_H
#define DIGEST_DELIVERY_RELAYS_H

#include "digest/base/conf.h"
#include "digest/sender/sender.h"

struct relays {
    struct relay_settings *items;
    size_t count;
    char **paths; /* of maildirs, made absolute */
};

/* Fails: CONFIG when digest.yaml names no transport. */
FALLIBLE bool relays_make(const struct conf *conf, struct relays *out,
                          struct err *err);
void relays_free(struct relays *relays);

#endif
