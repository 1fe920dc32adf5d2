/* CSV as the tools people leave write it, read row by row.
 *
 * The delimiter (comma, semicolon, tab) is found from the first row, or in
 * a first line `sep=;`. Fields in quotes may hold line breaks and doubled
 * quotes. UTF-8 and UTF-16, with or without a byte order mark; where a
 * field isn't UTF-8, its charset is found from what follows it, and holds for
 * all others. What is held in memory is one row, and that sample.
 * Source: RFC 4180, with its liberties.
 */
#ifndef SUBSCRIBERS_ROSTER_CSV_H
#define SUBSCRIBERS_ROSTER_CSV_H

#include "digest/base/err.h"
#include "digest/base/str.h"

struct csv;

/* Reads from a file descriptor, which stays the caller's; `name` stands in
 * errors and is copied. */
struct csv *csv_new(int fd, const char *name);
/* Reads from text, which must live as long as the reader. */
struct csv *csv_new_text(struct str text, const char *name);
void csv_free(struct csv *csv);
void csv_release(struct csv **csv); /* for OWNED */

struct csv_row {
    const struct str *fields; /* borrowed until the next row; valid UTF-8 */
    size_t count;             /* 0: there is no further row */
    unsigned line;            /* where it begins, from 1 */
    const char *problem;      /* why it can't be read, or NULL; static */
};

/* The next row; empty lines are passed over. A row that can't be read comes
 * with its problem and its first line as the one field, and the next one
 * begins on the line after it. Fails: IO. */
FALLIBLE bool csv_next(struct csv *csv, struct csv_row *row, struct err *err);

/* The name given, and the delimiter found (0 before the first row). */
const char *csv_name(const struct csv *csv);
char csv_delimiter(const struct csv *csv);

/* The charset that was found where a field wasn't UTF-8, and that field as it
 * was read; NULL where all is UTF-8 so far. */
const char *csv_charset(const struct csv *csv, const char **example);

#endif
