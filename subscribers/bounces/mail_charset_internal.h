/* Character sets of mail, by the C library's iconv. */
#ifndef SUBSCRIBERS_BOUNCES_MAIL_CHARSET_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_MAIL_CHARSET_INTERNAL_H

#include "digest/base/arena.h"

/* The text as UTF-8; bytes that aren't of their charset become '?'. What is
 * in an unknown charset stays as it is; what has the escapes of ISO-2022-JP
 * is taken for that, and undeclared bytes for UTF-8 or Windows-1252. */
struct str mail_charset_to_utf8(struct arena *arena, const char *charset,
                                struct str text);

#endif
