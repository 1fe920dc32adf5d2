#include "digest/articles/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>

#include <uchardet.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

enum {
    DECLARATION_WITHIN = 2048,
    NAME_SIZE = 48,
    DETECT_WITHIN = 1 << 20,
    FEW = 24,
};

/* Labels that mean more than they say, as browsers take them.
 * Source: WHATWG Encoding §4.2. */
static const struct {
    const char *label, *charset;
} meant[] = {
    {"iso-8859-1", "WINDOWS-1252"},
    {"iso8859-1", "WINDOWS-1252"},
    {"iso_8859-1", "WINDOWS-1252"},
    {"latin1", "WINDOWS-1252"},
    {"us-ascii", "WINDOWS-1252"},
    {"ascii", "WINDOWS-1252"},
    {"iso-8859-9", "WINDOWS-1254"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"x-sjis", "CP932"},
    {"sjis", "CP932"},
    {"ks_c_5601-1987", "CP949"},
    {"euc-kr", "CP949"},
    {"x-gbk", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"tis-620", "CP874"},
    {"u8", "UTF-8"},
    {"utf8", "UTF-8"},
    {"utf_8", "UTF-8"},
    {"utf16", "UTF-16"},
    {"x-mac-roman", "MACINTOSH"},
};

static const struct {
    const char *bytes;
    size_t length; /* of the mark, which isn't text */
    size_t seen;   /* of the bytes compared */
    const char *charset;
} marks[] = {
    {"\xEF\xBB\xBF", 3, 3, "UTF-8"},    {"\xFF\xFE\0\0", 4, 4, "UTF-32LE"},
    {"\0\0\xFE\xFF", 4, 4, "UTF-32BE"}, {"\xFF\xFE", 2, 2, "UTF-16LE"},
    {"\xFE\xFF", 2, 2, "UTF-16BE"},     {"<\0\0\0", 0, 4, "UTF-32LE"},
    {"\0\0\0<", 0, 4, "UTF-32BE"},      {"<\0?\0", 0, 4, "UTF-16LE"},
    {"\0<\0?", 0, 4, "UTF-16BE"},       {"<\0r\0", 0, 4, "UTF-16LE"},
    {"\0<\0r", 0, 4, "UTF-16BE"},       {"Lo\xA7\x94", 0, 4, "IBM037"},
};

static void close_iconv(iconv_t *way)
{
    if (*way != (iconv_t)-1)
        iconv_close(*way);
}

/* All of it or nothing. */
static bool convert(struct str bytes, const char *charset, struct strbuf *out)
{
    OWNED(close_iconv) iconv_t way = iconv_open("UTF-8", charset);
    if (way == (iconv_t)-1)
        return false;
    char *from = (char *)bytes.ptr; /* iconv doesn't write there */
    size_t left = bytes.len;
    while (left) {
        size_t room = left * 2 + 64;
        char *to = strbuf_reserve(out, room);
        size_t before = room;
        bool failed = iconv(way, &from, &left, &to, &room) == (size_t)-1;
        out->len += before - room;
        if (failed && errno != E2BIG)
            return false;
    }
    return true;
}

static bool is_wide(const char *charset)
{
    return str_starts_nocase(str_of(charset), STR("UTF-16")) ||
           str_starts_nocase(str_of(charset), STR("UTF-32")) ||
           str_starts_nocase(str_of(charset), STR("UCS-")) ||
           str_starts_nocase(str_of(charset), STR("ISO-10646-UCS"));
}

/* Whether text of plain bytes is said to be of wide ones. */
static bool is_contradicted(struct str bytes, const char *charset)
{
    struct str head = {bytes.ptr, bytes.len < 64 ? bytes.len : 64};
    return is_wide(charset) && str_find(head, '\0') == head.len;
}

static bool try_charset(struct str bytes, const char *charset,
                        struct strbuf *out)
{
    const char *name = charset;
    if (!name || !*name || is_contradicted(bytes, name))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(meant); i++)
        if (str_equal_nocase(str_of(meant[i].label), str_of(name)))
            name = meant[i].charset;
    if (str_equal_nocase(str_of(name), STR("UTF-8"))) {
        if (utf8_invalid_at(bytes) != bytes.len)
            return false;
        strbuf_add_str(out, bytes);
        return true;
    }
    if (convert(bytes, name, out))
        return true;
    strbuf_cut(out, 0);
    return false;
}

