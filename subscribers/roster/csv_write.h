/* CSV as csv.h reads it: what is written comes back the same. */
#ifndef SUBSCRIBERS_ROSTER_CSV_WRITE_H
#define SUBSCRIBERS_ROSTER_CSV_WRITE_H

#include "digest/base/strbuf.h"

/* Appends one field, in quotes where it needs them, and `end` after it: ','
 * or, after a row's last, '\n'. */
void csv_write(struct strbuf *out, struct str field, char end);

/* The same for a text that a reader wrote. What a spreadsheet would take for
 * a formula (= + - @ at its begin) gets an apostrophe before it, which says
 * there that a text follows; csv_text takes it away again. */
void csv_write_text(struct strbuf *out, struct str field, char end);
struct str csv_text(struct str field);

#endif
