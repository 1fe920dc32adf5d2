/* Charsets: bytes from outside become UTF-8. */
#ifndef DIGEST_BASE_CHARSET_H
#define DIGEST_BASE_CHARSET_H

#include <stdbool.h>

#include "digest/base/strbuf.h"

/* Appends the text as clean UTF-8 (utf8_clean). Believed in this order, as
 * far as the bytes agree: `http` (NULL: silent), a byte order mark, what the
 * XML declaration or an HTML meta element says, UTF-8; the same again where a
 * byte here and there is bad; what uchardet finds. */
void charset_to_utf8(struct str bytes, const char *http, struct strbuf *out);

/* iconv's name for the charset that a label means, in any case; the label
 * itself where it isn't one of WHATWG's. */
const char *charset_meant(const char *label);

/* The charset that an office program on Windows saved bytes in which aren't
 * UTF-8; WINDOWS-1252 where nothing speaks for another. */
const char *charset_detect_windows(struct str bytes);

/* Appends the text as UTF-8, with U+FFFD for each bad byte. False where iconv
 * doesn't know the charset. */
bool charset_convert(struct str bytes, const char *charset, struct strbuf *out);

#endif
