/* Cleans characters and lines on their way into a tree. */
#include "digest/base/utf8.h"
#include "digest/document/tree_internal.h"

/* Characters that browsers take the C1 controls for (WHATWG HTML, numeric
 * character references); 0 where Windows-1252 has none either. */
static const unsigned short windows_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

enum { SOFT_HYPHEN = 0xad, BYTE_ORDER_MARK = 0xfeff };

unsigned tree_clean_char(unsigned c)
{
    if (c >= 0x20 && c < 0x7f)
        return c;
    if (c >= 0x80 && c < 0xa0)
        return windows_1252[c - 0x80];
    if (c < 0x20 || c == 0x7f || c == SOFT_HYPHEN || c == BYTE_ORDER_MARK ||
        (c & 0xfffe) == 0xfffe || utf8_turns_direction(c))
        return 0;
    return c;
}

void tree_clean_line(struct strbuf *out, struct str text)
{
    bool space = false;
    size_t start = out->len;
    for (size_t at = 0; at < text.len;) {
        unsigned c = utf8_next(text, &at);
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            space = true;
            continue;
        }
        c = tree_clean_char(c);
        if (!c)
            continue;
        if (space && out->len > start)
            strbuf_add_char(out, ' ');
        space = false;
        strbuf_add_utf8(out, c);
    }
}
