/* Lowers the headings of a document's HTML. */
#include "digest/document/headings.h"

/* The level of the heading whose tag begins there, or 0. Text has no "<" of
 * its own in what cmark writes, so that nothing else looks like one. */
static unsigned level_at(struct str html, size_t at)
{
    size_t h = at + 1 + (at + 1 < html.len && html.ptr[at + 1] == '/');
    bool is_heading = h + 2 < html.len && html.ptr[h] == 'h' &&
                      html.ptr[h + 1] >= '1' && html.ptr[h + 1] <= '6' &&
                      html.ptr[h + 2] == '>';
    return is_heading ? (unsigned)(html.ptr[h + 1] - '0') : 0;
}

static unsigned highest_level(struct str html)
{
    unsigned highest = 7;
    for (size_t at = 0; at < html.len; at++) {
        unsigned level = html.ptr[at] == '<' ? level_at(html, at) : 0;
        if (level && level < highest)
            highest = level;
    }
    return highest;
}

void headings_lower(struct str html, unsigned level, struct strbuf *out)
{
    unsigned highest = highest_level(html);
    int by = (int)level + 1 - (int)highest;
    if (highest > 6 || by == 0) {
        strbuf_add_str(out, html);
        return;
    }
    for (size_t at = 0; at < html.len; at++) {
        unsigned is = html.ptr[at] == '<' ? level_at(html, at) : 0;
        if (!is) {
            strbuf_add_char(out, html.ptr[at]);
            continue;
        }
        int to = (int)is + by;
        strbuf_add_format(out, "<%sh%d>", html.ptr[at + 1] == '/' ? "/" : "",
                          to > 6 ? 6 : to);
        at += html.ptr[at + 1] == '/' ? 4 : 3;
    }
}
