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

/* Whether messages could be handed to them, without connecting to any.
 * Fails: as relays_make; CONFIG for a URL or setting that isn't one. */
FALLIBLE bool relays_check(const struct conf *conf, struct err *err);

#endif
