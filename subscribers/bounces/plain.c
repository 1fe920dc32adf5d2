/* Makes plain text of HTML, for the phrases in it. */
#include "subscribers/bounces/plain_internal.h"

#include <ctype.h>

#include "digest/base/mem.h"

/* ---- pages ---- */

static const char *const breaking[] = {
    "br",  "p",      "/p",         "div",         "/div", "tr",  "/tr",
    "li",  "/li",    "h1",         "h2",          "h3",   "/h1", "/h2",
    "/h3", "/table", "blockquote", "/blockquote", "hr",
};

static const struct {
    const char *name;
    char text;
} entities[] = {{"&lt;", '<'},   {"&gt;", '>'},   {"&amp;", '&'},
                {"&quot;", '"'}, {"&nbsp;", ' '}, {"&#39;", '\''},
                {"&apos;", '\''}};

static bool breaks_line(struct str tag)
{
    size_t length = 0;
    while (length < tag.len && !isspace((unsigned char)tag.ptr[length]) &&
           (tag.ptr[length] != '/' || length == 0))
        length++;
    for (size_t i = 0; i < ARRAY_SIZE(breaking); i++)
        if (str_equal_nocase((struct str){tag.ptr, length},
                             str_of(breaking[i])))
            return true;
    return false;
}

static size_t add_entity(struct str rest, struct strbuf *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(entities); i++)
        if (str_starts_nocase(rest, str_of(entities[i].name))) {
            strbuf_add_char(out, entities[i].text);
            return strlen(entities[i].name);
        }
    strbuf_add_char(out, '&');
    return 1;
}

/* Style and script hold no text; an unclosed one ends the page. */
static size_t hidden_length(struct str rest)
{
    static const char *const hidden[][2] = {
        {"<style", "</style"}, {"<script", "</script"}, {"<!--", "-->"}};
    for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
        if (str_starts_nocase(rest, str_of(hidden[i][0]))) {
            const char *end = strcasestr(rest.ptr + 1, hidden[i][1]);
            return end ? (size_t)(end - rest.ptr) : rest.len;
        }
    return 0;
}

void plain_of_html(struct str html, struct strbuf *out)
{
    OWNED(mem_free) char *copy = mem_copy_n(html.ptr, html.len);
    struct str rest = {copy, html.len};
    while (rest.len) {
        size_t taken = hidden_length(rest);
        if (!taken && rest.ptr[0] == '<') {
            struct str tag = str_from(rest, 1);
            tag.len = str_find(tag, '>');
            if (breaks_line(tag))
                strbuf_add_char(out, '\n');
            taken = tag.len + 2 < rest.len ? tag.len + 2 : rest.len;
        } else if (!taken && rest.ptr[0] == '&') {
            taken = add_entity(rest, out);
        } else if (!taken) {
            strbuf_add_char(out, rest.ptr[0]);
            taken = 1;
        }
        rest = str_from(rest, taken);
    }
}
