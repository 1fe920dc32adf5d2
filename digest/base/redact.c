/* Finds and covers somebody's names and addresses in a text, at word bounds. */
#include "digest/base/redact.h"

#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"

void redaction_free(struct redaction *redaction)
{
    for (size_t i = 0; i < redaction->count; i++)
        free(redaction->words[i]);
    free(redaction->words);
    *redaction = (struct redaction){0};
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void redaction_add(struct redaction *redaction, struct str word)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < word.len; i++)
        strbuf_add_char(&text, lower(word.ptr[i]));
    for (size_t i = 0; i < redaction->count; i++)
        if (strcmp(redaction->words[i], strbuf_text(&text)) == 0)
            return;
    if (text.len)
        MEM_PUSH(redaction->words, redaction->count, redaction->capacity,
                 strbuf_take(&text));
}

void redaction_add_address(struct redaction *redaction, struct str email)
{
    static const char *const forms[] = {"%.*s@%.*s", "%.*s=%.*s",
                                        "%.*s%%40%.*s"};
    size_t at = email.len;
    while (at && email.ptr[at - 1] != '@')
        at--;
    if (at < 2 || at == email.len)
        return;
    struct str local = {email.ptr, at - 1}, domain = str_from(email, at);
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        OWNED(mem_free)
        char *form = mem_format(forms[i], STR_ARG(local), STR_ARG(domain));
        redaction_add(redaction, str_of(form));
    }
    OWNED(mem_free)
    char *turned = mem_format("%.*s=%.*s", STR_ARG(domain), STR_ARG(local));
    redaction_add(redaction, str_of(turned));
}

/* Bytes above ASCII are letters of some script. */
static bool is_inner(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static bool is_joiner(char c)
{
    return c == '.' || c == '-' || c == '_' || c == '+';
}

/* Whether the text goes on beyond the word at that side: with a letter, or in
 * an address with one behind a joiner (mary.ann@…, ann@example.org.uk). */
static bool goes_on(struct str text, size_t at, bool backwards, bool joined)
{
    size_t left = backwards ? at : text.len - at;
    const char *next = backwards ? text.ptr + at - 1 : text.ptr + at;
    if (!left)
        return false;
    if (is_inner(*next))
        return true;
    return joined && left > 1 && is_joiner(*next) &&
           is_inner(backwards ? next[-1] : next[1]);
}

static bool stands_at(const char *word, struct str text, size_t at)
{
    size_t length = strlen(word);
    bool plain = strchr(word, '@') != NULL;
    if (length > text.len - at)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(text.ptr[at + i]) != word[i])
            return false;
    return !(is_inner(word[0]) && goes_on(text, at, true, plain)) &&
           !(is_inner(word[length - 1]) &&
             goes_on(text, at + length, false, plain));
}

/* The length of the longest word that stands there; 0: none does. */
static size_t find_at(const struct redaction *redaction, struct str text,
                      size_t at)
{
    size_t longest = 0;
    char first = lower(text.ptr[at]);
    for (size_t i = 0; i < redaction->count; i++) {
        const char *word = redaction->words[i];
        if (word[0] == first && stands_at(word, text, at) &&
            strlen(word) > longest)
            longest = strlen(word);
    }
    return longest;
}

bool redaction_finds(const struct redaction *redaction, struct str text)
{
    for (size_t at = 0; at < text.len; at++)
        if (find_at(redaction, text, at))
            return true;
    return false;
}

void redaction_write(const struct redaction *redaction, struct str text,
                     struct strbuf *out)
{
    for (size_t at = 0; at < text.len;) {
        size_t length = find_at(redaction, text, at);
        if (length)
            strbuf_add_text(out, REDACTED);
        else
            strbuf_add_char(out, text.ptr[at]);
        at += length ? length : 1;
    }
}
