/* The inside of a style sheet, and elements as selectors see them; for the
 * files of this room alone. */
#ifndef DIGEST_RENDERER_CSS_SHEET_INTERNAL_H
#define DIGEST_RENDERER_CSS_SHEET_INTERNAL_H

#include <stdint.h>

#include "digest/base/arena.h"
#include "digest/renderer/css_inline.h"

/* ---- declarations ---------------------------------------------------- */

struct css_declaration {
    struct str name; /* in lower case, but for --custom ones */
    struct str value;
    bool is_important;
};

struct css_rule {
    struct css_declaration *declarations;
    size_t count, capacity;
};

/* Reads "name: value; …" into the rule. Gives the offset of what can't be
 * read, or SIZE_MAX when all could. Names and values are in the arena, or
 * views of `text`. */
size_t css_declarations_parse(struct str text, struct arena *arena,
                              struct css_rule *rule);

/* Offset of `byte` outside strings, comments and brackets; text.len when
 * there is none. */
size_t css_find(struct str text, char byte);

/* The end of a string, a comment or a bracketed part that begins at `at`; at +
 * 1 for any other character. */
size_t css_step(struct str text, size_t at);

/* ---- selectors ------------------------------------------------------- */

struct css_attribute_test {
    struct str name, value;
    char relation; /* '\0': it is there; else = ~ | ^ $ * */
    bool ignores_case;
};

/* A compound of a selector: conditions on one element, and on others further
 * out. */
struct css_compound {
    struct str type; /* empty: any */
    struct str id;
    struct str *classes;
    size_t class_count, class_capacity;
    struct css_attribute_test *tests;
    size_t test_count, test_capacity;
    bool is_first_child;
    char combinator; /* to `outer`: ' ' or '>' */
    struct css_compound *outer;
};

struct css_selector {
    struct css_compound *key; /* the innermost */
    uint64_t outer_names;     /* that ancestors must have: css_name_bit */
    unsigned specificity;
    unsigned order;
    const struct css_rule *rule;
};

/* How a selector can be used. */
enum css_use {
    CSS_INLINE,     /* it can be matched here */
    CSS_KEPT,       /* only a mail client can: :hover, ::before, a + b */
    CSS_UNREADABLE, /* it isn't a selector */
};

/* Reads one selector (no list) into the arena. */
enum css_use css_selector_parse(struct str text, struct arena *arena,
                                struct css_selector *out);

/* ---- elements -------------------------------------------------------- */

struct css_attribute {
    struct str name, value;
    size_t start, end; /* of the whole, in the HTML */
};

struct css_element {
    struct str name, id, classes;
    const struct css_attribute *attributes;
    size_t attribute_count;
    bool is_first_child;
    uint64_t names; /* its own and its ancestors': css_name_bit */
};

/* A number for an id ('#'), a class ('.') or a type ('t'); the case of ASCII
 * letters makes no difference. */
unsigned css_name_hash(char kind, struct str word);

/* One bit of 64 for it. Where a bit is missing among an element's ancestors
 * no selector that needs it can match, which is seen without looking at
 * them. */
uint64_t css_name_bit(char kind, struct str word);

/* The word at the front of a class attribute; empty at the end. */
struct str css_next_class(struct str *classes);

/* Whether a selector matches the last of the elements; those before it are
 * its ancestors, outermost first. */
bool css_selector_matches(const struct css_selector *selector,
                          const struct css_element *elements, size_t count);

/* ---- the sheet ------------------------------------------------------- */

/* Selectors under what their innermost part names: a selector is tried only
 * on elements that have its id, a class of it, or its type. */
struct css_index_entry {
    struct str word;
    char kind; /* '#', '.', 't', or '*' for those that name nothing */
    const struct css_selector *selector;
    struct css_index_entry *next;
};

enum { CSS_BUCKETS = 512 };

struct css_sheet {
    struct arena arena;
    struct css_index_entry *buckets[CSS_BUCKETS];
    struct strbuf kept;
    unsigned selector_count;
};

/* The entries that may hold `word`; entries of other words among them. */
const struct css_index_entry *css_index_find(const struct css_sheet *sheet,
                                             char kind, struct str word);

/* ---- style attributes ------------------------------------------------ */

struct css_style_item {
    struct str name, value;
    const struct css_rule *from;
};

/* Declarations in effect, the last one of a name counting. */
struct css_style {
    struct css_style_item *items;
    size_t count, capacity;
};

/* Adds the rule's declarations that are important, or those that aren't. What
 * they override goes, parts of shorthands too; order is kept. */
void css_style_add(struct css_style *style, const struct css_rule *rule,
                   bool important);

/* The value in effect, or an empty view. */
struct str css_style_value(const struct css_style *style, const char *name);

/* Appends the style as an attribute's value, escaped. */
void css_style_write(const struct css_style *style, struct strbuf *out);

/* Appends the attributes that Outlook's Word engine wants said in HTML:
 * those of the element's that aren't there yet. */
void css_style_write_attributes(const struct css_style *style,
                                const struct css_element *element,
                                struct strbuf *out);

#endif
