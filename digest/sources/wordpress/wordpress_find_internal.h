/* Finding WordPress's API behind an address; for the files of this room
 * alone. Both are as struct source_kind has them. */
#ifndef DIGEST_SOURCES_WORDPRESS_WORDPRESS_FIND_INTERNAL_H
#define DIGEST_SOURCES_WORDPRESS_WORDPRESS_FIND_INTERNAL_H

#include "digest/sources/site_search_internal.h"

FALLIBLE bool wordpress_is_at(struct site_search *search, bool *found,
                              struct err *err);
bool wordpress_is_behind(struct site_search *search);

#endif
