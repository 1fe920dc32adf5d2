/* Grows a text buffer, appends to it, and hands its bytes over. */
#include "digest/base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"

void strbuf_grow(struct strbuf *buf, size_t extra)
{
    size_t needed = buf->len + extra + 1;
    size_t capacity = buf->capacity ? buf->capacity * 2 : 64;
    if (capacity < needed)
        capacity = needed;
    buf->ptr = mem_resize(buf->ptr, capacity, 1);
    buf->capacity = capacity;
}

void strbuf_add_text(struct strbuf *buf, const char *text)
{
    if (text)
        strbuf_add(buf, text, strlen(text));
}

void strbuf_add_str(struct strbuf *buf, struct str text)
{
    strbuf_add(buf, text.ptr, text.len);
}

void strbuf_add_format(struct strbuf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length > 0) {
        char *to = strbuf_reserve(buf, (size_t)length);
        vsnprintf(to, (size_t)length + 1, format, again);
        buf->len += (size_t)length;
    }
    va_end(again);
}

void strbuf_add_utf8(struct strbuf *buf, unsigned c)
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = 0xfffd;
    char bytes[4];
    size_t n = 0;
    if (c < 0x80) {
        bytes[n++] = (char)c;
    } else if (c < 0x800) {
        bytes[n++] = (char)(0xc0 | (c >> 6));
        bytes[n++] = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        bytes[n++] = (char)(0xe0 | (c >> 12));
        bytes[n++] = (char)(0x80 | ((c >> 6) & 0x3f));
        bytes[n++] = (char)(0x80 | (c & 0x3f));
    } else {
        bytes[n++] = (char)(0xf0 | (c >> 18));
        bytes[n++] = (char)(0x80 | ((c >> 12) & 0x3f));
        bytes[n++] = (char)(0x80 | ((c >> 6) & 0x3f));
        bytes[n++] = (char)(0x80 | (c & 0x3f));
    }
    strbuf_add(buf, bytes, n);
}

void strbuf_cut(struct strbuf *buf, size_t length)
{
    if (length < buf->len) {
        buf->len = length;
        buf->ptr[length] = '\0';
    }
}

struct str strbuf_str(const struct strbuf *buf)
{
    return (struct str){strbuf_text(buf), buf->len};
}

const char *strbuf_text(const struct strbuf *buf)
{
    return buf->ptr && buf->len ? buf->ptr : "";
}

char *strbuf_take(struct strbuf *buf)
{
    char *text = buf->ptr ? buf->ptr : mem_copy("");
    text[buf->len] = '\0';
    *buf = STRBUF_INIT;
    return text;
}

void strbuf_free(struct strbuf *buf)
{
    free(buf->ptr);
    *buf = STRBUF_INIT;
}
