/* Checks a newsletter's texts and their placeholders, by a table of kinds. */
#include "digest/newsletters/text.h"

#include <ctype.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/document.h"

enum { LINE_MAX_BYTES = 500, MARKDOWN_MAX_BYTES = 20000 };

const struct text_kind text_kinds[] = {
    {"greeting", "Greeting, where no name is known", "", NULL, false},
    {"greeting_name", "Greeting with a name", "name", "name", false},
    {TEXT_INTRODUCTION, "Introduction, where an issue has none of its own", "",
     NULL, true},
    {"why", "Footer: why one gets this", "newsletter site", NULL, false},
    {"page_sign_up", "Sign-up page", "newsletter site", NULL, false},
    {"page_sign_up_after", "Sign-up page, below the button", "newsletter site",
     NULL, false},
    {"page_asked", "Page after signing up", "newsletter email site", NULL,
     false},
    {"notice_confirm_subject", "Confirmation mail: subject", "newsletter site",
     NULL, false},
    {"notice_confirm_title", "Confirmation mail: heading", "newsletter site",
     NULL, false},
    {"notice_confirm", "Confirmation mail: text", "newsletter site", NULL,
     false},
    {"notice_confirm_button", "Confirmation mail: button", "newsletter site",
     NULL, false},
    {"notice_confirm_why", "Confirmation mail: why it came", "newsletter site",
     NULL, false},
    {"page_confirm", "Confirmation page", "newsletter site", NULL, false},
    {"page_confirm_button", "Confirmation page: button", "newsletter site",
     NULL, false},
    {"page_confirmed_title", "Welcome page: heading", "newsletter site", NULL,
     false},
    {"page_confirmed", "Welcome page", "newsletter email site", NULL, false},
    {"page_leaving", "Leaving page", "newsletter email site", NULL, false},
    {"page_leave_button", "Leaving page: button", "newsletter site", NULL,
     false},
    {"page_left_title", "Page after leaving: heading", "newsletter site", NULL,
     false},
    {"page_left", "Page after leaving", "newsletter email site", NULL, false},
    {"page_return_button", "Page after leaving: button to come back",
     "newsletter site", NULL, false},
    {"page_why", "Page after leaving: the question", "newsletter site", NULL,
     false},
    {"page_thanked", "Page after an answer", "newsletter site", NULL, false},
    {"page_returned", "Page after coming back", "newsletter email site", NULL,
     false},
};
const size_t text_kind_count = ARRAY_SIZE(text_kinds);

const struct text_kind *text_kind_find(const char *name)
{
    for (size_t i = 0; i < text_kind_count; i++)
        if (strcmp(text_kinds[i].name, name) == 0)
            return &text_kinds[i];
    return NULL;
}

/* ---- checking ---- */

static bool is_among(const char *fills, struct str name)
{
    struct str rest = str_of(fills);
    while (rest.len)
        if (str_equal(str_cut(&rest, ' '), name))
            return true;
    return false;
}

static bool is_name(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!isalnum((unsigned char)text.ptr[i]) && text.ptr[i] != '_')
            return false;
    return text.len > 0;
}

static bool fail_fill(const struct text_kind *kind, struct str name,
                      struct err *err)
{
    OWNED(strbuf_free) struct strbuf all = STRBUF_INIT;
    struct str rest = str_of(kind->fills);
    while (rest.len) {
        struct str fill = str_cut(&rest, ' ');
        strbuf_add_format(&all, "%s{%.*s}", all.len ? ", " : "", STR_ARG(fill));
    }
    if (!all.len)
        return err_set(err, ERR_INPUT,
                       "%s: {%.*s} stays as it is there: this text names "
                       "nothing in braces",
                       kind->name, STR_ARG(name));
    return err_set(err, ERR_INPUT,
                   "%s: {%.*s} isn't known there; it may name %s", kind->name,
                   STR_ARG(name), strbuf_text(&all));
}

/* Checks the names in braces; braces around anything else are text. */
static bool check_fills(const struct text_kind *kind, const char *text,
                        struct err *err)
{
    struct str rest = str_of(text);
    bool has_needed = !kind->needs;
    while (rest.len) {
        size_t open = str_find(rest, '{');
        if (open == rest.len)
            break;
        rest = str_from(rest, open + 1);
        size_t close = str_find(rest, '}');
        struct str name = {rest.ptr, close};
        if (close == rest.len || !is_name(name))
            continue;
        if (!is_among(kind->fills, name))
            return fail_fill(kind, name, err);
        has_needed |= kind->needs && str_equal(name, str_of(kind->needs));
    }
    return has_needed || err_set(err, ERR_INPUT, "%s: has to name {%s}",
                                 kind->name, kind->needs);
}

static bool check_markdown(const struct text_kind *kind, const char *text,
                           struct err *err)
{
    OWNED(document_release) struct document *document = NULL;
    return document_from_markdown(str_of(text), NULL, &document, err) ||
           err_context(err, "%s", kind->name);
}

bool text_check(const struct text_kind *kind, const char *text, struct err *err)
{
    size_t most = kind->is_markdown ? MARKDOWN_MAX_BYTES : LINE_MAX_BYTES;
    if (strlen(text) > most)
        return err_set(err, ERR_INPUT, "%s: has %zu bytes; %zu are the most",
                       kind->name, strlen(text), most);
    if (utf8_invalid_at(str_of(text)) < strlen(text))
        return err_set(err, ERR_INPUT, "%s: isn't UTF-8", kind->name);
    if (!str_trim(str_of(text)).len)
        return err_set(err, ERR_INPUT, "%s: is empty", kind->name);
    for (const char *c = text; *c && !kind->is_markdown; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return err_set(err, ERR_INPUT,
                           "%s: holds a line break or another control "
                           "character; give it in one line",
                           kind->name);
    return check_fills(kind, text, err) &&
           (!kind->is_markdown || check_markdown(kind, text, err));
}

/* ---- finding ---- */

const char *text_for(const struct text_list *list, const char *language,
                     const char *name)
{
    struct str wanted = str_of(language);
    const char *best = NULL;
    size_t best_length = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct text *text = &list->items[i];
        struct str tag = str_of(text->language);
        if (strcmp(text->name, name) != 0 || !str_starts_nocase(wanted, tag) ||
            (wanted.len > tag.len && wanted.ptr[tag.len] != '-') ||
            (best && tag.len < best_length))
            continue;
        best = text->text;
        best_length = tag.len;
    }
    return best;
}
