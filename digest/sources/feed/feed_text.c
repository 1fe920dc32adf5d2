/* Tells HTML from plain text in a feed, and reads names of people. */
#include "digest/sources/feed/feed_parts_internal.h"

#include "digest/base/mem.h"
#include "digest/document/document.h"
#include "digest/document/html_names.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_reference(const char *text)
{
    const char *end = strchr(text, ';');
    if (!end || end - text < 2)
        return false;
    if (text[1] != '#')
        return html_name_at(str_of(text), false).length ==
               (size_t)(end - text) + 1;
    return strspn(text + 2, "0123456789abcdefABCDEFxX") ==
           (size_t)(end - text) - 2;
}

static bool is_tag(const char *text)
{
    return (is_letter(text[1]) || text[1] == '/' || text[1] == '!') &&
           strchr(text, '>');
}

bool feed_looks_like_html(const char *text)
{
    for (const char *c = text; (c = strpbrk(c, "<&")); c++)
        if (*c == '<' ? is_tag(c) : is_reference(c))
            return true;
    return false;
}

const char *feed_words(struct arena *arena, const char *html)
{
    struct err ignored;
    OWNED(document_release) struct document *document = NULL;
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    if (!document_from_html(str_of(html), NULL, &document, &ignored))
        return html;
    document_to_words(document, &words);
    return arena_copy(arena, strbuf_text(&words));
}

static struct str inside(struct str text, char open, char close)
{
    struct str rest = str_from(text, str_find(text, open));
    rest = str_from(rest, rest.len > 0);
    rest.len = str_find(rest, close);
    return str_trim(rest);
}

static bool is_address(struct str text)
{
    return str_find(text, '@') < text.len && str_find(text, ' ') == text.len;
}

const char *feed_person(struct arena *arena, const char *text)
{
    struct str whole = str_trim(str_of(text));
    struct str before = whole;
    before.len = str_find(whole, '<');
    before = str_trim(before);
    struct str name = whole;
    if (before.len < whole.len && is_address(inside(whole, '<', '>')))
        name = before;
    else if (str_find(whole, '@') < str_find(whole, '('))
        name = inside(whole, '(', ')');
    else if (is_address(inside(whole, '(', ')')))
        name = str_trim((struct str){whole.ptr, str_find(whole, '(')});
    if (name.len == 0 || is_address(name))
        return NULL;
    return arena_copy_str(arena, name);
}
