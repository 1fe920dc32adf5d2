/* A mail as it lies in the mailbox: its fields, its parts, what it says.
 *
 * Its parts are those of message/parts.h, and found by hand where a mail is no
 * MIME or broken: there is no mail that can't be read.
 */
#ifndef SUBSCRIBERS_BOUNCES_MAIL_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_MAIL_INTERNAL_H

#include "digest/base/arena.h"
#include "digest/message/parts.h"
#include "subscribers/bounces/fields_internal.h"

struct mail {
    struct arena arena;
    struct str source; /* the whole mail, with LF */
    struct fields fields;
    struct read_part *parts; /* leaves, and carried messages, in order */
    size_t count;
    struct str prose;       /* what it says to people, without the mail that
                               it returns */
    struct fields original; /* the returned mail's fields; may be none */
};

/* Larger mails are cut: a report stands at a mail's beginning. */
enum { MAIL_MAX_BYTES = 4 << 20 };

/* Sets `out` anew. The bytes need not outlive it. */
void mail_parse(struct str bytes, struct mail *out);
void mail_free(struct mail *mail); /* for OWNED */

/* The first part of that type, those inside a carried message last; NULL. */
const struct read_part *mail_part(const struct mail *mail, const char *type);

#endif
