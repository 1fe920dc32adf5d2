/* The words of a name as they are searched for: "José Müller-Luis" has jose,
 * muller and luis. Case-folded, without marks (Unicode's compatibility
 * decomposition, UAX #15), and split at what is neither letter nor digit. */
#ifndef SUBSCRIBERS_ROSTER_NAME_WORDS_H
#define SUBSCRIBERS_ROSTER_NAME_WORDS_H

#include "digest/base/strbuf.h"

enum { NAME_WORDS_MAX = 8, NAME_WORD_BYTES = 60 };

/* Appends the words, each with a line end; those beyond NAME_WORDS_MAX, and
 * letters beyond NAME_WORD_BYTES, are left out, as is one that came before. */
void name_words(struct str name, struct strbuf *out);

#endif
