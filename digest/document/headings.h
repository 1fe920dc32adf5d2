/* Headings of a document that comes to stand under another heading. */
#ifndef DIGEST_DOCUMENT_HEADINGS_H
#define DIGEST_DOCUMENT_HEADINGS_H

#include "digest/base/strbuf.h"

/* Appends a document's HTML (document_to_html's) with its headings lowered
 * by as many levels as bring the highest right below `level` (1-5); what
 * would come below 6 is 6. */
void headings_lower(struct str html, unsigned level, struct strbuf *out);

#endif
