/* Relaxes bodies and fields for DKIM, and picks the fields to sign. */
#include "digest/message/dkim_canon_internal.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

enum { CHUNK = 32 };

/* Whether nothing changes in the CHUNK bytes at `from`, of which one more is
 * there: no tab, and no space before a blank or a line end. Written so that
 * the compiler makes vectors of it; nearly all of a body passes here. */
static bool stays(const char *from)
{
    unsigned char changes = 0;
    for (size_t i = 0; i < CHUNK; i++) {
        unsigned char tab = from[i] == '\t', space = from[i] == ' ';
        unsigned char bad_next =
            (unsigned char)((from[i + 1] == ' ') | (from[i + 1] == '\t') |
                            (from[i + 1] == '\r'));
        changes |= (unsigned char)(tab | (space & bad_next));
    }
    return !changes;
}

/* Copies with each run of blanks as one space, none before a line end. */
static char *relax_blanks(char *to, const char *from, const char *end)
{
    while (from < end) {
        if (end - from > CHUNK && stays(from)) {
            memcpy(to, from, CHUNK);
            to += CHUNK;
            from += CHUNK;
            continue;
        }
        const char *stop = end - from > CHUNK ? from + CHUNK : end;
        while (from < stop) {
            if (!is_blank(*from)) {
                *to++ = *from++;
                continue;
            }
            while (from < end && is_blank(*from))
                from++;
            if (from < end &&
                !(end - from >= 2 && from[0] == '\r' && from[1] == '\n'))
                *to++ = ' ';
        }
    }
    return to;
}

void dkim_relax_body(struct strbuf *out, struct str body)
{
    char *begin = strbuf_reserve(out, body.len + 2);
    char *to = relax_blanks(begin, body.ptr, body.ptr + body.len);
    while (to - begin >= 2 && to[-2] == '\r' && to[-1] == '\n')
        to -= 2;
    if (to != begin) {
        *to++ = '\r';
        *to++ = '\n';
    }
    out->len = (size_t)(to - out->ptr);
    out->ptr[out->len] = '\0';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static struct str field_name(struct str field)
{
    struct str name = str_cut(&field, ':');
    while (name.len && is_blank(name.ptr[name.len - 1]))
        name.len--;
    return name;
}

void dkim_relax_field(struct strbuf *out, struct str field)
{
    struct str value = field;
    str_cut(&value, ':');
    struct str name = field_name(field);
    char *to = strbuf_reserve(out, field.len + 1);
    for (size_t i = 0; i < name.len; i++)
        *to++ = lower(name.ptr[i]);
    *to++ = ':';
    bool begun = false, blank = false;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '\r' || c == '\n')
            continue;
        if (is_blank(c)) {
            blank = true;
            continue;
        }
        if (blank && begun)
            *to++ = ' ';
        *to++ = c;
        begun = true;
        blank = false;
    }
    out->len = (size_t)(to - out->ptr);
    out->ptr[out->len] = '\0';
}

/* The length of the field at the start, without its last line end; false
 * where no line end comes. */
static bool field_length(struct str text, size_t *length)
{
    size_t at = 0;
    for (;;) {
        size_t end = at + str_find_str(str_from(text, at), STR("\r\n"));
        if (end >= text.len)
            return false;
        at = end + 2;
        if (at == text.len || !is_blank(text.ptr[at])) {
            *length = end;
            return true;
        }
    }
}

bool dkim_cut(struct str message, struct dkim_fields *fields, struct str *body)
{
    fields->count = 0;
    while (!str_starts(message, STR("\r\n"))) {
        size_t length;
        if (fields->count == DKIM_FIELDS_MAX || !field_length(message, &length))
            return false;
        fields->fields[fields->count++] = (struct str){message.ptr, length};
        message = str_from(message, length + 2);
    }
    *body = str_from(message, 2);
    return true;
}

size_t dkim_count(const struct dkim_fields *fields, struct str name)
{
    size_t count = 0;
    for (size_t i = 0; i < fields->count; i++)
        count += str_equal_nocase(field_name(fields->fields[i]), name);
    return count;
}

void dkim_add_field(struct strbuf *out, const struct dkim_fields *fields,
                    struct str name, size_t nth)
{
    for (size_t i = fields->count; i-- > 0;) {
        if (!str_equal_nocase(field_name(fields->fields[i]), name))
            continue;
        if (nth-- > 0)
            continue;
        dkim_relax_field(out, fields->fields[i]);
        strbuf_add_text(out, "\r\n");
        return;
    }
}
