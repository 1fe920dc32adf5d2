/* A mailbox that mails are read from, one by one, and removed.
 *
 *     imaps://user@host[:port][/FOLDER]
 *     pop3s://user@host[:port]
 *     maildir:PATH
 *     mbox:PATH
 *
 * An @ in the user is written %40. The server's certificate chain and host
 * name are checked before a password is sent. A mail leaves the mailbox only
 * when mailbox_remove was called for it; where that takes effect at the end
 * (POP3, mbox), mailbox_close says whether it did.
 *
 * A server can't take memory or time without end: mails of more than 64 MB
 * are passed over, or the server is hung up on, and all of it ends at its
 * time.
 */
#ifndef SUBSCRIBERS_BOUNCES_MAILBOX_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_MAILBOX_INTERNAL_H

#include <stdint.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

struct mailbox;

struct mailbox_settings {
    const char *url;
    const char *password_file; /* its first line; NULL for local ones */
    const char *ca_file;       /* NULL: the system's trust store */
    int64_t time_limit_s;      /* for all of it; 0: five minutes */
    const volatile int *stop;  /* not 0: at once; NULL: never */
};

/* Opens it, and logs in. Fails: CONFIG (the URL, the password file),
 * NOT_FOUND, PERMISSION (also a refused password), IO, TEMPORARY (no
 * connection, a server that is too slow or says too much, stopped), PERMANENT
 * (a certificate that doesn't hold). */
FALLIBLE bool mailbox_open(const struct mailbox_settings *settings,
                           struct mailbox **out, struct err *err);

/* Reads the next mail into `out`, set anew; *found is false behind the last,
 * and when there is no time left or it is to stop. Those that arrive meanwhile
 * may come or not. */
FALLIBLE bool mailbox_next(struct mailbox *mailbox, struct strbuf *out,
                           bool *found, struct err *err);

/* Removes the mail that was read last. */
FALLIBLE bool mailbox_remove(struct mailbox *mailbox, struct err *err);

/* Ends it in good order. The mailbox is freed by mailbox_release. */
FALLIBLE bool mailbox_close(struct mailbox *mailbox, struct err *err);
void mailbox_release(struct mailbox **mailbox); /* for OWNED */

#endif
