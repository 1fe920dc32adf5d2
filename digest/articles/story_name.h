/* The name of a story's page: the last part of its path, made of the
 * headline. */
#ifndef DIGEST_ARTICLES_STORY_NAME_H
#define DIGEST_ARTICLES_STORY_NAME_H

#include "digest/base/strbuf.h"

/* Names are at most this long, in bytes of UTF-8. */
enum { STORY_NAME_MAX = 80 };

/* Appends the name for a headline: its words in small letters with hyphens
 * between, accents folded, cut behind a word; "story" where nothing is left.
 * It holds no character that means something in a path, in a URL's other
 * parts or to a file system. */
void story_name(struct str headline, struct strbuf *out);

/* Appends the same with a number behind it, for the second story of that
 * name in an issue: "rain-2". */
void story_name_numbered(struct str name, unsigned number, struct strbuf *out);

#endif
