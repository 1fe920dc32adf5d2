/* Leaving by mail: what a reader, or their mail program, writes to the
 * unsubscribe address.
 *
 * Programs fill in the Subject of our List-Unsubscribe (RFC 2369, RFC 6068)
 * in many ways: as encoded words, with %20 or + left in, behind "Re:". People
 * write the one word, as the Subject or as the text of an answer.
 */
#ifndef SUBSCRIBERS_BOUNCES_LEAVE_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_LEAVE_INTERNAL_H

#include "digest/base/strbuf.h"
#include "subscribers/bounces/mail_internal.h"

/* Whether its Subject asks for it. */
bool leave_in_subject(const struct mail *mail);

/* Whether its text does: one word, beside a signature and what is quoted. */
bool leave_in_text(const struct mail *mail);

/* Whether the one word is all that the Subject or the text says, and no
 * machine wrote it. */
bool leave_is_plain(const struct mail *mail);

/* Appends the Subject as words: decoded, and without %20 and +. */
void leave_subject_words(const struct mail *mail, struct strbuf *out);

#endif
