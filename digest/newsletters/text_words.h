/* A newsletter's texts in front of the words of a language. */
#ifndef DIGEST_NEWSLETTERS_TEXT_WORDS_H
#define DIGEST_NEWSLETTERS_TEXT_WORDS_H

#include "digest/newsletters/text.h"
#include "digest/renderer/catalogue.h"

/* The words with the texts for readers of a language in front of them; the
 * words themselves where there are none. What is new lives in the arena, and
 * so must the list. */
const struct catalogue *texts_over(const struct text_list *texts,
                                   const char *language,
                                   const struct catalogue *words,
                                   struct arena *arena);

#endif
