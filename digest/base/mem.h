/* Memory: the one allocator. Running out of it ends the process.
 *
 * Also the two habits of ownership: OWNED releases a value when its scope
 * ends, TAKE moves a pointer out of such a scope.
 */
#ifndef DIGEST_BASE_MEM_H
#define DIGEST_BASE_MEM_H

#include <stddef.h>
#include <stdlib.h>

/* OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
 * calls strbuf_free(&text) when `text` goes out of scope. */
#define OWNED(release) __attribute__((cleanup(release)))

/* Moves a pointer out: its value, the variable being NULL afterwards. */
#define TAKE(pointer)                                                          \
    __extension__({                                                            \
        __auto_type taken_ = (pointer);                                        \
        (pointer) = NULL;                                                      \
        taken_;                                                                \
    })

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Never NULL. Zeroed. Release with free(). */
void *mem_new(size_t count, size_t size);
#define MEM_NEW(type) ((type *)mem_new(1, sizeof(type)))
#define MEM_NEW_ARRAY(type, count) ((type *)mem_new((count), sizeof(type)))

/* Never NULL (for size > 0). */
void *mem_resize(void *old, size_t count, size_t size);

/* A copy of a string; NULL gives NULL. Release with free(). */
char *mem_copy(const char *text);
char *mem_copy_n(const char *text, size_t length);

/* printf into a new string. */
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For OWNED(mem_free) char *x. */
static inline void mem_free(void *pointer)
{
    void **slot = pointer;
    free(*slot);
    *slot = NULL;
}

/* Appends to an array {items, count, capacity}; doubles when it is full. */
#define MEM_PUSH(items, count, capacity, item)                                 \
    do {                                                                       \
        if ((count) == (capacity)) {                                           \
            (capacity) = (capacity) ? (capacity)*2 : 8;                        \
            (items) = mem_resize((items), (capacity), sizeof *(items));        \
        }                                                                      \
        (items)[(count)++] = (item);                                           \
    } while (0)

#endif
