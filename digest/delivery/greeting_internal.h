/* Greetings: whether an introduction has one of its own. */
#ifndef DIGEST_DELIVERY_GREETING_INTERNAL_H
#define DIGEST_DELIVERY_GREETING_INTERNAL_H

#include "digest/document/document.h"
#include "digest/renderer/catalogue.h"

/* Whether one of its first two paragraphs (a heading may stand first) begins
 * with one of the catalogue's `greetings`. */
bool greeting_begins(const struct document *intro,
                     const struct catalogue *words);

#endif
