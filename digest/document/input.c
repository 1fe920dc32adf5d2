#include "digest/document/input.h"

#include "digest/base/utf8.h"

static bool not_utf8(struct str text, size_t at, struct err *err)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text.ptr[i] == '\n';
    return err_set(err, ERR_INPUT,
                   "line %zu: byte 0x%02x is not UTF-8: convert the text to "
                   "UTF-8",
                   line, (unsigned char)text.ptr[at]);
}

bool input_check(struct str *text, struct strbuf *cleaned, struct err *err)
{
    if (text->len > INPUT_BYTES_MAX)
        return err_set(err, ERR_INPUT,
                       "text of %zu MB: an article may have at most %d MB",
                       text->len >> 20, INPUT_BYTES_MAX >> 20);
    size_t at = utf8_invalid_at(*text);
    if (at < text->len)
        return not_utf8(*text, at, err);
    if (!text->len || !memchr(text->ptr, '\0', text->len))
        return true;
    for (size_t i = 0; i < text->len; i++)
        if (text->ptr[i])
            strbuf_add_char(cleaned, text->ptr[i]);
    *text = strbuf_str(cleaned);
    return true;
}
