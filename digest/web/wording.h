/* The language of a page: the one that its reader chose, else its newsletter's;
 * where nobody knows either, the one of the site's newsletters that the browser
 * asks for first. */
#ifndef DIGEST_WEB_WORDING_H
#define DIGEST_WEB_WORDING_H

#include "digest/renderer/languages.h"
#include "digest/web/web.h"

/* The language of a choice (or ""), else of a newsletter; NULL where neither
 * has a catalogue. */
const struct language *wording_of(const struct web *web, const char *chosen,
                                  const char *newsletter);

/* The language where there is no reader and no newsletter. */
const struct language *wording_of_site(const struct web *web,
                                       const struct request *request);

#endif
