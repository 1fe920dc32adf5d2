/* The rejected rows of an import as a list of their own: each with its line
 * and the reason, under the headings they had, so that what is mended there
 * can be imported as it is. */
#ifndef SUBSCRIBERS_CONSENT_IMPORT_REJECTS_H
#define SUBSCRIBERS_CONSENT_IMPORT_REJECTS_H

#include "subscribers/consent/import_columns_internal.h"

/* Appends the first row, from that of the list. */
void import_rejects_heading(const struct import_columns *columns,
                            const struct csv_row *row, struct strbuf *out);
void import_rejects_row(const struct csv_row *row, const char *why,
                        struct strbuf *out);

#endif
