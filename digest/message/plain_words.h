/* Text of mail systems as plain words, so that phrases can be looked for in
 * it, and the addresses in it. */
#ifndef DIGEST_MESSAGE_PLAIN_WORDS_H
#define DIGEST_MESSAGE_PLAIN_WORDS_H

#include "digest/base/strbuf.h"

/* Appends the text in lower case, with single spaces, without addresses,
 * URLs, reply codes and statuses: what remains is what was said. */
void plain_words(struct str text, struct strbuf *out);

/* Finds where the next address begins at or behind `from`; text.len when there
 * is none. Its length goes to *length. */
size_t plain_next_address(struct str text, size_t from, size_t *length);

#endif
