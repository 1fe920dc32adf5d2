/* An arena: memory for things that live and die together.
 *
 * Name the variable for its lifetime: issue_arena, request_arena.
 */
#ifndef DIGEST_BASE_ARENA_H
#define DIGEST_BASE_ARENA_H

#include <stddef.h>

#include "digest/base/str.h"

struct arena {
    struct arena_block *newest;
};

#define ARENA_INIT ((struct arena){0})

/* Zeroed, aligned for any type; lives until arena_free. */
void *arena_new(struct arena *arena, size_t count, size_t size);
#define ARENA_NEW(arena, type) ((type *)arena_new((arena), 1, sizeof(type)))
#define ARENA_NEW_ARRAY(arena, type, count)                                    \
    ((type *)arena_new((arena), (count), sizeof(type)))

/* NUL-terminated copies. NULL gives NULL. */
char *arena_copy(struct arena *arena, const char *text);
char *arena_copy_str(struct arena *arena, struct str text);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Releases everything; the arena can be used again. */
void arena_free(struct arena *arena);

#endif
