/* Signers: DKIM for notices, by the domain of each one's sender. For the
 * files of this room alone. */
#ifndef DIGEST_NOTICES_SIGNERS_H
#define DIGEST_NOTICES_SIGNERS_H

#include "digest/base/conf.h"
#include "digest/message/dkim.h"

struct signers_domain {
    char *domain;
    struct dkim_signer *signer; /* NULL: no key covers it */
};
struct signers {
    struct dkim_key **keys;
    size_t key_count;
    struct signers_domain *domains; /* those met so far */
    size_t count, capacity;
};

/* Fails: what dkim_key_load fails with. */
FALLIBLE bool signers_load(const struct conf_dkim *dkim, size_t count,
                           struct signers *out, struct err *err);
void signers_free(struct signers *signers); /* for OWNED */

/* Appends the message with the signatures of all keys of the sender's domain
 * or one above it in front; without such a key, as it is. Fails: CONFIG, what
 * dkim_sign fails with. */
FALLIBLE bool signers_sign(struct signers *signers, const char *from_address,
                           struct str message, int64_t at, struct strbuf *out,
                           struct err *err);

#endif
