/* Mail records of a sending domain: the DKIM key, the DMARC policy.
 *
 * Source: RFC 6376 §3.6.1, RFC 8301; RFC 9989 §4.7, §4.10.
 */
#ifndef DIGEST_DOCTOR_MAIL_RECORDS_INTERNAL_H
#define DIGEST_DOCTOR_MAIL_RECORDS_INTERNAL_H

#include <stdbool.h>

#include "digest/doctor/dns_internal.h"

enum record_state {
    RECORD_FOUND,
    RECORD_MISSING,
    RECORD_BROKEN,  /* `why` says how */
    RECORD_UNKNOWN, /* the DNS doesn't answer */
};

struct dkim_published {
    enum record_state state;
    const char *name; /* SELECTOR._domainkey.DOMAIN */
    const char *record;
    const char *why;
    bool revoked; /* an empty key */
    bool testing; /* t=y: verifiers are to pass over failures */
};
void dkim_find(const struct dns *dns, const char *selector, const char *domain,
               struct arena *arena, struct dkim_published *out);

struct dmarc {
    enum record_state state;
    const char *at; /* the domain that has the record */
    const char *record;
    const char *why;
    const char *policy; /* for this domain: "none", "quarantine", "reject" */
    bool reports;       /* somebody gets the reports */
    bool strict_dkim, strict_spf;
    bool testing; /* t=y */
};
/* The policy that holds for a domain: its own, or that of the organisation
 * above it. */
void dmarc_find(const struct dns *dns, const char *domain, struct arena *arena,
                struct dmarc *out);

/* Whether what is signed or sent for `domain` counts as `from`'s own. */
bool dmarc_aligned(const char *domain, const char *from, bool strict);

#endif
