/* A table for people: columns aligned by display width. */
#ifndef DIGEST_CLI_TABLE_H
#define DIGEST_CLI_TABLE_H

#include "digest/base/arena.h"

enum { TABLE_COLUMNS = 10 };

struct table {
    struct arena arena;
    const char **cells;
    size_t count, capacity; /* of cells */
    size_t columns;
    unsigned right; /* bit n: column n is set to the right */
};

/* Names the columns; "" is a column without a head. */
void table_begin(struct table *table, size_t columns, const char *const *heads);
/* Adds a cell, copied; control characters are left out. */
void table_add(struct table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Prints on standard output. */
void table_print(const struct table *table);
void table_free(struct table *table); /* for OWNED */

#endif
