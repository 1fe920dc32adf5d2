/* Finds the parts of a mail whose boundary isn't the one it names. */
#include "subscribers/bounces/mend_internal.h"

enum { BOUNDARY_MAX = 200 };

static bool may_be_boundary(struct str line)
{
    if (!str_starts(line, STR("--")) || line.len < 5 || line.len > BOUNDARY_MAX)
        return false;
    for (size_t i = 2; i < line.len; i++)
        if (line.ptr[i] <= ' ' || line.ptr[i] > '~' || line.ptr[i] == '"' ||
            line.ptr[i] == '\\')
            return false;
    return true;
}

/* A line "--X" with a line "Content-…:" right behind it, at the beginning: a
 * returned mail further down has parts of its own. */
enum { PREAMBLE_MAX = 3 };

static bool find_boundary(struct str body, struct str *boundary)
{
    struct str line, before = STR("");
    unsigned preamble = 0;
    while (preamble <= PREAMBLE_MAX + 1 && str_next_line(&body, &line)) {
        if (str_starts_nocase(line, STR("Content-")) &&
            may_be_boundary(before)) {
            *boundary = str_from(before, 2);
            return true;
        }
        before = str_trim(line);
        preamble += before.len > 0;
    }
    return false;
}

bool mend_parts(struct str body, struct strbuf *out)
{
    struct str boundary;
    if (!find_boundary(body, &boundary))
        return false;
    strbuf_add_format(out,
                      "MIME-Version: 1.0\n"
                      "Content-Type: multipart/mixed; boundary=\"%.*s\"\n\n",
                      STR_ARG(boundary));
    strbuf_add_str(out, body);
    return true;
}

/* The boundary that a Content-Type names; quoted or not. */
static struct str named_boundary(struct str content_type)
{
    const char *at =
        content_type.ptr ? strcasestr(content_type.ptr, "boundary=") : NULL;
    if (!at || at >= content_type.ptr + content_type.len)
        return STR("");
    struct str rest =
        str_from(content_type, (size_t)(at - content_type.ptr) + 9);
    if (rest.len && rest.ptr[0] == '"') {
        rest = str_from(rest, 1);
        return (struct str){rest.ptr, str_find(rest, '"')};
    }
    rest.len = str_find(rest, ';');
    return str_trim(rest);
}

bool mend_is_due(struct str content_type, struct str body)
{
    struct str boundary = named_boundary(content_type), line;
    if (!boundary.len)
        return false;
    while (str_next_line(&body, &line))
        if (str_starts(line, STR("--")) &&
            str_equal(str_trim(str_from(line, 2)), boundary))
            return false;
    return true;
}
