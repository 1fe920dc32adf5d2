/* Declarations: reading "name: value; …". */
#include "digest/renderer/css_sheet_internal.h"

#include <stdint.h>

#include "digest/base/mem.h"

static size_t end_of_string(struct str text, size_t at)
{
    char quote = text.ptr[at++];
    while (at < text.len && text.ptr[at] != quote)
        at += text.ptr[at] == '\\' ? 2 : 1;
    return at < text.len ? at + 1 : text.len;
}

static size_t end_of_comment(struct str text, size_t at)
{
    struct str rest = str_from(text, at + 2);
    size_t end = str_find_str(rest, STR("*/"));
    return at + 2 + end < text.len ? at + end + 4 : text.len;
}

static size_t end_of_bracket(struct str text, size_t at)
{
    unsigned open = 0;
    while (at < text.len) {
        char c = text.ptr[at];
        open += c == '(' || c == '[';
        open -= c == ')' || c == ']';
        at = c == '"' || c == '\'' ? end_of_string(text, at) : at + 1;
        if (open == 0)
            break;
    }
    return at;
}

size_t css_step(struct str text, size_t at)
{
    char c = text.ptr[at];
    if (c == '"' || c == '\'')
        return end_of_string(text, at);
    if (c == '(' || c == '[')
        return end_of_bracket(text, at);
    if (c == '/' && at + 1 < text.len && text.ptr[at + 1] == '*')
        return end_of_comment(text, at);
    return at + 1;
}

size_t css_find(struct str text, char byte)
{
    size_t at = 0;
    while (at < text.len && text.ptr[at] != byte)
        at = css_step(text, at);
    return at < text.len ? at : text.len;
}

/* White space and comments at the start. */
static size_t skip_blanks(struct str text, size_t at)
{
    while (at < text.len) {
        char c = text.ptr[at];
        bool is_comment =
            c == '/' && at + 1 < text.len && text.ptr[at + 1] == '*';
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' &&
            !is_comment)
            break;
        at = css_step(text, at);
    }
    return at;
}

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return name.len > 0;
}

static struct str lower(struct str name, struct arena *arena)
{
    if (str_starts(name, STR("--")))
        return name;
    char *copy = arena_copy_str(arena, name);
    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 'a' - 'A');
    return (struct str){copy, name.len};
}

/* One space for each run of white space and comments; quotes made single,
 * so that the value stands in an attribute as it is. */
static struct str clean_value(struct str text, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    bool swaps_quotes = str_find(text, '\'') == text.len;
    for (size_t at = 0; at < text.len;) {
        size_t blank = skip_blanks(text, at);
        if (blank > at) {
            strbuf_add_char(&out, ' ');
            at = blank;
            continue;
        }
        size_t end = text.ptr[at] == '(' ? at + 1 : css_step(text, at);
        for (; at < end && at < text.len; at++) {
            bool swap = swaps_quotes && text.ptr[at] == '"';
            strbuf_add_char(&out, swap ? '\'' : text.ptr[at]);
        }
    }
    struct str clean = str_trim(strbuf_str(&out));
    return (struct str){arena_copy_str(arena, clean), clean.len};
}

static bool take_important(struct str *value)
{
    size_t mark = value->len;
    while (mark > 0 && value->ptr[mark - 1] != '!')
        mark--;
    if (mark == 0)
        return false;
    struct str word = str_trim(str_from(*value, mark));
    if (word.len != 9 || !str_starts_nocase(word, STR("important")))
        return false;
    *value = str_trim((struct str){value->ptr, mark - 1});
    return true;
}

static bool parse_one(struct str text, struct arena *arena,
                      struct css_rule *rule)
{
    struct str value = text;
    struct str name = str_trim(str_cut(&value, ':'));
    if (!is_name(name))
        return false;
    struct css_declaration declaration = {.name = lower(name, arena),
                                          .value = clean_value(value, arena)};
    declaration.is_important = take_important(&declaration.value);
    if (declaration.value.len == 0)
        return false;
    if (rule->count == rule->capacity) {
        size_t capacity = rule->capacity ? rule->capacity * 2 : 8;
        struct css_declaration *grown =
            ARENA_NEW_ARRAY(arena, struct css_declaration, capacity);
        if (rule->count)
            memcpy(grown, rule->declarations, rule->count * sizeof *grown);
        rule->declarations = grown;
        rule->capacity = capacity;
    }
    rule->declarations[rule->count++] = declaration;
    return true;
}

size_t css_declarations_parse(struct str text, struct arena *arena,
                              struct css_rule *rule)
{
    size_t at = 0, bad = SIZE_MAX;
    for (;;) {
        at = skip_blanks(text, at);
        if (at >= text.len)
            return bad;
        struct str rest = str_from(text, at);
        size_t end = css_find(rest, ';');
        struct str one = {rest.ptr, end};
        if (one.len && !parse_one(one, arena, rule) && bad == SIZE_MAX)
            bad = at;
        at += end + 1;
    }
}
