/* Inlining: the walk over the markup, and each start tag's style. */
#include "digest/renderer/css_inline.h"

#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/renderer/css_sheet_internal.h"
#include "digest/renderer/html_walk_internal.h"

struct inliner {
    const struct css_sheet *sheet;
    struct html_walk walk;
    const struct css_selector **matched;
    size_t count, capacity;
    struct css_style style;
    struct strbuf *out;
};

static void free_inliner(struct inliner *i)
{
    html_walk_free(&i->walk);
    free(i->matched);
    free(i->style.items);
}

/* ---- which rules match ----------------------------------------------- */

static bool comes_before(const struct css_selector *a,
                         const struct css_selector *b)
{
    return a->specificity != b->specificity ? a->specificity < b->specificity
                                            : a->order < b->order;
}

static bool is_word(const struct css_index_entry *entry, char kind,
                    struct str word)
{
    return entry->kind == kind &&
           (kind == 't' ? str_equal_nocase(entry->word, word)
                        : str_equal(entry->word, word));
}

/* A rule counts once, by the strongest of its selectors that match. */
static void add_match(struct inliner *i, const struct css_selector *selector)
{
    size_t at = 0;
    while (at < i->count && i->matched[at]->rule != selector->rule)
        at++;
    if (at < i->count && !comes_before(i->matched[at], selector))
        return;
    if (at == i->count)
        MEM_PUSH(i->matched, i->count, i->capacity, selector);
    i->matched[at] = selector;
}

static void try_entries(struct inliner *i, char kind, struct str word)
{
    const struct css_index_entry *entry = css_index_find(i->sheet, kind, word);
    for (; entry; entry = entry->next)
        if (is_word(entry, kind, word) &&
            css_selector_matches(entry->selector, i->walk.open, i->walk.depth))
            add_match(i, entry->selector);
}

static int by_weight(const void *a, const void *b)
{
    const struct css_selector *const *first = a, *const *second = b;
    return comes_before(*first, *second) ? -1 : 1;
}

static void find_matches(struct inliner *i, struct css_element *element)
{
    i->count = 0;
    element->names =
        css_name_bit('t', element->name) |
        (i->walk.depth > 1 ? i->walk.open[i->walk.depth - 2].names : 0);
    try_entries(i, '*', STR(""));
    try_entries(i, 't', element->name);
    struct str classes = element->classes, word;
    while ((word = css_next_class(&classes)).len) {
        element->names |= css_name_bit('.', word);
        try_entries(i, '.', word);
    }
    if (element->id.len) {
        element->names |= css_name_bit('#', element->id);
        try_entries(i, '#', element->id);
    }
    if (i->count > 1)
        qsort(i->matched, i->count, sizeof(struct css_selector *), by_weight);
}

/* ---- the style attribute that is there ------------------------------- */

/* Character references of the kinds that stand in style attributes. */
static void decode(struct str value, struct strbuf *out)
{
    static const struct {
        const char *reference, *text;
    } known[] = {{"&quot;", "\""}, {"&#39;", "'"}, {"&#x27;", "'"},
                 {"&apos;", "'"},  {"&lt;", "<"},  {"&gt;", ">"},
                 {"&#34;", "\""},  {"&amp;", "&"}};
    while (value.len) {
        size_t plain = str_find(value, '&'), r = 0;
        strbuf_add(out, value.ptr, plain);
        value = str_from(value, plain);
        while (value.len && r < ARRAY_SIZE(known) &&
               !str_starts(value, str_of(known[r].reference)))
            r++;
        if (value.len && r < ARRAY_SIZE(known)) {
            strbuf_add_text(out, known[r].text);
            value = str_from(value, strlen(known[r].reference));
        } else if (value.len) {
            strbuf_add_char(out, '&');
            value = str_from(value, 1);
        }
    }
}

static const struct css_attribute *
style_attribute(const struct css_element *element)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (str_equal_nocase(element->attributes[i].name, STR("style")))
            return &element->attributes[i];
    return NULL;
}

static void read_own_style(const struct css_attribute *attribute,
                           struct arena *arena, struct css_rule *own)
{
    OWNED(strbuf_free) struct strbuf decoded = STRBUF_INIT;
    decode(attribute->value, &decoded);
    struct str copy = {arena_copy_str(arena, strbuf_str(&decoded)),
                       decoded.len};
    (void)css_declarations_parse(copy, arena, own);
}

/* ---- a start tag ----------------------------------------------------- */

static void find_style(struct inliner *i, const struct css_rule *own)
{
    i->style.count = 0;
    for (int important = 0; important < 2; important++) {
        for (size_t m = 0; m < i->count; m++)
            css_style_add(&i->style, i->matched[m]->rule, important);
        css_style_add(&i->style, own, important);
    }
}

static void write_style(struct inliner *i)
{
    strbuf_add_text(i->out, "style=\"");
    css_style_write(&i->style, i->out);
    strbuf_add_char(i->out, '"');
}

static void write_between(struct inliner *i, size_t from, size_t to)
{
    strbuf_add(i->out, i->walk.html.ptr + from, to - from);
}

static void write_tag(struct inliner *i)
{
    const struct html_walk *w = &i->walk;
    struct css_element *element = &w->open[w->depth - 1];
    const struct css_attribute *attribute = style_attribute(element);
    struct css_rule own = {0};
    find_matches(i, element);
    if (attribute)
        read_own_style(attribute, w->arena, &own);
    find_style(i, &own);
    size_t from = w->tag_start;
    if (attribute && i->count) {
        write_between(i, from, attribute->start);
        write_style(i);
        from = attribute->end;
    }
    write_between(i, from, w->insert_at);
    if (!attribute && i->style.count) {
        strbuf_add_char(i->out, ' ');
        write_style(i);
    }
    css_style_write_attributes(&i->style, element, i->out);
    write_between(i, w->insert_at, w->tag_end);
}

/* ---- all ------------------------------------------------------------- */

static void write_kept(struct inliner *i, struct str inside)
{
    size_t mark = str_find_str(inside, STR(CSS_KEPT_MARK));
    strbuf_add(i->out, inside.ptr, mark);
    if (mark == inside.len)
        return;
    strbuf_add_str(i->out, str_trim(css_sheet_kept(i->sheet)));
    strbuf_add_str(i->out, str_from(inside, mark + strlen(CSS_KEPT_MARK)));
}

bool css_inline(const struct css_sheet *sheet, struct str html,
                struct strbuf *out, struct err *err)
{
    (void)err;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(free_inliner)
    struct inliner i = {
        .sheet = sheet, .walk = {.html = html, .arena = &arena}, .out = out};
    size_t done = 0;
    while (html_walk_next(&i.walk)) {
        write_between(&i, done, i.walk.tag_start);
        write_tag(&i);
        done = i.walk.tag_end;
        struct str inside;
        if (html_walk_style(&i.walk, &inside)) {
            write_kept(&i, inside);
            done += inside.len;
        }
    }
    write_between(&i, done, html.len);
    return true;
}
