/* Reads the expectations at the top of the corpus's feeds: Python
 * expressions such as
 *     not bozo and entries[0]['title'] == 'x' and feed['link'] == 'y'
 * as far as they compare the path of a field with a literal. */
#ifndef TESTS_SOURCES_EXPECTATION_H
#define TESTS_SOURCES_EXPECTATION_H

#include <stdio.h>
#include <stdlib.h>

#include "digest/base/strbuf.h"

struct comparison {
    char path[128]; /* "entries.0.title", "feed.image.href" */
    struct strbuf value;
};

/* Appends one Python string literal; false when *text doesn't begin with
 * one. Moves *text behind it. */
static bool take_literal(struct str *text, struct strbuf *out)
{
    struct str rest = str_trim(*text), end = {"\"\"\"", 3};
    if (str_starts(rest, STR("u")))
        rest = str_from(rest, 1);
    if (!str_starts(rest, end))
        end = (struct str){rest.ptr, 1};
    if (rest.len == 0 || (rest.ptr[0] != '\'' && rest.ptr[0] != '"'))
        return false;
    rest = str_from(rest, end.len);
    while (rest.len && !str_starts(rest, end)) {
        char c = rest.ptr[0];
        rest = str_from(rest, 1);
        if (c != '\\' || !rest.len) {
            strbuf_add_char(out, c);
            continue;
        }
        size_t digits = rest.ptr[0] == 'x' ? 2 : rest.ptr[0] == 'u' ? 4 : 0;
        if (digits && rest.len > digits) {
            char hex[5] = {0};
            memcpy(hex, rest.ptr + 1, digits);
            strbuf_add_utf8(out, (unsigned)strtoul(hex, NULL, 16));
        } else {
            strbuf_add_char(out, rest.ptr[0] == 'n' ? '\n' : rest.ptr[0]);
        }
        rest = str_from(rest, 1 + digits);
    }
    *text = str_from(rest, end.len);
    return true;
}

/* entries[0]['title'] or entries[0].title becomes entries.0.title. */
static bool take_path(struct str *text, char *out, size_t size)
{
    struct str rest = str_trim(*text);
    size_t length = 0;
    bool is_known =
        str_starts(rest, STR("feed")) || str_starts(rest, STR("entries["));
    while (is_known && rest.len && length + 1 < size) {
        char c = rest.ptr[0];
        if (strchr(" =)", c))
            break;
        if (c == '[' || c == '.')
            out[length++] = '.';
        else if (c != ']' && c != '\'' && c != '"')
            out[length++] = c;
        rest = str_from(rest, 1);
    }
    out[length] = '\0';
    *text = rest;
    return length > 0;
}

/* (2003, 12, 31, 10, 14, 55, …) becomes 2003-12-31T10:14:55Z. */
static bool take_time(struct str *text, struct strbuf *out)
{
    int y, m, d, h, i, s;
    struct str rest = str_trim(*text);
    if (sscanf(rest.ptr, "(%d, %d, %d, %d, %d, %d", &y, &m, &d, &h, &i, &s) !=
        6)
        return false;
    strbuf_add_format(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, h, i, s);
    *text = str_from(rest, str_find(rest, ')') + 1);
    return true;
}

/* Moves *text past the next comparison; false when there is none left. */
static bool next_comparison(struct str *text, struct comparison *out)
{
    while (text->len) {
        struct str rest = *text;
        if (take_path(&rest, out->path, sizeof out->path)) {
            rest = str_trim(rest);
            struct str behind = str_from(rest, 2);
            strbuf_cut(&out->value, 0);
            char other[128];
            while (str_starts(rest, STR("==")) &&
                   take_path(&behind, other, sizeof other)) {
                rest = str_trim(behind);
                behind = str_from(rest, 2);
            }
            if (str_starts(rest, STR("==")) &&
                (take_literal(&behind, &out->value) ||
                 take_time(&behind, &out->value))) {
                *text = behind;
                return true;
            }
        }
        *text = str_from(*text, 1);
    }
    return false;
}

#endif
