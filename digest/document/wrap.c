/* Wraps plain text at a width, where Unicode's line breaking allows it. */
#include "digest/document/wrap_internal.h"

#include <unictype.h>
#include <unilbrk.h>
#include <uniwidth.h>

#include "digest/base/mem.h"
#include "digest/base/slot.h"
#include "digest/base/utf8.h"
#include "digest/document/text.h"

enum { WIDTH_LEAST = 20 }; /* columns for words, however deep the margin */

/* ---- width ------------------------------------------------------------ */

static bool is_plain(char c)
{
    return c >= ' ' && c < 0x7f;
}

/* The columns of one character, or of a whole slot mark; *at moves on. */
static unsigned step(struct str line, size_t *at)
{
    char c = line.ptr[*at];
    if (is_plain(c)) {
        ++*at;
        return 1;
    }
    if (c == SLOT_OPEN) {
        size_t end = str_find(str_from(line, *at), SLOT_CLOSE);
        *at += end < line.len - *at ? end + 1 : 1;
        return 0;
    }
    int columns = uc_width(utf8_next(line, at), "UTF-8");
    return columns > 0 ? (unsigned)columns : 0;
}

unsigned text_width(struct str line)
{
    unsigned columns = 0;
    for (size_t at = 0; at < line.len;)
        columns += step(line, &at);
    return columns;
}

/* ---- where a line may break ------------------------------------------- */

static void forbid(char *breaks, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        breaks[i] = UC_BREAK_PROHIBITED;
}

/* Whether a URL may hold this byte. Beyond ASCII they are escaped, so that
 * one ends where other writing begins. */
static bool is_url_char(char c)
{
    return is_plain(c) && !strchr(" <>\"", c);
}

/* A letter, a digit or a sign of its class (AL), but not the wide ones. */
static bool is_of_word(unsigned c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c | 0x20) - 'a' < 26 ||
               (c && strchr("#&*<=>@^_`~", (int)c));
    return uc_width((ucs4_t)c, "UTF-8") < 2 &&
           (uc_is_property_alphabetic(c) || uc_is_general_category(c, UC_MARK));
}

/* A separator of numbers, which ends sentences as well (IS). */
static bool is_separator(unsigned c)
{
    return c && (c < 0x80 ? strchr(".,:;", (int)c) != NULL
                          : c == 0x37e || c == 0x589 || c == 0x60c ||
                                c == 0x60d || c == 0x7f8 || c == 0x2044);
}

/* No word is broken behind a dot inside it, nor one that begins with a dot
 * (.NET) kept from a line of its own; the library knows neither.
 * Source: UAX #14, LB29 and LB15c. */
static void keep_dots(struct str text, char *breaks)
{
    unsigned before = ' ', last = ' ';
    for (size_t at = 0, dot = 0; at < text.len;) {
        size_t start = at;
        unsigned c = utf8_next(text, &at);
        if (is_separator(last) && is_of_word(c)) {
            breaks[start] = UC_BREAK_PROHIBITED;
            if (last == '.' && before == ' ' && dot)
                breaks[dot] = UC_BREAK_POSSIBLE;
        }
        before = last;
        last = c;
        dot = start;
    }
}

/* Holds together what is one thing to a reader: URLs and addresses. */
static void keep_urls(struct str text, char *breaks)
{
    for (size_t start = 0; start < text.len;) {
        size_t end = start;
        while (end < text.len && is_url_char(text.ptr[end]))
            end++;
        struct str token = {text.ptr + start, end - start};
        if (str_find_str(token, STR("://")) < token.len ||
            str_find(token, '@') < token.len ||
            str_starts_nocase(token, STR("www.")))
            forbid(breaks, start + 1, end);
        start = end + 1;
    }
}

/* A note's number stays beside its address: "[12] https://…". */
static void keep_notes(struct str text, char *breaks)
{
    for (size_t start = 0; start < text.len;) {
        size_t at = start + (text.ptr[start] == '[');
        while (at > start && at < text.len && text.ptr[at] >= '0' &&
               text.ptr[at] <= '9')
            at++;
        struct str behind = str_from(text, at);
        if (at > start + 1 && str_starts(behind, STR("] ")))
            forbid(breaks, at, at + 3 < text.len ? at + 3 : text.len);
        start += str_find(str_from(text, start), '\n') + 1;
    }
}

