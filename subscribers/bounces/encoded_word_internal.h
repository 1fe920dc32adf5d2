/* Encoded words in fields: =?charset?B?…?= (RFC 2047). */
#ifndef SUBSCRIBERS_BOUNCES_ENCODED_WORD_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_ENCODED_WORD_INTERNAL_H

#include "digest/base/strbuf.h"

/* Appends the value in UTF-8; what can't be decoded stays as it is. */
void encoded_word_decode(struct str value, struct strbuf *out);

#endif
