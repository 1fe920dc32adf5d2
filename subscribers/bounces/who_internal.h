/* Whom a mail is about, told by texts that only we could have written.
 *
 * A report names an address, and anybody can write a report. It counts only
 * when it carries something signed that went out with one message to one
 * subscriber: the token in the return path (VERP), in the envelope that a
 * report describes, in the returned message's List-Unsubscribe, or its
 * Message-ID.
 */
#ifndef SUBSCRIBERS_BOUNCES_WHO_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_WHO_INTERNAL_H

#include "digest/store/db.h"
#include "subscribers/bounces/classify.h"
#include "subscribers/tokens/tokens.h"

/* False when nothing signed is found. */
bool who_by_token(const struct token_keys *keys, struct mail *mail,
                  struct token *out);

/* Finds a subscriber by the returned Message-ID, which is made of issue and
 * subscriber with our key. The address that the report names is tried first;
 * for a complaint, all recipients of that issue, until `stop` (may be NULL)
 * isn't 0 any more. *found says whether it fits. Fails: STORE, TEMPORARY
 * (stopped). */
FALLIBLE bool who_by_message_id(struct db *db, const struct token_keys *keys,
                                const volatile int *stop, struct mail *mail,
                                const struct bounce_verdicts *verdicts,
                                struct token *out, bool *found,
                                struct err *err);

/* The token in a subject "unsubscribe TOKEN", however it is written. */
bool who_unsubscribes(const struct token_keys *keys, const struct mail *mail,
                      struct token *out);

/* Finds a subscriber by the sender of a mail that says "unsubscribe" alone,
 * when our own mail server (`authserv_id`, may be NULL) vouches for it and they
 * are on a list. The token names the newsletter that they answered, or none:
 * all of theirs.
 * Fails: STORE. */
FALLIBLE bool who_wrote(struct db *db, struct mail *mail,
                        const char *authserv_id, struct token *out, bool *found,
                        struct err *err);

#endif
