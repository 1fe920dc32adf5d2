/* The keys of digest.yaml that a newsletter's mail is signed with. */
#ifndef DIGEST_ISSUES_SIGNING_H
#define DIGEST_ISSUES_SIGNING_H

#include "digest/base/conf.h"
#include "digest/message/dkim.h"

struct signing {
    struct dkim_key *keys[DKIM_KEYS_MAX];
    size_t count;
};

/* Those of the sender's domain, or of a domain above it. Fails: CONFIG, and
 * what dkim_key_load fails with. */
FALLIBLE bool signing_load(const struct conf *conf, const char *from_address,
                           struct signing *out, struct err *err);
void signing_free(struct signing *signing); /* for OWNED */

#endif
