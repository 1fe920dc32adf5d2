/* Validates, decodes, cuts and cleans UTF-8 text. */
#include "digest/base/utf8.h"

#include <stdint.h>
#include <unictype.h>

#include "digest/base/cluster.h"

/* Length of the well-formed sequence at the start, or 0 (RFC 3629 §4). */
static size_t sequence(struct str text, unsigned *codepoint)
{
    const unsigned char *s = (const unsigned char *)text.ptr;
    if (s[0] < 0x80) {
        *codepoint = s[0];
        return 1;
    }
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0;
    if (n == 0 || s[0] > 0xf4 || text.len < n)
        return 0;
    unsigned c = s[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *codepoint = c;
    return n;
}

/* How many ASCII bytes stand at the start, by eights. */
static size_t ascii_length(struct str text)
{
    size_t at = 0;
    for (uint64_t eight; at + 8 <= text.len; at += 8) {
        memcpy(&eight, text.ptr + at, 8);
        if (eight & 0x8080808080808080u)
            break;
    }
    return at;
}

size_t utf8_invalid_at(struct str text)
{
    size_t at = 0;
    unsigned codepoint;
    while (at < text.len) {
        at += ascii_length(str_from(text, at));
        if (at == text.len)
            break;
        size_t n = sequence(str_from(text, at), &codepoint);
        if (n == 0)
            return at;
        at += n;
    }
    return at;
}

unsigned utf8_next(struct str text, size_t *offset)
{
    unsigned codepoint = (unsigned char)text.ptr[*offset];
    size_t n = 1;
    if (codepoint >= 0x80)
        n = sequence(str_from(text, *offset), &codepoint);
    *offset += n ? n : 1;
    return n ? codepoint : 0xfffd;
}

/* A run of continuation bytes longer than a character is none. */
static size_t cut_at_scalar(struct str text, size_t max)
{
    size_t cut = max;
    while (cut > 0 && max - cut < 3 &&
           ((unsigned char)text.ptr[cut] & 0xc0) == 0x80)
        cut--;
    return ((unsigned char)text.ptr[cut] & 0xc0) == 0x80 ? max : cut;
}

static bool is_letter_of_ascii(char c)
{
    return (unsigned char)(c - 0x20) < 0x5f;
}

/* A place at or before `at` where a cluster begins: before ASCII, or as far
 * back as none is long. */
static size_t begin_of_cluster(struct str text, size_t at)
{
    enum { FAR = 512 };
    size_t from = at > FAR ? at - FAR : 0;
    while (at > from && !is_letter_of_ascii(text.ptr[at]))
        at--;
    return at ? cut_at_scalar(text, at) : 0;
}

size_t utf8_cut_length(struct str text, size_t max)
{
    if (text.len <= max)
        return text.len;
    size_t cut = begin_of_cluster(text, max);
    for (size_t end = cut; end <= max; end = cluster_end(text, cut))
        cut = end;
    return cut ? cut : cut_at_scalar(text, max);
}

static bool is_control(unsigned c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfeff;
}

/* How many bytes at the start are printable ASCII, by eights: none of them
 * leaves the lower half when 0x20 is taken from it, or 1 is added. */
static size_t printable_length(struct str text)
{
    const uint64_t ones = 0x0101010101010101u;
    size_t at = 0;
    for (uint64_t eight; at + 8 <= text.len; at += 8) {
        memcpy(&eight, text.ptr + at, 8);
        if ((eight | (eight - ones * 0x20) | (eight + ones)) & ones * 0x80)
            break;
    }
    return at;
}

/* How many bytes at the start are printable ASCII, tabs and line ends. */
static size_t plain_length(struct str text)
{
    size_t at = 0;
    for (; at < text.len; at++) {
        at += printable_length(str_from(text, at));
        if (at == text.len)
            break;
        unsigned char c = (unsigned char)text.ptr[at];
        if ((c < 0x20 && c != '\n' && c != '\t') || c >= 0x7f)
            break;
    }
    return at;
}

bool utf8_has_letter(struct str text)
{
    for (size_t at = 0; at < text.len;) {
        unsigned c = utf8_next(text, &at);
        if (uc_is_alnum(c) && !uc_is_property_default_ignorable_code_point(c))
            return true;
    }
    return false;
}

void utf8_clean(struct strbuf *out, struct str text)
{
    for (size_t at = 0; at < text.len;) {
        size_t plain = plain_length(str_from(text, at));
        strbuf_add(out, text.ptr + at, plain);
        at += plain;
        if (at == text.len)
            break;
        size_t start = at;
        unsigned c = utf8_next(text, &at);
        if (c == '\r') {
            if (at >= text.len || text.ptr[at] != '\n')
                strbuf_add_char(out, '\n');
        } else if (c == '\n' || c == '\t' || !is_control(c)) {
            if (c == 0xfffd)
                strbuf_add_utf8(out, c);
            else
                strbuf_add(out, text.ptr + start, at - start);
        }
    }
}

bool utf8_turns_direction(unsigned c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void utf8_drop_turns(struct strbuf *out, struct str text)
{
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        if (!utf8_turns_direction(utf8_next(text, &at)))
            strbuf_add(out, text.ptr + start, at - start);
    }
}

/* The blocks of marks that any letter takes; scripts' own are few to each. */
static bool is_mark(unsigned c)
{
    return (c >= 0x300 && c < 0x370) || (c >= 0x483 && c < 0x48a) ||
           (c >= 0x1ab0 && c < 0x1b00) || (c >= 0x1dc0 && c < 0x1e00) ||
           (c >= 0x20d0 && c < 0x2100) || (c >= 0xfe20 && c < 0xfe30);
}

enum { MARKS_MAX = 8 };

bool utf8_piles_up(unsigned c, unsigned *run)
{
    *run = is_mark(c) ? *run + 1 : 0;
    return *run > MARKS_MAX;
}

void utf8_clean_line(struct strbuf *out, struct str text)
{
    bool space = false, begun = false;
    unsigned marks = 0;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        unsigned c = utf8_next(text, &at);
        if (c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 ||
            c == 0x2029) {
            space = true;
            continue;
        }
        if (is_control(c) || utf8_turns_direction(c) ||
            utf8_piles_up(c, &marks))
            continue;
        if (space && begun)
            strbuf_add_char(out, ' ');
        space = false;
        begun = true;
        if (c == 0xfffd)
            strbuf_add_utf8(out, c);
        else
            strbuf_add(out, text.ptr + start, at - start);
    }
}
