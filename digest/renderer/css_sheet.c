/* A style sheet: its rules read, sorted into those to inline and those to
 * keep, and indexed. */
#include "digest/renderer/css_sheet_internal.h"

#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

enum { CSS_BYTES_MAX = 1 << 20, IMPORTS_DEEP_MAX = 8 };

struct sheet_reader {
    struct css_sheet *sheet;
    struct str text;
    size_t at;
    const char *file;
    const struct css_library *library; /* NULL: nothing is imported */
    unsigned depth;
};

static bool fail(const struct sheet_reader *r, size_t at, struct err *err,
                 const char *what)
{
    unsigned line = 1, column = 1;
    for (size_t i = 0; i < at && i < r->text.len;) {
        bool ends = r->text.ptr[i] == '\n';
        utf8_next(r->text, &i);
        line += ends;
        column = ends ? 1 : column + 1;
    }
    return err_set(err, ERR_INPUT, "%s:%u:%u: %s", r->file, line, column, what);
}

/* ---- the index ------------------------------------------------------- */

const struct css_index_entry *css_index_find(const struct css_sheet *sheet,
                                             char kind, struct str word)
{
    return sheet->buckets[css_name_hash(kind, word) % CSS_BUCKETS];
}

static void index_selector(struct css_sheet *sheet,
                           const struct css_selector *selector)
{
    const struct css_compound *key = selector->key;
    struct css_index_entry *entry =
        ARENA_NEW(&sheet->arena, struct css_index_entry);
    entry->selector = selector;
    if (key->id.len) {
        entry->kind = '#';
        entry->word = key->id;
    } else if (key->class_count) {
        entry->kind = '.';
        entry->word = key->classes[0];
    } else if (key->type.len) {
        entry->kind = 't';
        entry->word = key->type;
    } else {
        entry->kind = '*';
    }
    struct css_index_entry **at =
        &sheet->buckets[css_name_hash(entry->kind, entry->word) % CSS_BUCKETS];
    entry->next = *at;
    *at = entry;
}

/* ---- what is kept ---------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool begins_comment(struct str text, size_t at)
{
    return text.ptr[at] == '/' && at + 1 < text.len && text.ptr[at + 1] == '*';
}

/* Whether a space between two characters means nothing. "a :hover" and
 * "red !important" are not the same without it. */
static bool is_idle_space(char before, char after)
{
    return strchr("{};,:", before) || strchr("{};,", after);
}

/* Keeps a rule's text without comments, and with no more white space than is
 * needed. */
static void keep(struct css_sheet *sheet, struct str text)
{
    char last = '{';
    bool space = false;
    for (size_t at = 0; at < text.len;) {
        char c = text.ptr[at];
        size_t end = at + 1;
        if (begins_comment(text, at) || c == '"' || c == '\'')
            end = css_step(text, at);
        if (is_blank(c) || begins_comment(text, at)) {
            space = true;
        } else {
            if (space && !is_idle_space(last, c))
                strbuf_add_char(&sheet->kept, ' ');
            space = false;
            strbuf_add(&sheet->kept, text.ptr + at, end - at);
            last = text.ptr[end - 1];
        }
        at = end;
    }
}

/* ---- rules ----------------------------------------------------------- */

static void skip_blanks(struct sheet_reader *r)
{
    while (r->at < r->text.len &&
           (is_blank(r->text.ptr[r->at]) || begins_comment(r->text, r->at)))
        r->at = css_step(r->text, r->at);
}

/* The offset of the } that ends the block whose { stands at `at`. */
static size_t end_of_block(struct str text, size_t at)
{
    unsigned open = 0;
    while (at < text.len) {
        char c = text.ptr[at];
        open += c == '{';
        open -= c == '}';
        if (open == 0)
            return at;
        at = css_step(text, at);
    }
    return text.len;
}

static bool read_all(struct sheet_reader *r, struct err *err);

/* The name in `@import "NAME"`, of a file that may be there. */
static bool import_name(struct str rule, struct str *name)
{
    *name = str_trim(str_from(rule, strlen("@import")));
    if (name->len < 3 || !strchr("\"'", name->ptr[0]) ||
        name->ptr[name->len - 1] != name->ptr[0])
        return false;
    *name = (struct str){name->ptr + 1, name->len - 2};
    return str_find_str(*name, STR(":")) == name->len &&
           str_find(*name, name->ptr[-1]) == name->len;
}

static bool read_import(struct sheet_reader *r, struct str rule,
                        struct err *err)
{
    OWNED(strbuf_free) struct strbuf css = STRBUF_INIT;
    struct arena *arena = &r->sheet->arena;
    struct str name;
    const char *file;
    struct err why = {0};
    if (!import_name(rule, &name))
        return fail(r, r->at, err,
                    "an @import names a style sheet of yours, as in @import "
                    "\"base.css\"; mail programs fetch none");
    if (r->depth == IMPORTS_DEEP_MAX)
        return fail(r, r->at, err, "this @import leads back to itself");
    if (!r->library->find(r->library->context, arena_copy_str(arena, name),
                          &css, &file, &why))
        return fail(r, r->at, err, why.text);
    struct sheet_reader imported = {
        .sheet = r->sheet,
        .text = {arena_copy_str(arena, strbuf_str(&css)), css.len},
        .file = file,
        .library = r->library,
        .depth = r->depth + 1};
    r->at += rule.len + 1;
    return read_all(&imported, err);
}

