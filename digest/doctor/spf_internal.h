/* SPF: whether a domain lets an address send in its name.
 *
 * Source: RFC 7208 §4 to §8. What depends on the message itself (macros, ptr)
 * can't be known beforehand, and is said to be so.
 */
#ifndef DIGEST_DOCTOR_SPF_INTERNAL_H
#define DIGEST_DOCTOR_SPF_INTERNAL_H

#include "digest/doctor/dns_internal.h"

enum spf_verdict {
    SPF_PASS,
    SPF_FAIL,      /* -all */
    SPF_SOFTFAIL,  /* ~all */
    SPF_NEUTRAL,   /* ?all, or no term matches */
    SPF_NONE,      /* the domain has no record */
    SPF_PERMERROR, /* the record is wrong; `why` says how */
    SPF_TEMPERROR, /* the DNS doesn't answer */
    SPF_UNKNOWN,   /* a term depends on the message */
};
const char *spf_verdict_name(enum spf_verdict verdict);

enum { SPF_LOOKUPS_MAX = 10, SPF_VOID_MAX = 2 };

struct spf {
    enum spf_verdict verdict;
    const char *record; /* in the arena; "" for none */
    const char *term;   /* which decided; "" for none */
    const char *why;    /* of an error */
    unsigned lookups;
};

/* Checks an IPv4 or IPv6 address, as text, against the domain's record. */
void spf_check(const struct dns *dns, const char *domain, const char *address,
               struct arena *arena, struct spf *out);

#endif
