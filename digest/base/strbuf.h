/* A growable text buffer that owns its bytes and always ends in a NUL. */
#ifndef DIGEST_BASE_STRBUF_H
#define DIGEST_BASE_STRBUF_H

#include <stddef.h>

#include "digest/base/str.h"

struct strbuf {
    char *ptr; /* NULL until something is added */
    size_t len;
    size_t capacity;
};

#define STRBUF_INIT ((struct strbuf){0})

void strbuf_grow(struct strbuf *buf, size_t extra); /* for strbuf_reserve */

/* Room for `extra` more bytes and the NUL; returns where they begin. */
static inline char *strbuf_reserve(struct strbuf *buf, size_t extra)
{
    if (extra >= buf->capacity - buf->len)
        strbuf_grow(buf, extra);
    return buf->ptr + buf->len;
}

static inline void strbuf_add(struct strbuf *buf, const void *bytes,
                              size_t length)
{
    char *to = strbuf_reserve(buf, length);
    if (length)
        memcpy(to, bytes, length);
    buf->len += length;
    buf->ptr[buf->len] = '\0';
}

static inline void strbuf_add_char(struct strbuf *buf, char c)
{
    strbuf_add(buf, &c, 1);
}

void strbuf_add_text(struct strbuf *buf, const char *text);
void strbuf_add_str(struct strbuf *buf, struct str text);
void strbuf_add_format(struct strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Appends one Unicode scalar as UTF-8; anything else becomes U+FFFD. */
void strbuf_add_utf8(struct strbuf *buf, unsigned codepoint);

/* Keeps the first `length` bytes. */
void strbuf_cut(struct strbuf *buf, size_t length);

/* The contents as a view, or as a C string ("" when empty). Borrowed until
 * the next change. */
struct str strbuf_str(const struct strbuf *buf);
const char *strbuf_text(const struct strbuf *buf);

/* Moves the contents out (never NULL; free() it); the buffer is empty. */
char *strbuf_take(struct strbuf *buf);

void strbuf_free(struct strbuf *buf);

#endif
