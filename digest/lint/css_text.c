/* Splits CSS into declarations and @ rules. */
#include "digest/lint/css_text_internal.h"

static size_t end_of_string(struct str text, size_t at)
{
    char quote = text.ptr[at];
    for (at++; at < text.len && text.ptr[at] != quote; at++)
        if (text.ptr[at] == '\\')
            at++;
    return at;
}

static size_t end_of_comment(struct str text, size_t at)
{
    size_t end = str_find_str(str_from(text, at + 2), STR("*/"));
    return at + 2 + end + 1;
}

static bool begins_comment(struct str text, size_t at)
{
    return text.ptr[at] == '/' && at + 1 < text.len && text.ptr[at + 1] == '*';
}

/* The last byte of what begins at `at`: a string, a comment, or itself. */
static size_t pass(struct str text, size_t at)
{
    if (text.ptr[at] == '"' || text.ptr[at] == '\'')
        return end_of_string(text, at);
    if (begins_comment(text, at))
        return end_of_comment(text, at);
    return at;
}

/* Offset of the first of `bytes` outside strings, comments and brackets. */
static size_t find(struct str text, const char *bytes)
{
    unsigned depth = 0;
    for (size_t at = 0; at < text.len; at = pass(text, at) + 1) {
        char c = text.ptr[at];
        if (!depth && c && strchr(bytes, c))
            return at;
        depth += c == '(';
        depth -= c == ')' && depth;
    }
    return text.len;
}

static struct str without_important(struct str value)
{
    size_t mark = str_find(value, '!');
    if (str_starts_nocase(
            str_trim(str_from(value, mark < value.len ? mark + 1 : mark)),
            STR("important")))
        value.len = mark;
    return str_trim(value);
}

bool css_text_next(struct str *rest, struct css_text_declaration *out)
{
    while (rest->len) {
        size_t end = find(*rest, ";");
        struct str one = {rest->ptr, end};
        *rest = str_from(*rest, end < rest->len ? end + 1 : end);
        size_t colon = find(one, ":");
        if (colon == one.len)
            continue;
        out->name = str_trim((struct str){one.ptr, colon});
        out->value = without_important(str_from(one, colon + 1));
        return true;
    }
    return false;
}

/* Offset of the } for the { at `open`. */
static size_t end_of_block(struct str text, size_t open)
{
    unsigned depth = 0;
    for (size_t at = open; at < text.len; at = pass(text, at) + 1) {
        depth += text.ptr[at] == '{';
        depth -= text.ptr[at] == '}';
        if (!depth)
            return at;
    }
    return text.len;
}

bool css_text_next_at_rule(struct str *rest, struct css_text_at_rule *out)
{
    while (rest->len) {
        size_t end = find(*rest, "{;");
        bool has_block = end < rest->len && rest->ptr[end] == '{';
        size_t close = has_block ? end_of_block(*rest, end) : end;
        struct str all = *rest;
        *rest = str_from(all, close < all.len ? close + 1 : all.len);
        struct str prelude = str_trim((struct str){all.ptr, end});
        size_t at = str_find(prelude, '@');
        if (at == prelude.len)
            continue;
        out->prelude = str_from(prelude, at);
        out->block = has_block
                         ? (struct str){all.ptr + end + 1, close - end - 1}
                         : STR("");
        return true;
    }
    return false;
}
