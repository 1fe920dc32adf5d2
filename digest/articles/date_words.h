/* Dates as people write them: "Wednesday, May 21, 2025", "8 Jul 2022". */
#ifndef DIGEST_ARTICLES_DATE_WORDS_H
#define DIGEST_ARTICLES_DATE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "digest/base/str.h"

/* What base/timetext.h reads, and an English month with a day and a year in
 * any order, with or without a weekday and a time; UTC where no zone is
 * said. False for anything else. */
bool date_words_parse(struct str text, int64_t *at);

#endif
