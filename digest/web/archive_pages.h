/* The archive over HTTP: the pages that `digest archive` writes, below
 * /archive/, made when they are first asked for and kept while nothing
 * changes. They say when they changed (ETag, Last-Modified), so that who has
 * them need not fetch them again.
 */
#ifndef DIGEST_WEB_ARCHIVE_PAGES_H
#define DIGEST_WEB_ARCHIVE_PAGES_H

#include "digest/web/web.h"

/* Pages that were made; owned by the server. */
struct archive_cache;
struct archive_cache *archive_cache_new(void);
void archive_cache_free(struct archive_cache *cache);

/* /: the same as /archive/. */
bool archive_page_home(struct web *web, struct request *request,
                       struct response *response, struct err *err);

/* /archive/, /archive/SLUG/, /archive/SLUG/feed.xml, /archive/SLUG/N/ and
 * /archive/SLUG/N/STORY/; without the slash at the end it leads there. A
 * story of an issue that hasn't been started is shown to who has a token of
 * it in ?preview=. */
bool archive_page_any(struct web *web, struct request *request,
                      struct response *response, struct err *err);

/* /sitemap.xml; robots.txt names it. */
bool archive_page_sitemap(struct web *web, struct request *request,
                          struct response *response, struct err *err);

#endif
