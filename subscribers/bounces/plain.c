#include "subscribers/bounces/plain.h"

#include <ctype.h>

#include "digest/base/mem.h"
#include "subscribers/bounces/prose.h"
#include "subscribers/bounces/status.h"

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

/* ---- words ---- */

static bool is_url(struct str word)
{
    return str_find_str(word, STR("://")) < word.len ||
           str_starts_nocase(word, STR("www."));
}

/* Only the address goes, not what is glued to it: <a@b>:User unknown. */
static void add_word(struct str word, struct strbuf *out)
{
    size_t length, at = prose_next_address(word, 0, &length);
    if (at < word.len) {
        strbuf_add_char(out, '@');
        word = str_from(word, at + length);
    }
    for (size_t i = 0; i < word.len; i++)
        strbuf_add_char(out, (char)tolower((unsigned char)word.ptr[i]));
}

/* The typographic apostrophe, as people type it. */
static void straighten(struct strbuf *text, size_t from)
{
    char *quote;
    while ((quote = strstr(text->ptr + from, "\xe2\x80\x99")) != NULL) {
        *quote = '\'';
        memmove(quote + 1, quote + 3, strlen(quote + 3) + 1);
        text->len -= 2;
    }
}

void plain_words(struct str text, struct strbuf *out)
{
    size_t start = out->len;
    for (size_t i = 0; i < text.len;) {
        size_t begin = i;
        while (i < text.len && !isspace((unsigned char)text.ptr[i]))
            i++;
        struct str word = {text.ptr + begin, i - begin};
        if (word.len && !is_url(word) && !status_is_code(word) &&
            !str_equal(word, STR(">"))) {
            if (out->len > start)
                strbuf_add_char(out, ' ');
            add_word(word, out);
        }
        while (i < text.len && isspace((unsigned char)text.ptr[i]))
            i++;
    }
    if (out->len > start)
        straighten(out, start);
}
