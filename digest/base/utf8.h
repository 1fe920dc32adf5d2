/* UTF-8: validity, decoding, cleaning. */
#ifndef DIGEST_BASE_UTF8_H
#define DIGEST_BASE_UTF8_H

#include <stdbool.h>

#include "digest/base/strbuf.h"

/* Offset of the first byte that isn't well-formed UTF-8 (RFC 3629), or
 * text.len when all is. */
size_t utf8_invalid_at(struct str text);

/* Decodes one scalar at *offset (< text.len) and moves on; an ill-formed
 * sequence gives U+FFFD and moves by one byte. */
unsigned utf8_next(struct str text, size_t *offset);

/* Largest length <= max that splits no grapheme cluster, or, where the first
 * is longer, no scalar. */
size_t utf8_cut_length(struct str text, size_t max);

/* Whether `c` turns the direction of the text around it (U+202A-202E, U+2066-
 * 2069), and so can make it read as what it isn't. */
bool utf8_turns_direction(unsigned c);

/* Appends `text` without such characters; all else stays. */
void utf8_drop_turns(struct strbuf *out, struct str text);

/* Whether `c` is a mark beyond the eighth on one letter, which would paint over
 * the lines above. `run` counts them from one character to the next; 0 at the
 * beginning. */
bool utf8_piles_up(unsigned c, unsigned *run);

/* Whether there is a letter or a digit to be seen in it, of any script. */
bool utf8_has_letter(struct str text);

/* Appends `text` fit for a reader: ill-formed bytes become U+FFFD; a BOM and
 * C0, DEL and C1 controls vanish, but for TAB and LF (CR and CRLF become
 * LF). So no value can hold the slot marks of base/slot.h. */
void utf8_clean(struct strbuf *out, struct str text);

/* The same for one line: every run of white space, line ends included,
 * becomes one space, none at the ends; what turns the direction vanishes, as
 * do marks that pile up. For titles, names and
 * subjects. */
void utf8_clean_line(struct strbuf *out, struct str text);

#endif
