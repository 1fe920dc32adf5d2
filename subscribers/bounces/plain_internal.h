/* Plain text out of what isn't, so that phrases can be looked for in it. */
#ifndef SUBSCRIBERS_BOUNCES_PLAIN_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_PLAIN_INTERNAL_H

#include "digest/base/strbuf.h"

/* Appends a page's text; block elements and <br> end lines. */
void plain_of_html(struct str html, struct strbuf *out);

#endif
