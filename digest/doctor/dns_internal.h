/* The DNS: what a name's records are, as text.
 *
 * An interface with two variants: the machine's own resolver, and records
 * from a text, for tests.
 */
#ifndef DIGEST_DOCTOR_DNS_INTERNAL_H
#define DIGEST_DOCTOR_DNS_INTERNAL_H

#include <stddef.h>

#include "digest/base/arena.h"

enum dns_type { DNS_A, DNS_AAAA, DNS_MX, DNS_TXT };

enum dns_status {
    DNS_FOUND,
    DNS_NONE,   /* the name has no such record, or isn't there at all */
    DNS_FAILED, /* no answer: it can't be known */
};

/* "192.0.2.1", "2001:db8::1", a mail server's name ("." where the domain
 * takes no mail, RFC 7505) by preference, a text's strings joined. */
struct dns_answer {
    const char **texts; /* in the arena */
    size_t count;
};

struct dns {
    enum dns_status (*ask)(const struct dns *dns, const char *name,
                           enum dns_type type, struct arena *arena,
                           struct dns_answer *out);
    const char *records; /* of dns_recorded */
};

/* The C library's resolver, with two tries of three seconds for each
 * question. DIGEST_DNS=ADDRESS:PORT names another server than the machine's
 * (a test's own). */
struct dns dns_system(void);

/* Lines of NAME TYPE TEXT; the text "!" is a question without an answer.
 * Borrows: the records. */
struct dns dns_recorded(const char *records);

enum dns_status dns_ask(const struct dns *dns, const char *name,
                        enum dns_type type, struct arena *arena,
                        struct dns_answer *out);

const char *dns_type_name(enum dns_type type);

#endif
