/* Capitals, for the names of sections in plain text. */
#ifndef DIGEST_RENDERER_CAPITALS_H
#define DIGEST_RENDERER_CAPITALS_H

#include "digest/base/strbuf.h"

/* Appends the text in capitals, as they are written in `language` (BCP 47,
 * or NULL). Scripts without capitals stay as they are. */
void capitals_add(struct strbuf *out, struct str text, const char *language);

/* Whether letters of the language's script may be set apart; those of Arabic
 * and its like are joined, and spacing would tear them. */
bool capitals_may_be_spaced(const char *language);

/* Whether the language is written from right to left. */
bool capitals_is_right_to_left(const char *language);

#endif
