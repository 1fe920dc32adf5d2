/* Escapes text for HTML, for addresses and for fields of the log. */
#include "digest/base/escape.h"

#include <stdio.h>

static const char *reference(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_escape(struct strbuf *out, struct str text)
{
    if (!text.len)
        return;
    size_t from = 0;
    for (size_t at = 0; at < text.len; at++) {
        const char *escaped = reference(text.ptr[at]);
        if (!escaped)
            continue;
        strbuf_add(out, text.ptr + from, at - from);
        strbuf_add_text(out, escaped);
        from = at + 1;
    }
    strbuf_add(out, text.ptr + from, text.len - from);
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

void url_encode(struct strbuf *out, struct str text)
{
    for (size_t at = 0; at < text.len; at++) {
        if (is_unreserved(text.ptr[at]))
            strbuf_add_char(out, text.ptr[at]);
        else
            strbuf_add_format(out, "%%%02X", (unsigned char)text.ptr[at]);
    }
}

void quote_escape(struct strbuf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, text.ptr[i]);
    }
}
