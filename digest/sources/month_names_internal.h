/* The months and weekdays in many languages; for the files of this room
 * alone. */
#ifndef DIGEST_SOURCES_MONTH_NAMES_INTERNAL_H
#define DIGEST_SOURCES_MONTH_NAMES_INTERNAL_H

#include <stdbool.h>

#include "digest/base/str.h"

/* 1 to 12, or 0 for a word that is no month's name. Case and Latin accents
 * don't count; a name may be cut to three letters or more, in the scripts of
 * India to two. */
int month_by_name(struct str word);

/* Whether a word names a day of the week in one of the same languages. Latin
 * names may be cut to `shortest` letters or more. */
bool weekday_is_name(struct str word, size_t shortest);

#endif
