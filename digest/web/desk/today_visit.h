/* Parts of the first page besides the issues: troubles with their remedies, and
 * what a newsroom lacks that has just begun. */
#ifndef DIGEST_WEB_DESK_TODAY_VISIT_H
#define DIGEST_WEB_DESK_TODAY_VISIT_H

#include "digest/web/desk/visit.h"

/* Sets troubles: {what, remedy, path, word}, where the last two lead on. */
FALLIBLE bool today_visit_troubles(struct visit *visit, struct value *data,
                                   struct err *err);

/* Sets begins where a newsletter, an article or a reader is lacking, and
 * has_newsletter, has_articles, has_readers. */
FALLIBLE bool today_visit_begin(struct visit *visit, struct value *data,
                                struct err *err);

#endif
