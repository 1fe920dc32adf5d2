/* Whether a mail was written by whom its From names.
 *
 * Our own mail server says so in Authentication-Results (RFC 8601). Senders
 * can write that field too: only the topmost one counts, and only when it
 * bears the name that our server signs it with (§1.6, §5).
 */
#ifndef SUBSCRIBERS_BOUNCES_SENDER_PROOF_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_SENDER_PROOF_INTERNAL_H

#include "subscribers/bounces/mail_internal.h"

/* Sets *from, in the mail's arena, to the one author's address. True when the
 * server said dmarc=pass for its domain, or passed a DKIM signature or an SPF
 * domain that is aligned with it: the same, or one below the other
 * (RFC 9989). A dmarc=fail outweighs both. `authserv_id` may be NULL: then
 * nothing is proven. */
bool sender_proof(struct mail *mail, const char *authserv_id, struct str *from);

#endif
