/* Dates as people write them: "Wednesday, May 21, 2025", "8 Jul 2022",
 * "21 mai 2025", "২১ মে ২০২৫", "2025年5月21日". */
#ifndef DIGEST_SOURCES_DATE_WORDS_INTERNAL_H
#define DIGEST_SOURCES_DATE_WORDS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "digest/base/str.h"

/* Reads a date: any form of base/timetext.h, and a month's name in one of many
 * languages with a day and a year in any order, with or without a weekday and a
 * time; the forms that date(1), Java, JavaScript and Go print; numbers alone
 * where day and month can be told apart, and Unix seconds or milliseconds. UTC
 * where no zone is said, or one that no table has. False for anything else,
 * also for the first second of 1970 and for years before 1000, which stand
 * where a program had no date. */
bool date_words_parse(struct str text, int64_t *at);

#endif
