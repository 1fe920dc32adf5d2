/* Hands out an arena's memory from a chain of blocks, and frees all of them. */
#include "digest/base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"

enum { BLOCK_SIZE = 16 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

static struct arena_block *add_block(struct arena *arena, size_t size)
{
    size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    struct arena_block *block = mem_resize(NULL, 1, sizeof *block + room);
    block->used = 0;
    block->size = room;
    block->older = arena->newest;
    arena->newest = block;
    return block;
}

/* Takes bytes from the arena, not zeroed. */
static void *take(struct arena *arena, size_t size)
{
    size_t step = alignof(max_align_t);
    size_t wanted = (size + step - 1) / step * step;
    struct arena_block *block = arena->newest;
    if (!block || block->size - block->used < wanted)
        block = add_block(arena, wanted);
    void *pointer = block->bytes + block->used;
    block->used += wanted;
    return pointer;
}

void *arena_new(struct arena *arena, size_t count, size_t size)
{
    assert(size == 0 || count <= SIZE_MAX / 2 / size);
    return memset(take(arena, count * size), 0, count * size);
}

char *arena_copy(struct arena *arena, const char *text)
{
    return text ? arena_copy_str(arena, str_of(text)) : NULL;
}

char *arena_copy_str(struct arena *arena, struct str text)
{
    char *copy = take(arena, text.len + 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = length > 0 ? (size_t)length + 1 : 1;
    char *text = arena_new(arena, size, 1);
    vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

void arena_free(struct arena *arena)
{
    for (struct arena_block *block = arena->newest; block;) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    arena->newest = NULL;
}
