/* Prints tables with aligned columns. */
#include "digest/cli/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/text.h"

static void push(struct table *table, const char *text)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean_line(&clean, str_of(text));
    MEM_PUSH(table->cells, table->count, table->capacity,
             arena_copy_str(&table->arena, strbuf_str(&clean)));
}

void table_begin(struct table *table, size_t columns, const char *const *heads)
{
    *table = (struct table){.columns = columns};
    for (size_t i = 0; i < columns; i++)
        push(table, heads[i]);
}

void table_add(struct table *table, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    push(table, text);
    free(text);
}

static void print_cell(const struct table *table, size_t index, unsigned width)
{
    const char *cell = table->cells[index];
    size_t column = index % table->columns;
    bool last = column + 1 == table->columns;
    bool right = table->right >> column & 1;
    unsigned taken = text_width(str_of(cell));
    int gap = taken < width ? (int)(width - taken) : 0;
    if (right)
        printf("%*s%s%s", gap, "", cell, last ? "\n" : "  ");
    else if (last)
        printf("%s\n", cell);
    else
        printf("%s%*s  ", cell, gap, "");
}

void table_print(const struct table *table)
{
    unsigned widths[TABLE_COLUMNS] = {0};
    for (size_t i = 0; i < table->count; i++) {
        unsigned width = text_width(str_of(table->cells[i]));
        if (width > widths[i % table->columns])
            widths[i % table->columns] = width;
    }
    for (size_t i = 0; i < table->count; i++)
        print_cell(table, i, widths[i % table->columns]);
}

void table_free(struct table *table)
{
    free(table->cells);
    arena_free(&table->arena);
}
