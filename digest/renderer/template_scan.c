/* From source to tokens: text cut at line ends, and tags. */
#include "digest/renderer/template_nodes_internal.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

struct scanner {
    struct str source;
    size_t at;
    unsigned line;
    size_t seen; /* offset in the line whose column is known */
    unsigned column;
    struct str open, close;
    const char *file;
    struct token_list *tokens;
};

enum { DELIMITER_MAX = 16 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The column counts characters, from 1. Offsets within a line only grow. */
static unsigned column_of(struct scanner *s, size_t offset)
{
    while (s->seen < offset) {
        utf8_next(s->source, &s->seen);
        s->column++;
    }
    return s->column;
}

static bool fail(struct scanner *s, size_t offset, struct err *err,
                 const char *what)
{
    return err_set(err, ERR_INPUT, "%s:%u:%u: %s", s->file, s->line,
                   column_of(s, offset), what);
}

static void add(struct scanner *s, char sigil, struct str text, size_t offset)
{
    struct template_token token = {.sigil = sigil,
                                   .text = text,
                                   .line = s->line,
                                   .column = column_of(s, offset)};
    MEM_PUSH(s->tokens->items, s->tokens->count, s->tokens->capacity, token);
}

static void count_lines(struct scanner *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (s->source.ptr[i] != '\n')
            continue;
        s->line++;
        s->seen = i + 1;
        s->column = 1;
    }
}

static bool scan_text(struct scanner *s, size_t end, struct err *err)
{
    while (s->at < end) {
        size_t start = s->at;
        while (s->at < end && s->source.ptr[s->at] != '\n') {
            unsigned char c = (unsigned char)s->source.ptr[s->at++];
            if (c < ' ' && c != '\t' && c != '\r')
                return fail(s, s->at - 1, err,
                            "a control character; take it out");
        }
        bool ended = s->at < end;
        s->at += ended;
        add(s, TOKEN_TEXT, (struct str){s->source.ptr + start, s->at - start},
            start);
        if (ended)
            count_lines(s, s->at - 1, s->at);
    }
    return true;
}

static bool set_delimiters(struct scanner *s, struct str content, size_t start,
                           struct err *err)
{
    struct str close = str_trim(content);
    size_t end = 0;
    while (end < close.len && !is_blank(close.ptr[end]))
        end++;
    struct str open = {close.ptr, end};
    close = str_trim(str_from(close, end));
    bool good = open.len && close.len && open.len <= DELIMITER_MAX &&
                close.len <= DELIMITER_MAX;
    for (size_t i = 0; i < close.len; i++)
        good = good && !is_blank(close.ptr[i]) && close.ptr[i] != '=';
    if (!good || str_find(open, '=') < open.len)
        return fail(s, start, err,
                    "delimiters are set as {{=<% %>=}}: two short marks with a "
                    "space between, without '='");
    s->open = open;
    s->close = close;
    return true;
}

/* The mark that ends a tag: the closing one, after a } or = where it began
 * so. */
static struct str closing_mark(const struct scanner *s, char sigil,
                               char room[static DELIMITER_MAX + 1])
{
    if (sigil != '{' && sigil != '=')
        return s->close;
    room[0] = sigil == '{' ? '}' : '=';
    memcpy(room + 1, s->close.ptr, s->close.len);
    return (struct str){room, s->close.len + 1};
}

static bool scan_tag(struct scanner *s, struct err *err)
{
    size_t start = s->at, at = start + s->open.len;
    while (at < s->source.len && is_blank(s->source.ptr[at]))
        at++;
    char sigil = at < s->source.len ? s->source.ptr[at] : '\0';
    if (sigil && strchr("#^/><$&!={", sigil))
        at++;
    else
        sigil = TOKEN_VARIABLE;
    char room[DELIMITER_MAX + 1];
    struct str mark = closing_mark(s, sigil, room);
    struct str rest = str_from(s->source, at);
    size_t length = str_find_str(rest, mark);
    if (length == rest.len)
        return err_set(err, ERR_INPUT,
                       "%s:%u:%u: this tag is never closed; it ends with "
                       "\"%.*s\"",
                       s->file, s->line, column_of(s, start), STR_ARG(mark));
    struct str content = {rest.ptr, length};
    add(s, sigil == '{' ? '&' : sigil, str_trim(content), start);
    if (sigil == '=' && !set_delimiters(s, content, start, err))
        return false;
    s->at = at + length + mark.len;
    count_lines(s, start, s->at);
    return true;
}

bool template_scan(struct str source, const char *file, struct token_list *out,
                   struct err *err)
{
    if (str_starts(source, STR("\xef\xbb\xbf")))
        source = str_from(source, 3);
    struct scanner s = {.source = source,
                        .line = 1,
                        .column = 1,
                        .open = STR("{{"),
                        .close = STR("}}"),
                        .file = file,
                        .tokens = out};
    while (s.at < source.len) {
        struct str rest = str_from(source, s.at);
        if (!scan_text(&s, s.at + str_find_str(rest, s.open), err))
            return false;
        if (s.at < source.len && !scan_tag(&s, err))
            return false;
    }
    return true;
}
