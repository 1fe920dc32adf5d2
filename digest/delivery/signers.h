/* Signers: the signing of mails of several senders, each by its own domain.
 */
#ifndef DIGEST_DELIVERY_SIGNERS_H
#define DIGEST_DELIVERY_SIGNERS_H

#include "digest/delivery/signing.h"

struct signers_domain {
    char *domain;
    struct signing signing;
    struct dkim_signer *signer; /* NULL: no key covers it */
};
struct signers {
    const struct conf_dkim *dkim; /* borrowed */
    size_t dkim_count;
    struct signers_domain *domains; /* those met so far */
    size_t count, capacity;
};
void signers_free(struct signers *signers); /* for OWNED */

/* Appends the message with the signatures of all keys of the sender's domain
 * or one above it in front; without such a key, as it is. Fails: CONFIG, what
 * dkim_key_load and dkim_sign fail with. */
FALLIBLE bool signers_sign(struct signers *signers, const char *from_address,
                           struct str message, int64_t at, struct strbuf *out,
                           struct err *err);

#endif
