/* Parses front matter in TOML into the tree that YAML gives. */
#include "digest/sources/markdown/front_matter_internal.h"

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

enum { MAX_DEPTH = 16 };

struct toml_reader {
    struct arena *arena;
    struct str rest;
    const char *file;
    unsigned line;
    struct err *err;
};

static bool fail(struct toml_reader *r, const char *what)
{
    return err_set(r->err, ERR_INPUT, "%s:%u: TOML: %s", r->file, r->line,
                   what);
}

static int peek(const struct toml_reader *r)
{
    return r->rest.len ? (unsigned char)r->rest.ptr[0] : -1;
}

static void advance(struct toml_reader *r, size_t count)
{
    for (size_t i = 0; i < count && i < r->rest.len; i++)
        r->line += r->rest.ptr[i] == '\n';
    r->rest = str_from(r->rest, count < r->rest.len ? count : r->rest.len);
}

static void skip_blanks(struct toml_reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\r')
        advance(r, 1);
}

/* Skips blanks, line ends and comments. */
static void skip_between(struct toml_reader *r)
{
    for (;;) {
        skip_blanks(r);
        if (peek(r) == '#')
            advance(r, str_find(r->rest, '\n'));
        if (peek(r) != '\n')
            return;
        advance(r, 1);
    }
}

static bool end_line(struct toml_reader *r)
{
    skip_blanks(r);
    if (peek(r) == '#')
        advance(r, str_find(r->rest, '\n'));
    if (peek(r) != '\n' && peek(r) != -1)
        return fail(r, "only one value may stand in a line");
    return true;
}

static struct yaml *new_node(struct toml_reader *r, enum yaml_kind kind)
{
    struct yaml *node = ARENA_NEW(r->arena, struct yaml);
    node->kind = kind;
    node->line = node->key_line = r->line;
    node->column = 1;
    return node;
}

static void append(struct yaml *parent, struct yaml *child)
{
    struct yaml **end = &parent->children;
    while (*end)
        end = &(*end)->next;
    *end = child;
}

