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

/* /archive/, /archive/SLUG/, /archive/SLUG/feed.xml and /archive/SLUG/N/;
 * without the slash at the end it leads there. */
bool archive_page_any(struct web *web, struct request *request,
                      struct response *response, struct err *err);

#endif
