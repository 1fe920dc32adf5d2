/* Looks up HTML's named character references, and resolves them in markup. */
#include "digest/document/html_names.h"

#include <string.h>

#include "digest/base/embed.h"
#include "digest/base/mem.h"

enum {
    NAME_MAX = 32,  /* bytes */
    LEGACY_MAX = 6, /* those that need no ";" */
};

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_in_name(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

/* ---- the table ---- */

struct row {
    bool needs_end; /* a ";" */
    struct str points;
};

static struct str bare_name(struct str line)
{
    line.len = str_find(line, ' ');
    if (str_ends(line, STR(";")))
        line.len--;
    return line;
}

static int compare(struct str a, struct str b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.ptr, b.ptr, least);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Halves the table, whose rows are lines of some length. */
static bool find_row(struct str name, struct row *out)
{
    struct str table = embed_find("digest/document/html_names.txt");
    size_t low = 0, high = table.len;
    while (low < high) {
        size_t begin = low + (high - low) / 2;
        while (begin > low && table.ptr[begin - 1] != '\n')
            begin--;
        struct str line = str_from(table, begin);
        line.len = str_find(line, '\n');
        int order = compare(name, bare_name(line));
        if (order == 0) {
            size_t space = str_find(line, ' ');
            out->needs_end = line.ptr[space - 1] == ';';
            out->points = str_from(line, space + 1);
            return true;
        }
        if (order < 0)
            high = begin;
        else
            low = begin + line.len + 1;
    }
    return false;
}

static unsigned take_point(struct str *points)
{
    unsigned value = 0;
    while (points->len && points->ptr[0] != ' ') {
        unsigned c = (unsigned char)points->ptr[0];
        value = value * 16 + (c <= '9' ? c - '0' : c - 'A' + 10);
        *points = str_from(*points, 1);
    }
    *points = str_from(*points, points->len > 0);
    return value;
}

static struct html_name name_of(struct row row, size_t length)
{
    struct html_name name = {.length = length};
    name.points[0] = take_point(&row.points);
    name.points[1] = take_point(&row.points);
    return name;
}

/* "&#xD83D;" or "&#55357;": half of a UTF-16 pair by its number; 0 for what is
 * none. */
static unsigned half_at(struct str text, size_t *length)
{
    bool is_hex = text.len > 2 && (text.ptr[2] | 0x20) == 'x';
    size_t at = is_hex ? 3 : 2;
    unsigned value = 0;
    if (!str_starts(text, STR("&#")))
        return 0;
    for (; at < text.len && value <= 0xFFFF; at++) {
        char c = text.ptr[at], small = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            value = value * (is_hex ? 16 : 10) + (unsigned)(c - '0');
        else if (is_hex && small >= 'a' && small <= 'f')
            value = value * 16 + (unsigned)(small - 'a') + 10;
        else
            break;
    }
    *length = at + 1;
    bool ends = at < text.len && text.ptr[at] == ';';
    return ends && value >= 0xD800 && value <= 0xDFFF ? value : 0;
}

/* The character that a writer split into two halves; one alone is none. */
static struct html_name name_of_halves(struct str text)
{
    size_t length = 0, behind = 0;
    unsigned high = half_at(text, &length);
    if (!high)
        return (struct html_name){0};
    unsigned low = half_at(str_from(text, length), &behind);
    if (high >= 0xDC00 || low < 0xDC00)
        return (struct html_name){length, {0xFFFD, 0}};
    unsigned c = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    return (struct html_name){length + behind, {c, 0}};
}

struct html_name html_name_at(struct str text, bool is_in_attribute)
{
    struct str rest = str_from(text, 1);
    struct row row;
    size_t length = 0;
    if (str_starts(rest, STR("#")))
        return name_of_halves(text);
    while (length < rest.len && length <= NAME_MAX &&
           is_in_name(rest.ptr[length]))
        length++;
    struct str name = {rest.ptr, length};
    if (length < rest.len && rest.ptr[length] == ';' && find_row(name, &row))
        return name_of(row, length + 2);
    /* The longest that needs no end; in an attribute it is one only where
     * nothing of a name or an address follows. */
    for (length = length < LEGACY_MAX ? length : LEGACY_MAX; length >= 2;
         length--) {
        name.len = length;
        if (!find_row(name, &row) || row.needs_end)
            continue;
        char next = length < rest.len ? rest.ptr[length] : ' ';
        bool is_address = is_in_attribute && (next == '=' || is_in_name(next));
        return is_address ? (struct html_name){0} : name_of(row, length + 1);
    }
    return (struct html_name){0};
}

/* ---- a page ---- */

void html_name_write(const struct html_name *name, struct strbuf *out)
{
    for (size_t i = 0; i < 2 && name->points[i]; i++) {
        unsigned c = name->points[i];
        if (c < 0x80)
            strbuf_add_format(out, "&#%u;", c);
        else
            strbuf_add_utf8(out, c);
    }
}

struct resolving {
    struct str rest;
    struct strbuf *out;
};

static void pass(struct resolving *r, size_t length)
{
    length = length < r->rest.len ? length : r->rest.len;
    strbuf_add(r->out, r->rest.ptr, length);
    r->rest = str_from(r->rest, length);
}

static void pass_to(struct resolving *r, struct str end)
{
    pass(r, str_find_str(r->rest, end) + end.len);
}

static void resolve(struct resolving *r, bool is_in_attribute)
{
    struct html_name name = html_name_at(r->rest, is_in_attribute);
    if (!name.length) {
        pass(r, 1);
        return;
    }
    html_name_write(&name, r->out);
    r->rest = str_from(r->rest, name.length);
}

/* Elements whose content is no markup, and has no references. */
static bool is_raw(struct str tag)
{
    static const char *const raws[] = {"script", "style",   "xmp",
                                       "iframe", "noembed", "noframes"};
    for (size_t i = 0; i < ARRAY_SIZE(raws); i++)
        if (str_equal_nocase(tag, str_of(raws[i])))
            return true;
    return false;
}

static void pass_raw(struct resolving *r, struct str tag)
{
    while (r->rest.len) {
        pass(r, str_find_str(r->rest, STR("</")));
        if (str_starts_nocase(str_from(r->rest, r->rest.len < 2 ? 0 : 2), tag))
            return;
        pass(r, 2);
    }
}

static void pass_tag(struct resolving *r)
{
    struct str tag = str_from(r->rest, 1);
    size_t length = 0;
    while (length < tag.len && is_in_name(tag.ptr[length]))
        length++;
    tag.len = length;
    char quote = 0, last = 0; /* the last that is no space */
    pass(r, length + 1);
    while (r->rest.len) {
        char c = r->rest.ptr[0];
        if (c == '>' && !quote)
            break;
        if (c == '&') {
            resolve(r, true);
            last = c;
            continue;
        }
        if (quote && c == quote)
            quote = 0;
        else if (!quote && last == '=' && (c == '"' || c == '\''))
            quote = c;
        if (!strchr(" \t\r\n\f", c))
            last = c;
        pass(r, 1);
    }
    pass(r, 1);
    if (is_raw(tag))
        pass_raw(r, tag);
}

static void pass_markup(struct resolving *r)
{
    char next = r->rest.len > 1 ? r->rest.ptr[1] : ' ';
    if (str_starts(r->rest, STR("<!--")))
        pass_to(r, STR("-->"));
    else if (is_letter(next))
        pass_tag(r);
    else if (next == '/' || next == '!' || next == '?')
        pass_to(r, STR(">"));
    else
        pass(r, 1);
}

void html_names_resolve(struct str *html, struct strbuf *resolved)
{
    struct resolving r = {*html, resolved};
    if (str_find(*html, '&') == html->len)
        return;
    while (r.rest.len) {
        size_t plain = 0;
        while (plain < r.rest.len && r.rest.ptr[plain] != '<' &&
               r.rest.ptr[plain] != '&')
            plain++;
        pass(&r, plain);
        if (r.rest.len && r.rest.ptr[0] == '&')
            resolve(&r, false);
        else if (r.rest.len)
            pass_markup(&r);
    }
    *html = strbuf_str(resolved);
}
