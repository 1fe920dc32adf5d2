/* Converts bytes to UTF-8 through iconv, by their mark, label or look. */
#include "digest/base/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

#include <uchardet.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

enum {
    DECLARATION_WITHIN = 2048,
    NAME_SIZE = 48,
    DETECT_WITHIN = 1 << 20,
    FEW = 24,
};

/* The labels of each charset, in small letters between spaces, as browsers
 * take them: many mean more than they say.
 * Source: WHATWG Encoding §4.2. */
static const struct {
    const char *charset; /* iconv's name */
    const char *labels;
} meant[] = {
    {"UTF-8", " unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 "
              "x-unicode20utf8 u8 utf_8 "},
    {"CP866", " 866 cp866 csibm866 ibm866 "},
    {"ISO-8859-2", " csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 "
                   "iso_8859-2 iso_8859-2:1987 l2 latin2 "},
    {"ISO-8859-3", " csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 "
                   "iso_8859-3 iso_8859-3:1988 l3 latin3 "},
    {"ISO-8859-4", " csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 "
                   "iso_8859-4 iso_8859-4:1988 l4 latin4 "},
    {"ISO-8859-5",
     " csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 "
     "iso88595 iso_8859-5 iso_8859-5:1988 "},
    {"ISO-8859-6", " arabic asmo-708 csiso88596e csiso88596i csisolatinarabic "
                   "ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 "
                   "iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 "},
    {"ISO-8859-7", " csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 "
                   "iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 "
                   "sun_eu_greek "},
    {"ISO-8859-8",
     " csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e "
     "iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 "
     "visual csiso88598i iso-8859-8-i logical "},
    {"ISO-8859-10",
     " csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 "
     "latin6 "},
    {"ISO-8859-13", " iso-8859-13 iso8859-13 iso885913 "},
    {"ISO-8859-14", " iso-8859-14 iso8859-14 iso885914 "},
    {"ISO-8859-15",
     " csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 "},
    {"ISO-8859-16", " iso-8859-16 "},
    {"KOI8-R", " cskoi8r koi koi8 koi8-r koi8_r "},
    {"KOI8-U", " koi8-ru koi8-u "},
    {"MACINTOSH", " csmacintosh mac macintosh x-mac-roman "},
    {"WINDOWS-874", " dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 "
                    "windows-874 "},
    {"WINDOWS-1250", " cp1250 windows-1250 x-cp1250 "},
    {"WINDOWS-1251", " cp1251 windows-1251 x-cp1251 "},
    {"WINDOWS-1252",
     " ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 "
     "iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
     "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252 "},
    {"WINDOWS-1253", " cp1253 windows-1253 x-cp1253 "},
    {"WINDOWS-1254",
     " cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 "
     "iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254 "},
    {"WINDOWS-1255", " cp1255 windows-1255 x-cp1255 "},
    {"WINDOWS-1256", " cp1256 windows-1256 x-cp1256 "},
    {"WINDOWS-1257", " cp1257 windows-1257 x-cp1257 "},
    {"WINDOWS-1258", " cp1258 windows-1258 x-cp1258 "},
    {"MAC-UK", " x-mac-cyrillic x-mac-ukrainian "},
    {"GB18030", " chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 "
                "gbk iso-ir-58 x-gbk gb18030 "},
    {"BIG5-HKSCS", " big5 big5-hkscs cn-big5 csbig5 x-x-big5 "},
    {"EUC-JP-MS", " cseucpkdfmtjapanese euc-jp x-euc-jp "},
    {"ISO-2022-JP", " csiso2022jp iso-2022-jp "},
    {"CP932", " csshiftjis ms932 ms_kanji shift-jis shift_jis sjis "
              "windows-31j x-sjis "},
    {"CP949", " cseuckr csksc56011987 euc-kr iso-ir-149 korean "
              "ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949 "},
    {"UTF-16BE", " unicodefffe utf-16be "},
    {"UTF-16LE", " csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff "
                 "utf-16le "},
    {"UTF-16", " utf-16 utf16 "},
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

const char *charset_meant(const char *label)
{
    struct str said = str_trim(str_of(label));
    char padded[NAME_SIZE + 2] = " ";
    if (said.len >= NAME_SIZE)
        return label;
    for (size_t i = 0; i < said.len; i++) {
        char c = said.ptr[i];
        padded[i + 1] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    padded[said.len + 1] = ' ';
    for (size_t i = 0; said.len && i < ARRAY_SIZE(meant); i++)
        if (strstr(meant[i].labels, padded))
            return meant[i].charset;
    return label;
}

/* Converts bytes; each one that is no character becomes U+FFFD, and counts in
 * *bad. */
static bool convert(struct str bytes, const char *charset, struct strbuf *out,
                    size_t *bad)
{
    OWNED(close_iconv) iconv_t way = iconv_open("UTF-8", charset);
    if (way == (iconv_t)-1)
        return false;
    char *from = (char *)bytes.ptr; /* iconv doesn't write there */
    size_t left = bytes.len;
    *bad = 0;
    while (left) {
        size_t room = left * 2 + 64;
        char *to = strbuf_reserve(out, room);
        size_t before = room;
        bool failed = iconv(way, &from, &left, &to, &room) == (size_t)-1;
        out->len += before - room;
        if (failed && errno != E2BIG) {
            strbuf_add_utf8(out, 0xFFFD);
            ++*bad;
            from++;
            left--;
        }
    }
    /* A letter that a mark might have followed is held back until now. */
    size_t room = 16, before = room;
    char *to = strbuf_reserve(out, room);
    iconv(way, NULL, NULL, &to, &room);
    out->len += before - room;
    return true;
}

bool charset_convert(struct str bytes, const char *charset, struct strbuf *out)
{
    size_t ignored;
    return convert(bytes, charset, out, &ignored);
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

static size_t count_high(struct str bytes)
{
    size_t high = 0;
    for (size_t i = 0; i < bytes.len; i++)
        high += (bytes.ptr[i] & 0x80) != 0;
    return high;
}

/* Whether it is UTF-8 but for a few bytes: cut in two, or from elsewhere. Of
 * what is said to be, half is enough. */
static bool is_nearly_utf8(struct str bytes, bool is_said)
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
    return is_said ? good && good >= bad : good > bad * 4;
}

/* Exactly, or (`is_loose`) but for a bad byte here and there. */
static bool try_charset(struct str bytes, const char *label, bool is_loose,
                        struct strbuf *out)
{
    enum { ONE_IN = 20 };
    size_t bad;
    if (!label || !*label)
        return false;
    const char *charset = charset_meant(label);
    if (is_contradicted(bytes, charset))
        return false;
    if (strcmp(charset, "UTF-8") == 0) {
        if (is_loose ? !is_nearly_utf8(bytes, true)
                     : utf8_invalid_at(bytes) != bytes.len)
            return false;
        strbuf_add_str(out, bytes);
        return true;
    }
    if (convert(bytes, charset, out, &bad) &&
        (!bad || (is_loose && bad * ONE_IN <= count_high(bytes))))
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

/* Finds the label behind `word` and "=": encoding="…" or charset=… */
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

const char *charset_detect_windows(struct str bytes)
{
    /* A charset that uchardet takes for one of ISO's is its kin of Windows,
     * where programs save in the system's own. */
    static const struct {
        const char *found, *windows;
    } kin[] = {
        {"ISO-8859-1", "WINDOWS-1252"},
        {"ISO-8859-2", "WINDOWS-1250"},
        {"ISO-8859-3", "WINDOWS-1250"},
        {"ISO-8859-4", "WINDOWS-1257"},
        {"ISO-8859-5", "WINDOWS-1251"},
        {"ISO-8859-6", "WINDOWS-1256"},
        {"ISO-8859-7", "WINDOWS-1253"},
        {"ISO-8859-8", "WINDOWS-1255"},
        {"ISO-8859-9", "WINDOWS-1254"},
        {"ISO-8859-10", "WINDOWS-1257"},
        {"ISO-8859-11", "WINDOWS-874"},
        {"TIS-620", "WINDOWS-874"},
        {"ISO-8859-13", "WINDOWS-1257"},
        {"ISO-8859-15", "WINDOWS-1252"},
        {"ISO-8859-16", "WINDOWS-1250"},
        {"WINDOWS-1250", "WINDOWS-1250"},
        {"WINDOWS-1251", "WINDOWS-1251"},
        {"WINDOWS-1253", "WINDOWS-1253"},
        {"WINDOWS-1254", "WINDOWS-1254"},
        {"WINDOWS-1255", "WINDOWS-1255"},
        {"WINDOWS-1256", "WINDOWS-1256"},
        {"WINDOWS-1257", "WINDOWS-1257"},
        {"WINDOWS-1258", "WINDOWS-1258"},
        {"SHIFT_JIS", "CP932"},
        {"GB18030", "GB18030"},
        {"BIG5", "BIG5-HKSCS"},
        {"EUC-KR", "CP949"},
        {"UHC", "CP949"},
        {"KOI8-R", "KOI8-R"},
        {"EUC-JP", "EUC-JP-MS"},
    };
    char found[NAME_SIZE];
    detected(bytes, found);
    for (size_t i = 0; i < ARRAY_SIZE(kin); i++)
        if (str_equal_nocase(str_of(kin[i].found), str_of(found)))
            return kin[i].windows;
    return "WINDOWS-1252";
}

void charset_to_utf8(struct str bytes, const char *http, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    char in_text[NAME_SIZE], found[NAME_SIZE];
    size_t mark;
    const char *by_mark = marked(bytes, &mark);
    struct str rest = str_from(bytes, mark);
    const char *said[] = {http, by_mark, declared(rest, in_text)};
    bool is_read = false;
    for (size_t i = 0; i < ARRAY_SIZE(said) && !is_read; i++)
        is_read = try_charset(rest, said[i], false, &text);
    is_read = is_read || try_charset(rest, "UTF-8", false, &text);
    for (size_t i = 0; i < ARRAY_SIZE(said) && !is_read; i++)
        is_read = try_charset(rest, said[i], true, &text);
    is_read = is_read ||
              (!is_nearly_utf8(rest, false) &&
               ((is_western(rest) &&
                 try_charset(rest, "WINDOWS-1252", false, &text)) ||
                try_charset(rest, detected(rest, found), false, &text) ||
                (!by_mark && try_charset(rest, "ISO-8859-15", false, &text))));
    utf8_clean(out, is_read ? strbuf_str(&text) : rest);
}
