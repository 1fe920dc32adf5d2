/* Requests of strangers on a page: to sign up, or for their links.
 *
 * A request is noted and answered at once, alike for every address, and done
 * afterwards, by the web server when it has answered or by the scheduler: so
 * neither the answer nor its time tells who is on a list.
 */
#ifndef DIGEST_NOTICES_READER_REQUEST_H
#define DIGEST_NOTICES_READER_REQUEST_H

#include "digest/notices/reader_mail.h"
#include "digest/store/erasing.h"

struct reader_request {
    int64_t newsletter_id; /* to sign up to; 0: their links */
    const char *email, *name;
    const char *client; /* an IP address */
    int64_t at;
};

/* Part of the caller's transaction. */
FALLIBLE bool reader_request_add(struct db *db,
                                 const struct reader_request *request,
                                 struct err *err);

FALLIBLE bool reader_request_waits(struct db *db, bool *out, struct err *err);

/* Does up to `most` of them, the oldest first, each in a transaction of its
 * own. Takes as long for an address that gets no mail as for one that does.
 * Without a base_url they are dropped. */
FALLIBLE bool reader_request_do(const struct reader_mail *mail, size_t most,
                                struct err *err);

/* Drops those that name somebody. Part of the caller's transaction. */
FALLIBLE bool reader_request_erase(struct db *db, const struct redaction *words,
                                   struct err *err);

#endif
