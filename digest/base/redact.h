/* Redaction: taking what names somebody out of a text. ASCII letters are
 * compared without their case; other letters as they stand, so a name that
 * has another case has to be added as well. */
#ifndef DIGEST_BASE_REDACT_H
#define DIGEST_BASE_REDACT_H

#include "digest/base/strbuf.h"

/* The mark in place of a text that was taken out. */
#define REDACTED "[erased]"

/* The words to be taken out; zero is none. */
struct redaction {
    char **words; /* in lower case (ASCII), as far as they have a case */
    size_t count, capacity;
};
void redaction_free(struct redaction *redaction);

/* Adds a word; an empty one, and one that is there, changes nothing. */
void redaction_add(struct redaction *redaction, struct str word);
/* Adds an address in the ways in which mail writes it: as itself, with its @
 * as `=` in a return path (VERP) or %40 in a link, and turned around (SRS). */
void redaction_add_address(struct redaction *redaction, struct str email);

/* Whether one of them stands in the text: an address or a name is found as a
 * whole, so that ann@example.org isn't in joann@example.org. */
bool redaction_finds(const struct redaction *redaction, struct str text);

/* Appends the text with REDACTED in place of each. */
void redaction_write(const struct redaction *redaction, struct str text,
                     struct strbuf *out);

#endif
