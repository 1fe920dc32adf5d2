/* Addresses: what can be mailed, and what makes two the same.
 * Source: RFC 5321 §4.1.2, RFC 6531 §3.3, RFC 5890. */
#ifndef SUBSCRIBERS_ROSTER_ADDRESS_H
#define SUBSCRIBERS_ROSTER_ADDRESS_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

struct address {
    struct strbuf email; /* local part as written @ domain lower case, its
                            U-labels as A-labels */
    struct strbuf key;   /* the same with the local part case-folded: equal
                            keys are the same address */
};
void address_free(struct address *address);

/* Reads what a person or a file gave, white space around it allowed. Quoted
 * local parts, address literals, comments and domains without a dot are
 * refused on purpose: they aren't mailed. `out` is set anew. Fails: INPUT,
 * saying what is wrong with it. */
FALLIBLE bool address_parse(struct str text, struct address *out,
                            struct err *err);

/* The domain that was probably meant ("gmail.com" for "gmial.com"), or NULL.
 * Borrowed: static. */
const char *address_typo(const struct address *address);

/* Appends what is the same for all addresses of one mailbox, as far as it is
 * known how its provider reads them: without a +tag, without dots (Gmail),
 * under one of the provider's domains. For counting, not for mailing. */
void address_mailbox(const struct address *address, struct strbuf *out);

/* Appends the domain without what its owner can add to it at will: the last
 * two labels, three where the last but one is short (co.uk). False for a
 * provider of mailboxes to the public, whose domain says nothing. */
bool address_site(const struct address *address, struct strbuf *out);

/* The domain: what stands behind the @. Borrowed. */
struct str address_domain(struct str email);

#endif
