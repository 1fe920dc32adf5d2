/* Encoded words: text that isn't ASCII, in a header (RFC 2047). */
#ifndef DIGEST_MESSAGE_ENCODED_WORD_H
#define DIGEST_MESSAGE_ENCODED_WORD_H

#include "digest/base/strbuf.h"

/* Appends `text` as words of at most 75 columns on lines of at most 76, where
 * the current line has `column` already, and returns the column after it. Q
 * or B, whichever is shorter, B padded in the last word alone; only what §5(3)
 * allows in a phrase. */
size_t encoded_words_add(struct strbuf *out, size_t column, struct str text);

/* Appends the value of a field, its encoded words read, as UTF-8; as it is
 * where it has none that can be read. */
void encoded_words_decode(struct str value, struct strbuf *out);

#endif
