#include "subscribers/bounces/mail_charset_internal.h"

#include <iconv.h>

#include "digest/base/charset.h"
#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/base/utf8.h"

static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80 || text.ptr[i] == 0x1b)
            return false;
    return true;
}

static struct str convert(struct arena *arena, iconv_t iconv_cd,
                          struct str text)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    OWNED(mem_free) char *copy = mem_copy_n(text.ptr, text.len);
    char *in = copy;
    size_t left = text.len;
    while (left) {
        char buffer[4096], *to = buffer;
        size_t room = sizeof buffer, before = left;
        size_t done = iconv(iconv_cd, &in, &left, &to, &room);
        strbuf_add(&out, buffer, sizeof buffer - room);
        bool stuck =
            done == (size_t)-1 && left == before && room == sizeof buffer;
        if (stuck) {
            strbuf_add_char(&out, '?');
            in++;
            left--;
        }
    }
    return str_of(arena_copy_str(arena, strbuf_str(&out)));
}

static bool is_japanese(struct str text)
{
    return str_find_str(text, STR("\x1b$B")) < text.len ||
           str_find_str(text, STR("\x1b$@")) < text.len;
}

/* Where nothing is declared, libetpan says us-ascii. */
static bool may_be_utf8(const char *charset)
{
    return !charset || str_equal_nocase(str_of(charset), STR("utf-8")) ||
           str_equal_nocase(str_of(charset), STR("us-ascii"));
}

struct str mail_charset_to_utf8(struct arena *arena, const char *charset,
                                struct str text)
{
    if (is_plain(text))
        return text;
    if (is_japanese(text))
        charset = "ISO-2022-JP";
    if (utf8_invalid_at(text) == text.len && may_be_utf8(charset))
        return text;
    if (!charset || str_equal_nocase(str_of(charset), STR("us-ascii")))
        charset = "WINDOWS-1252";
    iconv_t cd = iconv_open("UTF-8", charset_meant(charset));
    if (cd == (iconv_t)-1)
        return text;
    struct str converted = convert(arena, cd, text);
    iconv_close(cd);
    return converted;
}
