/* Rows: what a statement finds, as an array in an arena. */
#ifndef DIGEST_STORE_ROWS_H
#define DIGEST_STORE_ROWS_H

#include "digest/base/arena.h"
#include "digest/base/mem.h"
#include "digest/store/db.h"

/* Reads all rows into {items, count}, which live in the arena; `row` is the
 * expression that makes an item of the row at hand:
 *     return STMT_LIST(rows, arena, out->items, out->count,
 *                      read_row(rows, arena), err);
 * Gives what stmt_done gives: whether it ended well. */
#define STMT_LIST(stmt, arena, items, count, row, err)                         \
    __extension__({                                                            \
        __typeof__(row) *grown_ = NULL;                                        \
        size_t count_ = 0, capacity_ = 0;                                      \
        while (stmt_step((stmt), (err)))                                       \
            MEM_PUSH(grown_, count_, capacity_, (row));                        \
        (items) = rows_keep((arena), grown_, count_, sizeof *grown_);          \
        (count) = count_;                                                      \
        stmt_done(stmt);                                                       \
    })

/* Moves a grown array into the arena: `grown` is freed. */
void *rows_keep(struct arena *arena, void *grown, size_t count, size_t size);

#endif
