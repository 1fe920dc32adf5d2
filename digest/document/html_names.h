/* HTML's named character references, all of them: libxml2 knows those of
 * HTML 4 alone.
 *
 * html_names.txt has a name a line, in the order of its bytes, with a ";"
 * where it means nothing without one, and its code points behind it.
 * Source: HTML Standard, section 13.5; how they are read: section 13.2.5.73.
 */
#ifndef DIGEST_DOCUMENT_HTML_NAMES_H
#define DIGEST_DOCUMENT_HTML_NAMES_H

#include <stdbool.h>

#include "digest/base/strbuf.h"

struct html_name {
    size_t length; /* of the reference, with "&" and what ends it; 0: none */
    unsigned points[2]; /* the second is 0 but for a few */
};

/* The reference at the beginning of `text`, which is an "&". Of those by number
 * it knows halves of UTF-16 pairs alone, which no parser takes: two that belong
 * together are one character, any other is U+FFFD. */
struct html_name html_name_at(struct str text, bool is_in_attribute);

/* Puts characters in place of the names, in texts and attributes; those that
 * mean something to HTML itself as numbers. Points `html` at `resolved` where
 * there were any. */
void html_names_resolve(struct str *html, struct strbuf *resolved);

/* Appends the characters of a reference, fit for HTML and XML. */
void html_name_write(const struct html_name *name, struct strbuf *out);

#endif
