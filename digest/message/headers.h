/* Header fields: encoding, folding, checking.
 * Source: RFC 5322 §2-3, RFC 2047, RFC 2231, RFC 6532. */
#ifndef DIGEST_MESSAGE_HEADERS_H
#define DIGEST_MESSAGE_HEADERS_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

/* Appends "NAME: text\r\n", folded at 78 columns, with RFC 2047 encoded
 * words where the text isn't plain ASCII or would look like one. Fails:
 * INPUT, for CR, LF, NUL. */
FALLIBLE bool header_add_text(struct strbuf *out, const char *name,
                              struct str text, struct err *err);

/* Appends "NAME: phrase <address>\r\n"; the phrase is quoted or encoded
 * as RFC 5322 §3.2.5 and RFC 2047 §5(3) ask; empty: the address alone.
 * Fails: INPUT. */
FALLIBLE bool header_add_mailbox(struct strbuf *out, const char *name,
                                 struct str phrase, struct str address,
                                 struct err *err);

/* Whether an address can stand in a header and in an SMTP command: exactly
 * one @, a dot-atom local part of at most 64 octets (UTF-8 allowed), a
 * domain; at most 254 octets; no control, space, bracket or comma. */
bool header_address_is_safe(struct str address);

#endif
