/* Character sets of mail, by the C library's iconv. */
#ifndef SUBSCRIBERS_BOUNCES_MAIL_CHARSET_H
#define SUBSCRIBERS_BOUNCES_MAIL_CHARSET_H

#include "digest/base/arena.h"

/* The text as UTF-8; bytes that aren't of their charset become '?'. What is
 * in an unknown charset is taken for ISO-2022-JP where it has its escapes,
 * and stays as it is otherwise. */
struct str mail_charset_to_utf8(struct arena *arena, const char *charset,
                                struct str text);

#endif
