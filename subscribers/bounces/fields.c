/* Reads header fields, and the addresses inside them. */
#include "subscribers/bounces/fields_internal.h"

#include <ctype.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

static bool is_name_byte(char c)
{
    return c > ' ' && c < 0x7f && c != ':';
}

bool field_line(struct str line, struct str *name, struct str *value)
{
    size_t length = 0;
    while (length < line.len && is_name_byte(line.ptr[length]))
        length++;
    size_t colon = length;
    while (colon < line.len && line.ptr[colon] == ' ')
        colon++;
    if (length == 0 || colon == line.len || line.ptr[colon] != ':')
        return false;
    *name = (struct str){line.ptr, length};
    *value = str_trim(str_from(line, colon + 1));
    return true;
}

static bool is_folded(struct str line)
{
    return line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
}

static struct str join(struct arena *arena, struct str a, struct str b)
{
    if (!b.len)
        return a;
    if (!a.len)
        return b;
    char *both = arena_format(arena, "%.*s %.*s", STR_ARG(a), STR_ARG(b));
    return str_of(both);
}

/* More continuation lines than this are of no use to anyone here. */
enum { FOLDS_MAX = 100 };

void fields_read(struct arena *arena, struct str *rest, struct fields *out)
{
    struct str line;
    size_t count = 0, capacity = 0, folds = 0;
    struct field *items = NULL;
    *out = (struct fields){0};
    while (str_next_line(rest, &line)) {
        struct field field;
        if (!str_trim(line).len)
            break;
        if (is_folded(line) && items && count) {
            struct field *last = &items[count - 1];
            if (folds++ < FOLDS_MAX)
                last->value = join(arena, last->value, str_trim(line));
        } else if (field_line(line, &field.name, &field.value)) {
            folds = 0;
            MEM_PUSH(items, count, capacity, field);
        }
    }
    out->count = count;
    if (items) {
        out->items = ARENA_NEW_ARRAY(arena, struct field, count);
        memcpy(out->items, items, count * sizeof *items);
    }
    free(items);
}

struct str fields_get(const struct fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (str_equal_nocase(fields->items[i].name, str_of(name)))
            return fields->items[i].value;
    return (struct str){0};
}

/* ---- addresses ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \x{HEX}: a length over 0, or 0 when it is none. */
static size_t embedded_char(struct str text, unsigned *codepoint)
{
    if (!str_starts(text, STR("\\x{")))
        return 0;
    *codepoint = 0;
    for (size_t i = 3; i < text.len && i < 10; i++) {
        int digit = hex_digit(text.ptr[i]);
        if (digit < 0)
            return text.ptr[i] == '}' && i > 3 ? i + 1 : 0;
        *codepoint = *codepoint * 16 + (unsigned)digit;
    }
    return 0;
}

static struct str decode_utf8_xtext(struct arena *arena, struct str text)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < text.len;) {
        unsigned codepoint;
        size_t length = embedded_char(str_from(text, i), &codepoint);
        if (length)
            strbuf_add_utf8(&out, codepoint);
        else
            strbuf_add_char(&out, text.ptr[i]);
        i += length ? length : 1;
    }
    return str_of(arena_copy_str(arena, strbuf_str(&out)));
}

/* The text inside the last <>, or all of it without a comment. */
static struct str inside_brackets(struct str value)
{
    size_t open = str_find(value, '<');
    if (open < value.len) {
        struct str rest = str_from(value, open + 1);
        return str_trim((struct str){rest.ptr, str_find(rest, '>')});
    }
    value.len = str_find(value, '(');
    return str_trim(value);
}

static struct str without_type(struct str value, bool *utf8)
{
    size_t semicolon = str_find(value, ';');
    if (semicolon == value.len)
        return value;
    struct str type = str_trim((struct str){value.ptr, semicolon});
    *utf8 = str_equal_nocase(type, STR("utf-8"));
    return str_trim(str_from(value, semicolon + 1));
}

struct str field_address(struct arena *arena, struct str value)
{
    bool utf8 = false;
    struct str address = inside_brackets(without_type(value, &utf8));
    if (address.len && address.ptr[0] == '@') {
        size_t colon = str_find(address, ':');
        address = colon < address.len ? str_from(address, colon + 1) : address;
    }
    address.len = str_find(address, ' ');
    if (str_starts_nocase(address, STR("mailto:")))
        address = str_from(address, 7);
    while (address.len && strchr("\"',;", address.ptr[0]))
        address = str_from(address, 1);
    while (address.len && strchr("\"',;:.", address.ptr[address.len - 1]))
        address.len--;
    return utf8 ? decode_utf8_xtext(arena, address) : address;
}
