/* HTML as libxml2's tree, read the one way that every reader of pages here
 * reads it: repaired, and as deep as this room goes. */
#ifndef DIGEST_DOCUMENT_HTML_TREE_H
#define DIGEST_DOCUMENT_HTML_TREE_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

struct _xmlDoc; /* libxml2's */

/* Reads HTML, already UTF-8: named references are read as HTML has them,
 * comments are left out, blanks stay. *out is NULL where there is nothing to
 * read. Owns: the caller, with html_tree_free. Fails: INPUT, for elements
 * nested, or attributes numbered, beyond reason. */
FALLIBLE bool html_tree_read(struct str html, struct _xmlDoc **out,
                             struct err *err);
void html_tree_free(struct _xmlDoc **tree); /* for OWNED */

#endif
