/* Escaping, at the edge that needs it. */
#ifndef DIGEST_BASE_ESCAPE_H
#define DIGEST_BASE_ESCAPE_H

#include "digest/base/strbuf.h"

/* & < > " ' as character references: safe in text and in quoted
 * attributes. */
void html_escape(struct strbuf *out, struct str text);

/* Percent-encodes all but RFC 3986 §2.3 unreserved characters. */
void url_encode(struct strbuf *out, struct str text);

/* Appends a text for a field "…" of a log line: a quote or backslash gets a
 * backslash, so that nothing in the text ends the field. */
void quote_escape(struct strbuf *out, struct str text);

#endif