static bool read_at_rule(struct sheet_reader *r, struct err *err)
{
    struct str rest = str_from(r->text, r->at);
    size_t block = css_find(rest, '{'), end = css_find(rest, ';');
    if (block < end)
        end = end_of_block(rest, block);
    if (end >= rest.len)
        return fail(r, r->at, err, "this @ rule never ends");
    if (r->library && str_starts_nocase(rest, STR("@import")))
        return read_import(r, (struct str){rest.ptr, end}, err);
    keep(r->sheet, (struct str){rest.ptr, end + 1});
    strbuf_add_char(&r->sheet->kept, '\n');
    r->at += end + 1;
    return true;
}

/* A selector's text without the comments in it. */
static struct str selector_text(struct str text, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    for (size_t at = 0; at < text.len;) {
        size_t end = css_step(text, at);
        if (end > at + 1 && text.ptr[at] == '/')
            strbuf_add_char(&clean, ' ');
        else
            strbuf_add(&clean, text.ptr + at, end - at);
        at = end;
    }
    return str_trim(
        (struct str){arena_copy_str(arena, strbuf_str(&clean)), clean.len});
}

static bool read_selectors(struct sheet_reader *r, struct str list,
                           const struct css_rule *rule, struct strbuf *kept,
                           struct err *err)
{
    struct css_sheet *sheet = r->sheet;
    for (size_t from = 0; from <= list.len;) {
        struct str rest = str_from(list, from);
        size_t end = css_find(rest, ',');
        struct str text =
            selector_text((struct str){rest.ptr, end}, &sheet->arena);
        struct css_selector *selector =
            ARENA_NEW(&sheet->arena, struct css_selector);
        selector->rule = rule;
        selector->order = sheet->selector_count++;
        enum css_use use = css_selector_parse(text, &sheet->arena, selector);
        if (use == CSS_UNREADABLE)
            return fail(r, (size_t)(rest.ptr - r->text.ptr), err,
                        "this is not a selector that can be read");
        if (use == CSS_INLINE)
            index_selector(sheet, selector);
        else
            strbuf_add_format(kept, "%s%.*s", kept->len ? ", " : "",
                              STR_ARG(text));
        from += end + 1;
    }
    return true;
}

static bool read_rule(struct sheet_reader *r, struct err *err)
{
    struct str rest = str_from(r->text, r->at);
    size_t open = css_find(rest, '{');
    if (open == rest.len)
        return fail(r, r->at, err, "a selector without { after it");
    size_t close = end_of_block(rest, open);
    if (close == rest.len)
        return fail(r, r->at + open, err, "this { is never closed");
    struct str inside = {rest.ptr + open + 1, close - open - 1};
    if (css_find(inside, '{') < inside.len)
        return fail(r, r->at + open, err,
                    "a rule within a rule, or a } forgotten before");
    struct css_rule *rule = ARENA_NEW(&r->sheet->arena, struct css_rule);
    size_t bad = css_declarations_parse(inside, &r->sheet->arena, rule);
    if (bad != SIZE_MAX)
        return fail(r, r->at + open + 1 + bad, err,
                    "a declaration reads \"name: value;\"");
    OWNED(strbuf_free) struct strbuf kept = STRBUF_INIT;
    if (!read_selectors(r, (struct str){rest.ptr, open}, rule, &kept, err))
        return false;
    if (kept.len) {
        keep(r->sheet, strbuf_str(&kept));
        strbuf_add_char(&r->sheet->kept, '{');
        keep(r->sheet, inside);
        strbuf_add_text(&r->sheet->kept, "}\n");
    }
    r->at += close + 1;
    return true;
}

static bool read_all(struct sheet_reader *r, struct err *err)
{
    if (r->text.len > CSS_BYTES_MAX)
        return fail(r, 0, err, "a style sheet larger than 1 MB");
    for (;;) {
        skip_blanks(r);
        if (r->at >= r->text.len)
            break;
        bool good = r->text.ptr[r->at] == '@' ? read_at_rule(r, err)
                                              : read_rule(r, err);
        if (!good)
            return false;
    }
    if (str_find_str(strbuf_str(&r->sheet->kept), STR("</")) <
        r->sheet->kept.len)
        return fail(r, str_find_str(r->text, STR("</")), err,
                    "\"</\" would end the <style> that this goes into");
    return true;
}

/* ---- the public face ------------------------------------------------- */

bool css_sheet_parse(struct str css, const char *file, struct css_sheet **out,
                     struct err *err)
{
    return css_sheet_parse_with(NULL, css, file, out, err);
}

bool css_sheet_parse_with(const struct css_library *library, struct str css,
                          const char *file, struct css_sheet **out,
                          struct err *err)
{
    OWNED(css_sheet_release)
    struct css_sheet *sheet = MEM_NEW(struct css_sheet);
    if (str_starts(css, STR("\xef\xbb\xbf")))
        css = str_from(css, 3);
    struct str copy = {arena_copy_str(&sheet->arena, css), css.len};
    struct sheet_reader reader = {
        .sheet = sheet, .text = copy, .file = file, .library = library};
    if (!read_all(&reader, err))
        return false;
    *out = TAKE(sheet);
    return true;
}

void css_sheet_free(struct css_sheet *sheet)
{
    if (!sheet)
        return;
    strbuf_free(&sheet->kept);
    arena_free(&sheet->arena);
    free(sheet);
}

void css_sheet_release(struct css_sheet **sheet)
{
    css_sheet_free(*sheet);
    *sheet = NULL;
}

struct str css_sheet_kept(const struct css_sheet *sheet)
{
    return strbuf_str(&sheet->kept);
}
