/* The MIME structure of a message, as libetpan composes it. */
#ifndef DIGEST_MESSAGE_MIME_INTERNAL_H
#define DIGEST_MESSAGE_MIME_INTERNAL_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

/* Appends the last header fields (MIME-Version, Content-…), the blank line
 * and the body: multipart/alternative with the text first, or the text alone
 * where `html` is empty. Both are quoted-printable already, and go in as they
 * are. The boundary follows from their content; it holds "=_", which
 * quoted-printable can't (RFC 2045 §6.7). Fails: IO. */
FALLIBLE bool mime_compose(struct str text, struct str html, struct strbuf *out,
                           struct err *err);

#endif
