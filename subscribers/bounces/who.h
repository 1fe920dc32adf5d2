/* Who a mail is about, by what only we could have written.
 *
 * A report names an address, and anybody can write a report. It counts only
 * when it carries something signed that went out with one message to one
 * subscriber: the token in the return path (VERP), the one in the returned
 * message's List-Unsubscribe, or its Message-ID.
 */
#ifndef SUBSCRIBERS_BOUNCES_WHO_H
#define SUBSCRIBERS_BOUNCES_WHO_H

#include "digest/store/db.h"
#include "subscribers/bounces/classify.h"
#include "subscribers/tokens/tokens.h"

/* False when nothing signed is found. */
bool who_by_token(const struct token_keys *keys, struct mail *mail,
                  struct token *out);

/* By the returned Message-ID, which is made of issue and subscriber with our
 * key, and the address that the report names. *found says whether it fits.
 * Fails: STORE. */
FALLIBLE bool who_by_message_id(struct db *db, const struct token_keys *keys,
                                struct mail *mail,
                                const struct bounce_verdicts *verdicts,
                                struct token *out, bool *found,
                                struct err *err);

/* The token in a subject "unsubscribe TOKEN". */
bool who_unsubscribes(const struct token_keys *keys, const struct mail *mail,
                      struct token *out);

#endif
