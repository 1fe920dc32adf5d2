/* Broken MIME: parts that stand in a body whose header doesn't name their
 * boundary, or names another. Senders of reports do that. */
#ifndef SUBSCRIBERS_BOUNCES_MEND_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_MEND_INTERNAL_H

#include "digest/base/strbuf.h"

/* Appends the body with a header that fits, where it holds parts. */
bool mend_parts(struct str body, struct strbuf *out);

/* Whether a body lacks the boundary that its Content-Type names. */
bool mend_is_due(struct str content_type, struct str body);

#endif