static bool is_bare(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool read_unicode(struct toml_reader *r, size_t digits,
                         struct strbuf *out)
{
    unsigned value = 0;
    if (r->rest.len < digits)
        return fail(r, "an escape is cut off");
    for (size_t i = 0; i < digits; i++) {
        int digit = hex_digit(r->rest.ptr[i]);
        if (digit < 0)
            return fail(r, "an escape needs hexadecimal digits");
        value = value * 16 + (unsigned)digit;
    }
    strbuf_add_utf8(out, value);
    advance(r, digits);
    return true;
}

/* Reads an escape behind a backslash. */
static bool read_escape(struct toml_reader *r, struct strbuf *out)
{
    static const char letters[] = "btnfre\"\\";
    static const char values[] = "\b\t\n\f\r\x1b\"\\";
    int c = peek(r);
    const char *found = c > 0 ? strchr(letters, c) : NULL;
    if (c == '\n' || c == ' ' || c == '\t' || c == '\r') {
        while (peek(r) == '\n' || peek(r) == ' ' || peek(r) == '\t' ||
               peek(r) == '\r')
            advance(r, 1);
        return true;
    }
    advance(r, 1);
    if (found)
        strbuf_add_char(out, values[found - letters]);
    else if (c == 'u' || c == 'U')
        return read_unicode(r, c == 'u' ? 4 : 8, out);
    else
        return fail(r, "an escape that TOML doesn't know");
    return true;
}

/* "…", '…', and both with three marks. */
static bool read_string(struct toml_reader *r, struct strbuf *out)
{
    char mark = r->rest.ptr[0];
    char three[4] = {mark, mark, mark, 0};
    bool is_long = str_starts(r->rest, str_of(three));
    struct str end = {three, is_long ? 3 : 1};
    advance(r, end.len);
    if (is_long && peek(r) == '\n')
        advance(r, 1);
    while (r->rest.len && !str_starts(r->rest, end)) {
        char c = r->rest.ptr[0];
        if (c == '\n' && !is_long)
            return fail(r, "a text in quotes has no end");
        advance(r, 1);
        if (c == '\\' && mark == '"') {
            if (!read_escape(r, out))
                return false;
        } else {
            strbuf_add_char(out, c);
        }
    }
    if (!r->rest.len)
        return fail(r, "a text in quotes has no end");
    advance(r, end.len);
    return true;
}

static bool read_value(struct toml_reader *r, unsigned depth,
                       struct yaml **out);

static bool read_list(struct toml_reader *r, unsigned depth, struct yaml **out)
{
    *out = new_node(r, YAML_LIST);
    advance(r, 1);
    for (skip_between(r); peek(r) != ']'; skip_between(r)) {
        struct yaml *item;
        if (!read_value(r, depth + 1, &item))
            return false;
        append(*out, item);
        skip_between(r);
        if (peek(r) == ',')
            advance(r, 1);
        else if (peek(r) != ']')
            return fail(r, "a list goes on with \",\" or ends with \"]\"");
    }
    advance(r, 1);
    return true;
}

static bool read_key(struct toml_reader *r, const char **out)
{
    OWNED(strbuf_free) struct strbuf key = STRBUF_INIT;
    skip_blanks(r);
    if (peek(r) == '"' || peek(r) == '\'') {
        if (!read_string(r, &key))
            return false;
    } else {
        size_t length = 0;
        while (length < r->rest.len && is_bare(r->rest.ptr[length]))
            length++;
        if (length == 0)
            return fail(r, "a line has to be: key = value");
        strbuf_add(&key, r->rest.ptr, length);
        advance(r, length);
    }
    *out = arena_copy(r->arena, strbuf_text(&key));
    skip_blanks(r);
    return true;
}

static bool read_pair(struct toml_reader *r, unsigned depth, struct yaml *map)
{
    const char *key = "";
    struct yaml *value;
    unsigned line = r->line;
    if (!read_key(r, &key))
        return false;
    if (peek(r) != '=')
        return fail(r, "a line has to be: key = value");
    if (yaml_get(map, key))
        return fail(r, "a key stands twice");
    advance(r, 1);
    skip_blanks(r);
    if (!read_value(r, depth, &value))
        return false;
    value->key = key;
    value->key_line = line;
    append(map, value);
    return true;
}

static bool read_inline_table(struct toml_reader *r, unsigned depth,
                              struct yaml **out)
{
    *out = new_node(r, YAML_MAP);
    advance(r, 1);
    for (skip_blanks(r); peek(r) != '}'; skip_blanks(r)) {
        if (!read_pair(r, depth + 1, *out))
            return false;
        skip_blanks(r);
        if (peek(r) == ',')
            advance(r, 1);
        else if (peek(r) != '}')
            return fail(r, "a table goes on with \",\" or ends with \"}\"");
    }
    advance(r, 1);
    return true;
}

/* A number, a boolean or a date: up to what ends a value. */
static bool read_bare(struct toml_reader *r, struct yaml *node)
{
    size_t length = 0;
    while (length < r->rest.len && !strchr(",]}#\r\n", r->rest.ptr[length]))
        length++;
    struct str text = str_trim((struct str){r->rest.ptr, length});
    if (text.len == 0)
        return fail(r, "a value is missing");
    node->text = arena_copy_str(r->arena, text);
    advance(r, length);
    return true;
}

static bool read_value(struct toml_reader *r, unsigned depth, struct yaml **out)
{
    if (depth > MAX_DEPTH)
        return fail(r, "nested too deep");
    if (peek(r) == '[')
        return read_list(r, depth, out);
    if (peek(r) == '{')
        return read_inline_table(r, depth, out);
    *out = new_node(r, YAML_TEXT);
    if (peek(r) != '"' && peek(r) != '\'')
        return read_bare(r, *out);
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (!read_string(r, &text))
        return false;
    (*out)->quoted = true;
    (*out)->text = arena_copy(r->arena, strbuf_text(&text));
    return true;
}

/* [name] and [[name]]: of several by one name the first counts. */
static bool read_table(struct toml_reader *r, struct yaml *top,
                       struct yaml **out)
{
    const char *key = "";
    unsigned line = r->line;
    bool is_one_of_many = str_starts(r->rest, STR("[["));
    advance(r, is_one_of_many ? 2 : 1);
    if (!read_key(r, &key))
        return false;
    while (peek(r) == '.') { /* a table in a table: taken as its own */
        advance(r, 1);
        if (!read_key(r, &key))
            return false;
    }
    if (!str_starts(r->rest, is_one_of_many ? STR("]]") : STR("]")))
        return fail(r, "a table's name has to end with \"]\"");
    advance(r, is_one_of_many ? 2 : 1);
    *out = new_node(r, YAML_MAP);
    (*out)->key = key;
    (*out)->key_line = line;
    if (!yaml_get(top, key))
        append(top, *out);
    return end_line(r);
}

bool toml_parse(struct arena *arena, struct str text, const char *file,
                unsigned first_line, struct yaml **out, struct err *err)
{
    struct toml_reader r = {arena, text, file, first_line, err};
    struct yaml *top = new_node(&r, YAML_MAP), *map = top;
    for (skip_between(&r); peek(&r) != -1; skip_between(&r)) {
        if (peek(&r) == '[' ? !read_table(&r, top, &map)
                            : !read_pair(&r, 0, map) || !end_line(&r))
            return false;
    }
    *out = top;
    return true;
}
