/* Bytes as text: RFC 4648 base64, base64url, base32 (lower case, without
 * padding, for places that fold case), and hexadecimal. */
#ifndef DIGEST_BASE_ENCODE_H
#define DIGEST_BASE_ENCODE_H

#include "digest/base/strbuf.h"

void base64_encode(struct strbuf *out, struct str bytes);
void base64url_encode(struct strbuf *out, struct str bytes); /* no padding */
void base32_encode(struct strbuf *out, struct str bytes);
void hex_encode(struct strbuf *out, struct str bytes);

/* False, with `out` as it was, on any character or length that the encoder
 * above could not have written; base32 and hex take either case. base64
 * takes white space and needs no padding. */
bool base64_decode(struct strbuf *out, struct str text);
bool base64url_decode(struct strbuf *out, struct str text);
bool base32_decode(struct strbuf *out, struct str text);
bool hex_decode(struct strbuf *out, struct str text);

#endif
