/* Checks that HTML can be read by all: languages, headings, tables, size. */
#include "digest/base/mem.h"
#include "digest/lint/check_internal.h"
#include "digest/renderer/capitals.h"

/* Gmail shows about 102 KB of a message, and hides the rest of it behind a
 * link, the way out with it. */
enum { SIZE_WARNS_AT = 80 * 1024, SIZE_FAILS_AT = 100 * 1024 };

static void check_size(struct lint *lint)
{
    struct lint_place place = {.part = LINT_HTML};
    size_t size = lint->html.len;
    if (size >= SIZE_WARNS_AT)
        lint_add(lint,
                 size < SIZE_FAILS_AT ? RULE_NEARLY_CLIPPED : RULE_CLIPPED,
                 &place, "has %zu KB; Gmail cuts a message at about 102 KB",
                 size / 1024);
}

/* ---- language and direction ------------------------------------------ */

static const struct markup_node *find(const struct lint *lint, const char *name)
{
    for (size_t i = 0; i < lint->markup.count; i++)
        if (markup_is(lint->markup.nodes[i], name))
            return lint->markup.nodes[i];
    return NULL;
}

static bool has_value(const struct markup_node *node, const char *name)
{
    const char *value = node ? markup_get(node, name) : NULL;
    return value && *value;
}

/* The element below <body> that holds everything, if it has the attribute:
 * Gmail and Outlook.com make a <div> of <body>, and drop <html>. */
static const struct markup_node *wrapper_with(const struct markup_node *body,
                                              const char *name)
{
    for (const struct markup_node *n = body ? body->first : NULL; n;
         n = n->next)
        if (n->kind == MARKUP_ELEMENT && has_value(n, name))
            return n;
    return NULL;
}

static void check_attribute(struct lint *lint, enum lint_rule rule,
                            const char *name)
{
    const struct markup_node *html = find(lint, "html");
    const struct markup_node *body = find(lint, "body");
    struct lint_place place = {.part = LINT_HTML, .element = "<html>"};
    if (html)
        markup_place(lint->markup.source, html->offset, &place.line,
                     &place.column);
    if (!has_value(html, name))
        lint_add(lint, rule, &place, "has no %s", name);
    if (!body)
        return;
    place = (struct lint_place){.part = LINT_HTML, .element = "<body>"};
    markup_place(lint->markup.source, body->offset, &place.line, &place.column);
    if (!wrapper_with(body, name))
        lint_add(lint, rule, &place,
                 "no element right inside it has %s, and Gmail drops that of "
                 "<html>",
                 name);
}

static void check_direction(struct lint *lint)
{
    const struct markup_node *html = find(lint, "html");
    const char *lang = html ? markup_get(html, "lang") : NULL;
    const char *dir = html ? markup_get(html, "dir") : NULL;
    if (!lang || !capitals_is_right_to_left(lang)) {
        check_attribute(lint, RULE_DIR, "dir");
        return;
    }
    struct lint_place place = {.part = LINT_HTML, .element = "<html>"};
    markup_place(lint->markup.source, html->offset, &place.line, &place.column);
    if (!dir || !str_equal_nocase(str_of(dir), STR("rtl")))
        lint_add(lint, RULE_DIR_RTL, &place,
                 "is in %s, which is written from right to left, and says %s",
                 lang, dir ? dir : "nothing of it");
    else
        check_attribute(lint, RULE_DIR, "dir");
}

static void check_title(struct lint *lint)
{
    const struct markup_node *title = find(lint, "title");
    struct lint_place place = {.part = LINT_HTML, .element = "<head>"};
    if (!title || !title->first || !str_trim(title->first->text).len)
        lint_add(lint, RULE_TITLE, &place, "has no title");
}

/* ---- headings -------------------------------------------------------- */

static unsigned heading_level(const struct markup_node *node)
{
    if (node->kind != MARKUP_ELEMENT || node->name[0] != 'h' ||
        strlen(node->name) != 2 || node->name[1] < '1' || node->name[1] > '6')
        return 0;
    return (unsigned)(node->name[1] - '0');
}

static void check_headings(struct lint *lint)
{
    unsigned last = 0, firsts = 0;
    for (size_t i = 0; i < lint->markup.count; i++) {
        const struct markup_node *node = lint->markup.nodes[i];
        unsigned level = heading_level(node);
        if (!level)
            continue;
        struct lint_place place = lint_at_node(node);
        if (level == 1 && ++firsts == 2)
            lint_add(lint, RULE_HEADING_FIRST, &place,
                     "is a second <h1> in one message");
        else if (!last && level > 1)
            lint_add(lint, RULE_HEADING_FIRST, &place,
                     "is the first heading, and no <h1>");
        else if (last && level > last + 1)
            lint_add(lint, RULE_HEADING_ORDER, &place, "follows <h%u>", last);
        last = level;
    }
    struct lint_place place = {.part = LINT_HTML, .element = "<body>"};
    if (!last)
        lint_add(lint, RULE_HEADING_FIRST, &place, "has no heading");
}

/* ---- tables ---------------------------------------------------------- */

static bool holds(const struct markup_node *node, const char *name)
{
    for (const struct markup_node *n = node->first; n; n = n->next)
        if (markup_is(n, name) || (!markup_is(n, "table") && holds(n, name)))
            return true;
    return false;
}

static void check_tables(struct lint *lint)
{
    for (size_t i = 0; i < lint->markup.count; i++) {
        const struct markup_node *node = lint->markup.nodes[i];
        if (!markup_is(node, "table") || markup_get(node, "role") ||
            holds(node, "th"))
            continue;
        struct lint_place place = lint_at_node(node);
        lint_add(lint, RULE_TABLE_ROLE, &place,
                 "is read out cell by cell, as data");
    }
}

void check_structure(struct lint *lint)
{
    check_size(lint);
    check_attribute(lint, RULE_LANG, "lang");
    check_direction(lint);
    check_title(lint);
    check_headings(lint);
    check_tables(lint);
}
