/* The links of the HTML; for the files of this room alone. */
#ifndef DIGEST_LINT_LINKS_INTERNAL_H
#define DIGEST_LINT_LINKS_INTERNAL_H

#include "digest/lint/check_internal.h"

/* The address of a link, trimmed; ptr is NULL where the node is no link. */
struct str link_of(const struct markup_node *node);

/* Whether it begins with http:// or https://. */
bool link_is_web(struct str url);

/* The next http(s) address in a text from *at on, which moves behind it: up
 * to white space or a bracket of < and >. False at the end. */
bool link_next_in_text(struct str text, size_t *at, struct str *url);

/* A link's address without the marks that may end the sentence it stands in. */
struct str link_without_marks(struct str url);

#endif
