/* A category's folded slug: what makes "World News" and "world-news" one. */
#ifndef DIGEST_ARTICLES_CATEGORY_H
#define DIGEST_ARTICLES_CATEGORY_H

#include "digest/base/strbuf.h"

/* Appends the slug: letters and digits lower-cased, Latin accents folded,
 * everything between them one hyphen; other scripts as they are. Empty for
 * a name without letters or digits. */
void category_slug(struct str name, struct strbuf *out);

#endif
