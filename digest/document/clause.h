/* Clauses: where a headline can be cut and still says something whole. */
#ifndef DIGEST_DOCUMENT_CLAUSE_H
#define DIGEST_DOCUMENT_CLAUSE_H

#include "digest/base/strbuf.h"

/* Appends a line, or as much of it as makes `most` characters at most: up to
 * the last sentence or clause that ends within them, outside of quotes and
 * brackets, and isn't a mere word or two; else up to a word, with an ellipsis.
 */
void clause_shorten(struct str line, size_t most, struct strbuf *out);

#endif
