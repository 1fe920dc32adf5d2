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

/* Room for `extra` more bytes and the NUL; returns where they begin. */
char *strbuf_reserve(struct strbuf *buf, size_t extra);

void strbuf_add(struct strbuf *buf, const void *bytes, size_t length);
void strbuf_add_char(struct strbuf *buf, char c);
void strbuf_add_text(struct strbuf *buf, const char *text);
void strbuf_add_str(struct strbuf *buf, struct str text);
void strbuf_add_format(struct strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One Unicode scalar as UTF-8; anything else becomes U+FFFD. */
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
