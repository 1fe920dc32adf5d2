/* Rows set aside while a list is read, and given back in order of address.
 *
 * In that order each batch touches one stretch of the index of addresses,
 * and rows of the same person follow each other. What is held in memory is
 * some megabytes, whatever the length of the list: the rest waits in a file
 * without a name. For the import only.
 */
#ifndef SUBSCRIBERS_CONSENT_IMPORT_SPOOL_INTERNAL_H
#define SUBSCRIBERS_CONSENT_IMPORT_SPOOL_INTERNAL_H

#include "digest/base/err.h"
#include "digest/base/str.h"
#include "subscribers/consent/import_columns_internal.h"

struct import_spool;

/* `folder` is where the file is made, if one is needed. */
struct import_spool *import_spool_new(const char *folder);
void import_spool_free(struct import_spool *spool);
void import_spool_release(struct import_spool **spool); /* for OWNED */

/* Sets a copy of a row aside. Fails: IO. */
FALLIBLE bool import_spool_add(struct import_spool *spool,
                               const struct import_row *row, struct err *err);

/* Gives the rows back after the last one is added, ordered by key and then by
 * line. The row's texts live until the next call. *more is false after the
 * last. Fails: IO. */
FALLIBLE bool import_spool_next(struct import_spool *spool,
                                struct import_row *row, bool *more,
                                struct err *err);

/* Looks at the key of the row that import_spool_next gives next; "" at the
 * end. Fails: IO. */
FALLIBLE bool import_spool_peek(struct import_spool *spool, struct str *key,
                                struct err *err);

#endif
