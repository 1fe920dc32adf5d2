/* The line that feeds of blogs end each text with; for the files of this
 * room alone. */
#ifndef DIGEST_SOURCES_FEED_FEED_FOOTER_INTERNAL_H
#define DIGEST_SOURCES_FEED_FEED_FOOTER_INTERNAL_H

#include "digest/base/str.h"

/* The HTML without a last paragraph such as "The post TITLE appeared first on
 * SITE.", in any language: it is told by its two links, to the article itself
 * and to its site's home. `url` is the article's; NULL for none. */
struct str feed_without_footer(struct str html, const char *url);

#endif