static void keep_slots(struct str text, char *breaks)
{
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        bool is_slot = text.ptr[at] == SLOT_OPEN;
        step(text, &at);
        if (is_slot)
            forbid(breaks, start + 1, at);
    }
}

/* ---- lines ------------------------------------------------------------ */

struct wrapping {
    struct str text;
    const char *breaks;
    const struct margin *margin;
    struct strbuf *out;
    unsigned width; /* without the margin */
    bool has_begun;
};

static void add_line(struct wrapping *w, size_t indent, size_t start,
                     size_t end)
{
    struct str margin = w->has_begun ? w->margin->rest : w->margin->first;
    w->has_begun = true;
    while (end > start && w->text.ptr[end - 1] == ' ')
        end--;
    if (end == start)
        while (margin.len && margin.ptr[margin.len - 1] == ' ')
            margin.len--;
    strbuf_add_str(w->out, margin);
    for (size_t i = 0; i < indent && end > start; i++)
        strbuf_add_char(w->out, ' ');
    strbuf_add(w->out, w->text.ptr + start, end - start);
    strbuf_add_char(w->out, '\n');
}

static size_t skip_spaces(struct str text, size_t at)
{
    while (at < text.len && text.ptr[at] == ' ')
        at++;
    return at;
}

/* Greedy: the last place to break before the line would be too wide; the
 * first one after it where a word is longer than a line. What a line is
 * indented by, its continuation is too. */
static void wrap_one(struct wrapping *w, size_t start, size_t end)
{
    struct str line = {w->text.ptr, end};
    unsigned columns = 0;
    size_t last_break = 0, at = start;
    size_t begin = skip_spaces(line, start), indent = begin - start;
    size_t hanging = 0; /* of the line under way */
    while (at < end) {
        if (at > begin && w->breaks[at] == UC_BREAK_POSSIBLE)
            last_break = at;
        bool is_space = line.ptr[at] == ' ';
        columns += step(line, &at);
        if (columns <= w->width || !last_break || is_space)
            continue;
        add_line(w, hanging, start, last_break);
        start = at = begin = skip_spaces(line, last_break);
        hanging = indent;
        columns = (unsigned)indent;
        last_break = 0;
    }
    add_line(w, hanging, start, end);
}

void wrap_lines(struct str text, unsigned width, const struct margin *margin,
                struct strbuf *out)
{
    OWNED(mem_free) char *breaks = MEM_NEW_ARRAY(char, text.len + 1);
    unsigned taken = text_width(margin->rest);
    struct wrapping w = {
        .text = text,
        .breaks = breaks,
        .margin = margin,
        .out = out,
        .width = width > taken + WIDTH_LEAST ? width - taken : WIDTH_LEAST,
    };
    u8_possible_linebreaks((const uint8_t *)text.ptr, text.len, "UTF-8",
                           breaks);
    keep_dots(text, breaks);
    keep_urls(text, breaks);
    keep_slots(text, breaks);
    keep_notes(text, breaks);
    for (size_t start = 0; start <= text.len;) {
        size_t end = start + str_find(str_from(text, start), '\n');
        wrap_one(&w, start, end);
        start = end + 1;
    }
}

void text_wrap(struct str text, unsigned width, unsigned indent,
               struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf spaces = STRBUF_INIT;
    for (unsigned i = 0; i < indent; i++)
        strbuf_add_char(&spaces, ' ');
    struct margin margin = {strbuf_str(&spaces), strbuf_str(&spaces)};
    bool ends_in_newline = text.len && text.ptr[text.len - 1] == '\n';
    if (ends_in_newline)
        text.len--;
    size_t before = out->len;
    wrap_lines(text, width ? width : 72, &margin, out);
    if (!ends_in_newline && out->len > before)
        strbuf_cut(out, out->len - 1);
}
