/* Finds the address in a cell, and the name beside it. */
#include "subscribers/consent/import_cell_internal.h"

/* A name in quotes, with its quoted pairs (RFC 5322 §3.2.4), or as it is. */
static void add_name(struct strbuf *out, struct str text)
{
    text = str_trim(text);
    bool quoted = text.len >= 2 && text.ptr[0] == text.ptr[text.len - 1] &&
                  (text.ptr[0] == '"' || text.ptr[0] == '\'');
    if (quoted)
        text = (struct str){text.ptr + 1, text.len - 2};
    for (size_t i = 0; i < text.len; i++) {
        if (quoted && text.ptr[i] == '\\' && i + 1 < text.len)
            i++;
        strbuf_add_char(out, text.ptr[i]);
    }
    /* Outlook writes the address in place of a name that it doesn't know. */
    if (str_find(strbuf_str(out), '@') < out->len)
        strbuf_cut(out, 0);
}

static size_t find_last(struct str text, char byte)
{
    size_t at = text.len;
    while (at > 0 && text.ptr[at - 1] != byte)
        at--;
    return at ? at - 1 : text.len;
}

static struct str without_scheme(struct str text)
{
    static const struct str scheme = {"mailto:", 7};
    return str_starts_nocase(text, scheme) ? str_from(text, scheme.len) : text;
}

struct str import_cell_address(struct str cell, struct strbuf *name)
{
    strbuf_cut(name, 0);
    struct str text = cell;
    text.len = str_find_str(text, STR(" ::: "));
    text = str_trim(text);
    bool pointed = str_ends(text, STR(">"));
    if (!pointed && !str_ends(text, STR(")")))
        return without_scheme(text);
    size_t open = find_last(text, pointed ? '<' : '(');
    if (open == text.len)
        return text;
    struct str before = {text.ptr, open};
    struct str inside = {text.ptr + open + 1, text.len - open - 2};
    add_name(name, pointed ? before : inside);
    return without_scheme(str_trim(pointed ? inside : before));
}
