/* Charsets: bytes from outside become UTF-8; for the files of this room
 * alone. */
#ifndef DIGEST_ARTICLES_CHARSET_H
#define DIGEST_ARTICLES_CHARSET_H

#include "digest/base/strbuf.h"

/* Appends the text as clean UTF-8 (utf8_clean). Believed in this order, as
 * far as the bytes agree: `http` (NULL: silent), a byte order mark, what the
 * XML declaration or an HTML meta element says, UTF-8, what uchardet finds.
 */
void charset_to_utf8(struct str bytes, const char *http, struct strbuf *out);

#endif
