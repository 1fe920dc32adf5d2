/* Asking the table of kinds. */
#include "digest/sources/source_kind_internal.h"

#include <string.h>

#include "digest/base/mem.h"

enum { LOOK_AT = 4096 };

const struct source_kind *source_kind_find(const char *name)
{
    for (size_t i = 0; source_kinds[i]; i++)
        if (strcmp(source_kinds[i]->name, name) == 0)
            return source_kinds[i];
    return NULL;
}

const char *source_kind_noun(const char *name)
{
    const struct source_kind *kind = source_kind_find(name);
    return kind && kind->source_noun ? kind->source_noun : name;
}

void source_kind_add_names(struct strbuf *out)
{
    const struct source_kind *last = NULL, *before = NULL;
    for (size_t i = 0; source_kinds[i]; i++) {
        if (!source_kinds[i]->read)
            continue;
        if (before)
            strbuf_add_format(out, "%s, ", before->name);
        before = last;
        last = source_kinds[i];
    }
    if (before)
        strbuf_add_format(out, "%s or ", before->name);
    if (last)
        strbuf_add_text(out, last->name);
}

bool source_has_word(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strstr(text, *words))
            return true;
    return false;
}

bool source_name_ends(const char *name, const char *const *suffixes)
{
    struct str text = str_of(name);
    for (; suffixes && *suffixes; suffixes++) {
        struct str suffix = str_of(*suffixes);
        if (text.len >= suffix.len &&
            str_equal_nocase(str_from(text, text.len - suffix.len), suffix))
            return true;
    }
    return false;
}

/* The beginning in small letters, without the zeros of UTF-16. */
static void look_at(struct str bytes, struct strbuf *out)
{
    for (size_t i = 0; i < bytes.len && i < LOOK_AT; i++) {
        char c = bytes.ptr[i];
        if (c)
            strbuf_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
    }
}

const struct source_kind *source_kind_recognise(const char *name,
                                                struct str bytes)
{
    OWNED(strbuf_free) struct strbuf look = STRBUF_INIT;
    const struct source_kind *surest = NULL;
    enum source_sureness most = SOURCE_NO;
    look_at(bytes, &look);
    for (size_t i = 0; source_kinds[i] && most < SOURCE_BY_MARK; i++) {
        const struct source_kind *kind = source_kinds[i];
        enum source_sureness sure =
            kind->recognise ? kind->recognise(name, strbuf_text(&look))
                            : SOURCE_NO;
        if (sure > most) {
            most = sure;
            surest = kind;
        }
    }
    return surest;
}

bool source_kind_may_be(const struct source_kind *kind, const char *name)
{
    if (kind)
        return source_name_ends(name, kind->suffixes);
    for (size_t i = 0; source_kinds[i]; i++)
        if (source_name_ends(name, source_kinds[i]->suffixes))
            return true;
    return false;
}
