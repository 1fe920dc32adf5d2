/* Wrapping with a margin; for the files of this room alone. */
#ifndef DIGEST_DOCUMENT_WRAP_INTERNAL_H
#define DIGEST_DOCUMENT_WRAP_INTERNAL_H

#include "digest/base/strbuf.h"

struct margin {
    struct str first; /* before the first line */
    struct str rest;  /* before each of the others */
};

/* Appends `text` in lines of at most `width` columns, margin included, each
 * with a newline. Newlines in it stay. */
void wrap_lines(struct str text, unsigned width, const struct margin *margin,
                struct strbuf *out);

#endif
