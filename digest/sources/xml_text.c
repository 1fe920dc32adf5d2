/* Mends XML text: stray marks, names of HTML, forbidden characters. */
#include "digest/sources/xml_text_internal.h"

#include "digest/base/mem.h"
#include "digest/document/html_names.h"

enum { MAX_NAME = 40 };

/* Windows-1252 at 0x80, which many write for characters. */
static const unsigned windows1252[] = {
    0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021,
    0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,   0x17D,  0x8F,
    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};

struct mender {
    struct str rest;
    struct strbuf *out;
};

static void pass(struct mender *m, size_t length)
{
    strbuf_add(m->out, m->rest.ptr, length);
    m->rest = str_from(m->rest, length);
}

/* Drops `length` bytes, but not their line ends. */
static void drop(struct mender *m, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (m->rest.ptr[i] == '\n')
            strbuf_add_char(m->out, '\n');
    m->rest = str_from(m->rest, length);
}

/* The length up to and with `end`, or of all that is left. */
static size_t length_to(struct str text, struct str end)
{
    size_t at = str_find_str(text, end);
    return at < text.len ? at + end.len : text.len;
}

/* A document type, its inner declarations included. */
static size_t doctype_length(struct str text)
{
    size_t close = str_find(text, '>'), open = str_find(text, '[');
    if (open > close)
        return close < text.len ? close + 1 : text.len;
    struct str inner = str_from(text, open);
    for (size_t at = 0; at < inner.len; at++) {
        char c = inner.ptr[at];
        if (c == ']')
            return open + at + length_to(str_from(inner, at), STR(">"));
        if (c == '"' || c == '\'')
            at += 1 + str_find(str_from(inner, at + 1), c);
        else if (str_starts(str_from(inner, at), STR("<!--")))
            at += length_to(str_from(inner, at), STR("-->")) - 1;
    }
    return text.len;
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == ':' || (unsigned char)c >= 0x80;
}

static bool begins_markup(struct str text)
{
    return text.len > 1 && (is_name_start(text.ptr[1]) || text.ptr[1] == '/' ||
                            text.ptr[1] == '!' || text.ptr[1] == '?');
}

static void mend_less(struct mender *m)
{
    static const struct {
        struct str begin, end;
    } wholes[] = {{{"<![CDATA[", 9}, {"]]>", 3}}, {{"<!--", 4}, {"-->", 3}}};
    for (size_t i = 0; i < ARRAY_SIZE(wholes); i++)
        if (str_starts(m->rest, wholes[i].begin)) {
            pass(m, length_to(m->rest, wholes[i].end));
            return;
        }
    if (str_starts(m->rest, STR("<?"))) {
        drop(m, length_to(m->rest, STR("?>")));
    } else if (str_starts_nocase(m->rest, STR("<!DOCTYPE"))) {
        drop(m, doctype_length(m->rest));
    } else if (begins_markup(m->rest)) {
        pass(m, 1);
    } else {
        strbuf_add_text(m->out, "&lt;");
        m->rest = str_from(m->rest, 1);
    }
}

static unsigned digit_of(char c)
{
    return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
           : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
           : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                  : 99;
}

/* "#8217" or "#x2019"; false when it isn't a number. */
static bool to_codepoint(struct str name, unsigned *out)
{
    bool is_hex = name.len > 1 && (name.ptr[1] | 0x20) == 'x';
    unsigned base = is_hex ? 16 : 10, value = 0;
    name = str_from(name, is_hex ? 2 : 1);
    for (size_t i = 0; i < name.len; i++) {
        unsigned digit = digit_of(name.ptr[i]);
        if (digit >= base)
            return false;
        value = value > 0x10FFFF ? value : value * base + digit;
    }
    *out = value;
    return name.len > 0;
}

static void add_codepoint(struct strbuf *out, unsigned c)
{
    if (c >= 0x80 && c <= 0x9F)
        c = windows1252[c - 0x80];
    if (c < 0x80 && c > 0 && strchr("<>&\"'", (int)c))
        strbuf_add_format(out, "&#%u;", c);
    else if (c == '\t' || c == '\n' || c == '\r' ||
             (c >= 0x20 && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) &&
              c != 0xFFFE && c != 0xFFFF && !(c >= 0x7F && c <= 0x9F)))
        strbuf_add_utf8(out, c);
}

static bool is_xmls_own(struct str name)
{
    return str_equal(name, STR("amp")) || str_equal(name, STR("lt")) ||
           str_equal(name, STR("gt")) || str_equal(name, STR("quot")) ||
           str_equal(name, STR("apos"));
}

/* Mends a reference at "&": its meaning, or "&amp;" where it isn't one. */
static void mend_reference(struct mender *m)
{
    struct str name = str_from(m->rest, 1);
    unsigned codepoint;
    name.len = name.len < MAX_NAME ? name.len : MAX_NAME;
    size_t end = str_find(name, ';');
    bool ends = end < name.len && end > 0;
    name.len = end;
    if (ends && is_xmls_own(name)) {
        pass(m, end + 2);
        return;
    }
    struct html_name known = {0};
    if (ends)
        known = html_name_at(m->rest, false);
    bool is_number = ends && name.ptr[0] == '#';
    if (is_number && !known.length && to_codepoint(name, &codepoint)) {
        add_codepoint(m->out, codepoint);
        m->rest = str_from(m->rest, end + 2);
        return;
    }
    bool is_known = known.length && (is_number || known.length == end + 2);
    if (is_known)
        html_name_write(&known, m->out);
    else
        strbuf_add_text(m->out, "&amp;");
    m->rest = str_from(m->rest, is_known ? known.length : 1);
}

void xml_mend(struct str xml, struct strbuf *out)
{
    struct mender m = {xml, out};
    while (m.rest.len) {
        size_t plain = 0;
        while (plain < m.rest.len && m.rest.ptr[plain] != '<' &&
               m.rest.ptr[plain] != '&')
            plain++;
        pass(&m, plain);
        if (!m.rest.len)
            return;
        if (m.rest.ptr[0] == '<')
            mend_less(&m);
        else
            mend_reference(&m);
    }
}
