/* Sentences: where one ends, in any language.
 *
 * By UAX #29's rules for sentence terminals, closing marks and what must
 * follow, with a table of abbreviations on top of them, which UAX #29 leaves
 * to the application.
 */
#ifndef DIGEST_DOCUMENT_SENTENCE_H
#define DIGEST_DOCUMENT_SENTENCE_H

#include "digest/base/str.h"

/* The first sentence of a line of words, with its closing marks; moves *rest
 * behind it and the space after it. False when nothing is left. */
bool sentence_next(struct str *rest, struct str *sentence);

/* Whether a text ends as sentences do. */
bool sentence_is_complete(struct str text);

/* Whether a space stands between it and the next one; not so in Chinese. */
bool sentence_needs_space(struct str sentence);

#endif
