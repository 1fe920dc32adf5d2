/* A written date, in steps: numbers in the digits of many scripts, words, and
 * single marks.
 */
#ifndef DIGEST_SOURCES_DATE_TOKEN_INTERNAL_H
#define DIGEST_SOURCES_DATE_TOKEN_INTERNAL_H

#include "digest/base/str.h"

/* One step through the text: a number, a word, or a mark. */
struct date_token {
    enum { END, NUMBER, WORD, MARK } kind;
    int value;       /* of a number; of a mark its code point */
    unsigned digits; /* of a number */
    struct str text;
};

/* The value of a digit of any of these scripts; -1: it is none. */
int date_digit(unsigned c);

/* Takes the next step off the text. */
struct date_token date_token_next(struct str *text);

#endif
