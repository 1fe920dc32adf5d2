/* Text on its way in: its size and its UTF-8 looked at once, for both
 * parsers; for the files of this room alone. */
#ifndef DIGEST_DOCUMENT_INPUT_INTERNAL_H
#define DIGEST_DOCUMENT_INPUT_INTERNAL_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

enum { INPUT_BYTES_MAX = 16 << 20, TAG_ATTRIBUTES_MAX = 1000 };

/* Checks `text`, and points it at `cleaned` where NULs had to go.
 * Fails: INPUT, naming the line of the first byte that isn't UTF-8. */
FALLIBLE bool input_check(struct str *text, struct strbuf *cleaned,
                          struct err *err);

/* Takes out the marks of SGML's marked sections, <![CDATA[ ]]> and <![if x]>,
 * which libxml2 would take for text; what stands in them stays. Points `html`
 * at `cleaned` where there were any. */
void input_strip_sections(struct str *html, struct strbuf *cleaned);

/* Whether a tag has more than TAG_ATTRIBUTES_MAX attributes: libxml2 compares
 * each with every other. */
bool input_has_endless_tag(struct str html);

struct _xmlParserCtxt; /* libxml2's */

/* libxml2's parser of HTML with the options that all reading has here, and
 * `context` as its _private. NULL when it can't be made. */
struct _xmlParserCtxt *html_parser_new(struct str html, void *context);

#endif
