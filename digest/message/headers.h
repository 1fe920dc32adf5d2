/* Header fields: encoding, folding, checking.
 *
 * Nothing here allocates beyond the buffer that it appends to. Controls other
 * than CR, LF and NUL vanish from a text, and a tab becomes a space.
 * Source: RFC 5322 §2-3, RFC 2047, RFC 2369, RFC 6532. */
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
 * as RFC 5322 §3.2.5 and RFC 2047 §5(3) ask, or stands as UTF-8 beside an
 * address that needs SMTPUTF8 (RFC 6532); empty: the address alone.
 * Fails: INPUT. */
FALLIBLE bool header_add_mailbox(struct strbuf *out, const char *name,
                                 struct str phrase, struct str address,
                                 struct err *err);

/* Whether an address can stand in a header and in an SMTP command: exactly
 * one @, a dot-atom local part of at most 64 octets (UTF-8 allowed), a
 * domain; at most 254 octets; no control, space, bracket or comma. */
bool header_address_is_safe(struct str address);

/* Appends "NAME: text\r\n" as it is, for the fields in which encoded words
 * have no place. Fails: INPUT, for what isn't printable ASCII or doesn't fit
 * on one line. */
FALLIBLE bool header_add_plain(struct strbuf *out, const char *name,
                               struct str text, struct err *err);

/* Appends "NAME: phrase <inside>\r\n"; `inside` has been checked, and is not
 * broken over lines. Fails: INPUT, for a phrase with CR, LF or NUL. */
FALLIBLE bool header_add_angle(struct strbuf *out, const char *name,
                               struct str phrase, struct str inside,
                               struct err *err);

/* Whether a Message-ID can stand inside <>: dot-atom@dot-atom (RFC 5322
 * §3.6.4), ASCII, at most 250 octets. */
bool header_message_id_is_safe(struct str id);

/* Whether a URI can stand inside <> of a list header (RFC 2369 §2): the
 * characters of RFC 3986, at most 900 octets, beginning with `scheme`. */
bool header_uri_is_safe(struct str uri, struct str scheme);

#endif
