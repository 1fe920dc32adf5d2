/* The tables behind import_columns.c: tools, their headings, their words. */
#ifndef SUBSCRIBERS_CONSENT_IMPORT_SHAPES_INTERNAL_H
#define SUBSCRIBERS_CONSENT_IMPORT_SHAPES_INTERNAL_H

#include "subscribers/consent/import_columns_internal.h"

/* Words and headings are compared without case, spaces, - and _. A word that
 * ends in * stands for all that begin so. */
struct import_word {
    const char *word;
    int state;
};

struct import_heading {
    const char *heading;
    enum import_field field;
};

struct import_shape {
    const char *tool;                 /* NULL ends the table */
    const char *signature[4];         /* headings that have to be there */
    struct import_heading columns[8]; /* beyond the common ones */
    const struct import_word *words;  /* before the common ones; or NULL */
    int presumed; /* how everybody in it stands who has no state */
};

extern const struct import_shape import_shapes[];
/* Any other list: its columns have common names or are mapped. */
extern const struct import_shape import_any_shape;

/* Ended by NULL. */
extern const struct import_heading import_headings[];
extern const struct import_word import_words[];
/* Words that can mean nothing but a parting, in a column that isn't read as a
 * state. */
extern const struct import_word import_parting_words[];

#endif
