/* Signing: the keys of digest.yaml that sign a sender's mail, and where
 * complaints about it may be asked for.
 *
 * CFBL-Address (RFC 9477 §3.1) counts only where the message is signed by a
 * domain equal to or above both From's and the address's, or by a second key
 * for the address's; and where that signature covers the field. So it is
 * added here, with the signature, and nowhere else.
 */
#ifndef DIGEST_DELIVERY_SIGNING_H
#define DIGEST_DELIVERY_SIGNING_H

#include "digest/base/conf.h"
#include "digest/base/strbuf.h"
#include "digest/message/dkim.h"

/* Threads can share it. */
struct signing {
    struct dkim_key *keys[DKIM_KEYS_MAX];
    size_t count;              /* 0: nothing is signed */
    const char *complaints_to; /* borrowed; NULL: no CFBL-Address */
};

/* The address where reports of complaints are read; NULL: none. */
const char *signing_complaints_to(const struct conf *conf);

enum signing_cover {
    COVER_BOTH,
    COVER_NOT_FROM,    /* no key signs for From's domain */
    COVER_NOT_ADDRESS, /* … or none for the address's */
    COVER_TOO_MANY,    /* more keys than a message is signed with */
};

/* Whether the keys may ask for complaints about a sender's mail. */
enum signing_cover signing_cover(const struct conf_dkim *dkim, size_t count,
                                 const char *from_address,
                                 const char *complaints_to);

/* The keys of the sender's domain, or of a domain above it, and those that
 * `complaints_to` (NULL: none) needs besides. Fails: CONFIG, and what
 * dkim_key_load fails with. */
FALLIBLE bool signing_load(const struct conf_dkim *dkim, size_t count,
                           const char *from_address, const char *complaints_to,
                           struct signing *out, struct err *err);
void signing_free(struct signing *signing); /* for OWNED */

/* Appends the fields that stand before the message, and are signed with it.
 */
void signing_add_fields(const struct signing *signing, struct strbuf *out);

#endif
