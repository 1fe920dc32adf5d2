/* Parses the forms that browsers send. */
#include "digest/web/form.h"

static const struct str none = {NULL, 0};

static void add_field(struct form *form, struct form_field field)
{
    if (form->count < FORM_FIELDS_MAX)
        form->fields[form->count++] = field;
}

static const struct form_field *find(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (str_equal(form->fields[i].name, str_of(name)))
            return &form->fields[i];
    return NULL;
}

struct str form_get(const struct form *form, const char *name)
{
    const struct form_field *field = find(form, name);
    return field ? field->value : none;
}

struct str form_get_file_name(const struct form *form, const char *name)
{
    const struct form_field *field = find(form, name);
    return field ? field->file : none;
}

/* ---- application/x-www-form-urlencoded ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct str url_decode(struct str text, struct arena *arena)
{
    char *out = arena_new(arena, text.len + 1, 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        int high = -1, low = -1;
        if (text.ptr[i] == '%' && i + 2 < text.len) {
            high = hex_value(text.ptr[i + 1]);
            low = hex_value(text.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            out[length++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[length++] = text.ptr[i] == '+' ? ' ' : text.ptr[i];
        }
    }
    return (struct str){out, length};
}

static bool parse_urlencoded(struct str body, struct arena *arena,
                             struct form *out)
{
    while (body.len) {
        struct str value = str_cut(&body, '&');
        if (!value.len)
            continue;
        struct str name = str_cut(&value, '=');
        add_field(out, (struct form_field){.name = url_decode(name, arena),
                                           .value = url_decode(value, arena)});
    }
    return true;
}

/* ---- multipart/form-data ---- */

/* The value of `NAME=` among a header's parameters, in quotes or not. */
static struct str parameter(struct str header, struct str name)
{
    str_cut(&header, ';');
    while (header.len) {
        header = str_trim(header);
        struct str key = str_trim(str_cut(&header, '='));
        struct str value;
        if (header.len && header.ptr[0] == '"') {
            header = str_from(header, 1);
            value = str_cut(&header, '"');
            str_cut(&header, ';');
        } else {
            value = str_trim(str_cut(&header, ';'));
        }
        if (str_equal_nocase(key, name))
            return value;
    }
    return none;
}

/* A part's names, from its headers; *part is moved to its contents. */
static struct form_field read_headers(struct str *part)
{
    struct form_field field = {0};
    struct str line;
    while (str_next_line(part, &line) && line.len) {
        struct str value = line;
        struct str key = str_trim(str_cut(&value, ':'));
        if (str_equal_nocase(key, STR("Content-Disposition"))) {
            field.name = parameter(value, STR("name"));
            field.file = parameter(value, STR("filename"));
        }
    }
    return field;
}

static struct str without_line_end(struct str text)
{
    if (str_ends(text, STR("\r\n")))
        text.len -= 2;
    else if (str_ends(text, STR("\n")))
        text.len -= 1;
    return text;
}

/* Finds where the next line that begins with the delimiter begins, or the
 * end. */
static size_t find_delimiter(struct str text, struct str delimiter)
{
    size_t at = 0;
    for (;;) {
        struct str rest = str_from(text, at);
        size_t found = str_find_str(rest, delimiter);
        at += found;
        if (found == rest.len || at == 0 || text.ptr[at - 1] == '\n')
            return at;
        at++;
    }
}

static bool parse_multipart(struct str content_type, struct str body,
                            struct arena *arena, struct form *out)
{
    struct str boundary = parameter(content_type, STR("boundary"));
    if (!boundary.len || boundary.len > 70)
        return false;
    struct str delimiter =
        str_of(arena_format(arena, "--%.*s", STR_ARG(boundary)));
    body = str_from(body, find_delimiter(body, delimiter));
    while (body.len) {
        struct str line;
        body = str_from(body, delimiter.len);
        if (str_starts(body, STR("--")))
            return true;
        str_next_line(&body, &line);
        struct str part = {body.ptr, find_delimiter(body, delimiter)};
        body = str_from(body, part.len);
        struct form_field field = read_headers(&part);
        field.value = without_line_end(part);
        if (field.name.ptr)
            add_field(out, field);
    }
    return out->count > 0;
}

bool form_parse(struct str content_type, struct str body, struct arena *arena,
                struct form *out)
{
    struct str rest = content_type;
    struct str type = str_trim(str_cut(&rest, ';'));
    out->count = 0;
    if (str_equal_nocase(type, STR("application/x-www-form-urlencoded")))
        return parse_urlencoded(body, arena, out);
    if (str_equal_nocase(type, STR("multipart/form-data")))
        return parse_multipart(content_type, body, arena, out);
    return false;
}