static const char *marked(struct str bytes, size_t *length)
{
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
        if (str_starts(bytes, (struct str){marks[i].bytes, marks[i].seen})) {
            *length = marks[i].length;
            return marks[i].charset;
        }
    *length = 0;
    return NULL;
}

static bool ends_label(char c)
{
    return strchr("\"' ;>?/\t\r\n", c) != NULL; /* NUL ends it too */
}

/* What follows `word` and "=": encoding="…" or charset=… */
static bool find_label(struct str head, struct str word, char *out)
{
    for (size_t at; (at = str_find_str(head, word)) < head.len;) {
        head = str_trim(str_from(head, at + word.len));
        if (!str_starts(head, STR("=")))
            continue;
        head = str_trim(str_from(head, 1));
        if (head.len && (head.ptr[0] == '"' || head.ptr[0] == '\''))
            head = str_from(head, 1);
        size_t length = 0;
        while (length < head.len && !ends_label(head.ptr[length]))
            length++;
        if (length == 0 || length >= NAME_SIZE)
            continue;
        snprintf(out, NAME_SIZE, "%.*s", (int)length, head.ptr);
        return true;
    }
    return false;
}

static const char *declared(struct str bytes, char *out)
{
    struct str head = {bytes.ptr, bytes.len < DECLARATION_WITHIN
                                      ? bytes.len
                                      : DECLARATION_WITHIN};
    struct str trimmed = str_trim(head);
    if (str_starts(trimmed, STR("<?xml"))) {
        trimmed.len = str_find(trimmed, '>');
        return find_label(trimmed, STR("encoding"), out) ? out : NULL;
    }
    if (str_starts(trimmed, STR("{")))
        return NULL;
    return find_label(head, STR("charset"), out) ? out : NULL;
}

static const char *detected(struct str bytes, char *out)
{
    uchardet_t detector = uchardet_new();
    size_t length = bytes.len < DETECT_WITHIN ? bytes.len : DETECT_WITHIN;
    *out = '\0';
    if (uchardet_handle_data(detector, bytes.ptr, length) == 0) {
        uchardet_data_end(detector);
        snprintf(out, NAME_SIZE, "%s", uchardet_get_charset(detector));
    }
    uchardet_delete(detector);
    return out;
}

/* Whether it is UTF-8 but for a few bytes: cut in two, or from elsewhere. */
static bool is_nearly_utf8(struct str bytes)
{
    size_t good = 0, bad = 0;
    for (size_t at = 0; at < bytes.len;) {
        bool is_ascii = !(bytes.ptr[at] & 0x80);
        size_t begin = at;
        utf8_next(bytes, &at);
        if (is_ascii)
            continue;
        if (at - begin > 1)
            good++;
        else
            bad++;
    }
    return good > bad * 4;
}

/* A few letters with accents among many without: too little to detect a
 * charset by, and nearly always the Western one. */
static bool is_western(struct str bytes)
{
    size_t high = 0, runs = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bool is_high = bytes.ptr[i] & 0x80;
        high += is_high;
        runs += is_high && (i == 0 || !(bytes.ptr[i - 1] & 0x80));
    }
    return high && high < FEW && high * 2 < runs * 3;
}

void charset_to_utf8(struct str bytes, const char *http, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    char said[NAME_SIZE], found[NAME_SIZE];
    size_t mark;
    const char *by_mark = marked(bytes, &mark);
    struct str rest = str_from(bytes, mark);
    bool is_said = try_charset(rest, http, &text) ||
                   try_charset(rest, by_mark, &text) ||
                   try_charset(rest, declared(rest, said), &text) ||
                   try_charset(rest, "UTF-8", &text);
    bool is_read =
        is_said ||
        (!is_nearly_utf8(rest) &&
         ((is_western(rest) && try_charset(rest, "WINDOWS-1252", &text)) ||
          try_charset(rest, detected(rest, found), &text) ||
          (!by_mark && try_charset(rest, "ISO-8859-15", &text))));
    utf8_clean(out, is_read ? strbuf_str(&text) : rest);
}
