/* Leaves the words of what a mail system says. */
#include "digest/message/plain_words.h"

#include <ctype.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/message/status.h"

/* ---- addresses ---- */

static bool is_local_byte(char c)
{
    return (unsigned char)c >= 0x80 || isalnum((unsigned char)c) ||
           strchr("!#$%&'*+-/=?^_`{|}~.", c);
}

static bool is_domain_byte(char c)
{
    return (unsigned char)c >= 0x80 || isalnum((unsigned char)c) || c == '-' ||
           c == '.';
}

enum { LOCAL_MAX = 256 };

size_t plain_next_address(struct str text, size_t from, size_t *length)
{
    for (size_t at = from; at < text.len; at++) {
        if (text.ptr[at] != '@')
            continue;
        size_t begin = at, end = at + 1;
        while (begin > from && at - begin < LOCAL_MAX && text.ptr[begin - 1] &&
               is_local_byte(text.ptr[begin - 1]))
            begin--;
        while (end < text.len && is_domain_byte(text.ptr[end]))
            end++;
        while (end > at + 1 && strchr(".-", text.ptr[end - 1]))
            end--;
        while (begin < at && strchr("'`.", text.ptr[begin]))
            begin++;
        if (begin == at || end == at + 1)
            continue;
        *length = end - begin;
        return begin;
    }
    return text.len;
}

/* ---- words ---- */

static bool is_url(struct str word)
{
    return str_find_str(word, STR("://")) < word.len ||
           str_starts_nocase(word, STR("www."));
}

/* Adds a word without its address; text glued to that stays: <a@b>:User
 * unknown. */
static void add_word(struct str word, struct strbuf *out)
{
    size_t length, at = plain_next_address(word, 0, &length);
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
