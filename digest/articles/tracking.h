/* Tracking parameters: what a URL carries for statistics alone. */
#ifndef DIGEST_ARTICLES_TRACKING_H
#define DIGEST_ARTICLES_TRACKING_H

#include "digest/base/strbuf.h"

/* Appends the URL without utm_*, fbclid, gclid and their like, in the query
 * as in the fragment. Everything else stays as it was. */
void tracking_strip(struct str url, struct strbuf *out);

#endif
