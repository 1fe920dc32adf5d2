/* A report's prose for people: the text in front of the mail that it returns,
 * and which recipient each piece of it is about.
 *
 * Older mail systems say all they have to say this way.
 */
#ifndef SUBSCRIBERS_BOUNCES_PROSE_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_PROSE_INTERNAL_H

#include "subscribers/bounces/mail_internal.h"

/* Sets mail->prose and mail->original. */
void prose_find(struct mail *mail);

struct prose_block {
    struct str recipient;
    struct str text; /* what is said about this one */
};
struct prose_blocks {
    struct prose_block *items; /* in the mail's arena */
    size_t count;
};

/* The recipients named in the prose, in order, each once. */
void prose_blocks(struct mail *mail, struct prose_blocks *out);

#endif
