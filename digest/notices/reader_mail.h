/* Mails to one reader, at their wish: the link that confirms a subscription,
 * the links to leave and to choose, the link that confirms a new address.
 *
 * Each is queued as a notice in the transaction of what it is about; whoever
 * sends notices sends it. What is asked for an address may have been asked by
 * anybody: nothing here tells the asker whether it is on a list, and the same
 * mail goes to the same address at most once an hour.
 */
#ifndef DIGEST_NOTICES_READER_MAIL_H
#define DIGEST_NOTICES_READER_MAIL_H

#include "digest/newsletters/newsletter.h"
#include "digest/renderer/template_set.h"
#include "subscribers/consent/consent.h"

/* A reader's mail: all that queueing it takes. Borrowed. */
struct reader_mail {
    struct db *db;
    const struct token_keys *keys;
    struct template_set *templates;
    const char *site_name, *postal_address; /* NULL: none */
    const char *base_url; /* required; without a slash at the end */
};

/* How long the links of these mails work. */
enum {
    READER_CONFIRM_DAYS = CONSENT_CONFIRM_DAYS,
    READER_CONFIRM_WITHIN_S = CONSENT_CONFIRM_WITHIN_S,
    READER_MAIL_APART_S = 60 * 60,
};

/* A reader's wish: who wants which mail. Texts may be NULL. */
struct reader_wish {
    struct str email;
    const char *name;       /* where they are new, or an editor says it */
    const char *categories; /* one name a line; likewise */
    const struct consent_origin *origin;
};

/* Subscribes an address, pending, and queues the mail whose link confirms
 * it. Somebody who is active already gets their links instead, unless an
 * editor asked. *queued: whether there is a mail that wasn't there before.
 * Fails: CONFIG (no base_url), INPUT (not an address), STORE, what rendering
 * fails with; CONSENT_REFUSED comes as true with the reason in err->text. */
FALLIBLE bool reader_mail_confirm(const struct reader_mail *mail,
                                  const struct newsletter *newsletter,
                                  const struct reader_wish *wish,
                                  enum consent_result *result, bool *queued,
                                  struct err *err);

/* Queues the links to leave and to choose, if the address gets anything from
 * here; else nothing happens, in as much time. Fails: CONFIG, INPUT, STORE, …
 */
FALLIBLE bool reader_mail_links(const struct reader_mail *mail,
                                struct str email, int64_t now, bool *queued,
                                struct err *err);

/* Queues the mail that tells `old`, as the subscriber was before, that their
 * address was changed, with the link that takes it back (past_id of
 * preferences_confirm_address). It doesn't name the new address: the old
 * mailbox may be read by others by now. */
FALLIBLE bool reader_mail_moved(const struct reader_mail *mail,
                                const struct subscriber *old, int64_t past_id,
                                int64_t now, struct err *err);

/* Queues the mail that confirms a new address, at that address: the link is
 * of the change that preferences_ask_address made. */
FALLIBLE bool reader_mail_address(const struct reader_mail *mail,
                                  const struct subscriber *subscriber,
                                  int64_t change_id, const char *new_address,
                                  int64_t now, struct err *err);

#endif
