/* The months in many languages; for the files of this room alone. */
#ifndef DIGEST_ARTICLES_MONTH_NAMES_H
#define DIGEST_ARTICLES_MONTH_NAMES_H

#include "digest/base/str.h"

/* 1 to 12, or 0 for a word that is no month's name. Case and Latin accents
 * don't count; a name may be cut to three letters or more. */
int month_by_name(struct str word);

#endif
