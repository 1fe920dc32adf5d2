/* Placeholders that nobody filled in: those of mustache and of other
 * programs, and what people leave for later. */
#include "digest/base/mem.h"
#include "digest/lint/check_internal.h"

struct pattern {
    const char *open, *close; /* close NULL: `open` alone is one */
    const char *inside;       /* characters beside letters and digits */
    enum lint_rule rule;
};

static const struct pattern patterns[] = {
    {"{{", NULL, NULL, RULE_PLACEHOLDER},
    {"*|", "|*", "_:. -", RULE_PLACEHOLDER},
    {"%%", "%%", "_.:-", RULE_PLACEHOLDER},
    {"[object ", "]", "", RULE_PLACEHOLDER_MAYBE},
    {"{%", "%}", "_ .|='\"()-", RULE_PLACEHOLDER_MAYBE},
    {"<%", "%>", "_ .|='\"()-", RULE_PLACEHOLDER_MAYBE},
    {"${", "}", "_. ", RULE_PLACEHOLDER_MAYBE},
    {"#{", "}", "_. ", RULE_PLACEHOLDER_MAYBE},
    {"[[", "]]", "_ -", RULE_PLACEHOLDER_MAYBE},
    {"{$", "}", "_.", RULE_PLACEHOLDER_MAYBE},
    {"%recipient.", "%", "_", RULE_PLACEHOLDER_MAYBE},
    {"lorem ipsum", NULL, NULL, RULE_PLACEHOLDER_MAYBE},
};

/* Names between [ ], { } or < > that are meant to be filled in. */
static const char *const names[] = {
    "name",     "first name", "firstname",     "first_name", "last name",
    "lastname", "last_name",  "email",         "company",    "date",
    "city",     "username",   "fname",         "lname",      "unsubscribe",
    "insert",   "title",      "headline",      "your name",  "link",
    "url",      "subject",    "email address",
};

static bool may_stand(char c, const char *others)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           (c && strchr(others, c));
}

/* Length of the placeholder that the text begins with, or 0. */
static size_t match(struct str text, const struct pattern *pattern)
{
    struct str open = str_of(pattern->open);
    if (!str_starts_nocase(text, open))
        return 0;
    if (!pattern->close)
        return open.len;
    size_t at = open.len;
    while (at < text.len && may_stand(text.ptr[at], pattern->inside) &&
           !str_starts(str_from(text, at), str_of(pattern->close)))
        at++;
    bool closed = at > open.len && at < text.len &&
                  str_starts(str_from(text, at), str_of(pattern->close));
    return closed ? at + strlen(pattern->close) : 0;
}

static size_t match_name(struct str text)
{
    static const char opens[] = "[{<", closes[] = "]}>";
    const char *open = text.ptr[0] ? strchr(opens, text.ptr[0]) : NULL;
    size_t end = open ? str_find(text, closes[open - opens]) : 0;
    for (size_t i = 0; open && end < text.len && i < ARRAY_SIZE(names); i++) {
        struct str inside = {text.ptr + 1, end - 1};
        if (str_equal_nocase(inside, str_of(names[i])))
            return end + 1;
    }
    return 0;
}

/* The next one from *at on, which moves behind it. */
static bool find(struct str text, size_t *at, struct str *found,
                 enum lint_rule *rule)
{
    for (; *at < text.len; ++*at) {
        struct str rest = str_from(text, *at);
        size_t length = 0;
        for (size_t i = 0; !length && i < ARRAY_SIZE(patterns); i++) {
            length = match(rest, &patterns[i]);
            *rule = patterns[i].rule;
        }
        if (!length) {
            length = match_name(rest);
            *rule = RULE_PLACEHOLDER_MAYBE;
        }
        if (!length)
            continue;
        *found = (struct str){rest.ptr, length};
        *at += length;
        return true;
    }
    return false;
}

static void report(struct lint *lint, struct str text,
                   const struct lint_place *place)
{
    struct str found;
    enum lint_rule rule;
    for (size_t at = 0; find(text, &at, &found, &rule);)
        lint_add(lint, rule, place, "\"%.*s\" was never filled in",
                 STR_ARG(found));
}

static void check_text(struct lint *lint)
{
    struct str found;
    enum lint_rule rule;
    for (size_t at = 0; find(lint->text, &at, &found, &rule);) {
        struct lint_place place = lint_at_text(lint, at - found.len);
        lint_add(lint, rule, &place, "\"%.*s\" was never filled in",
                 STR_ARG(found));
    }
}

static void check_node(struct lint *lint, const struct markup_node *node)
{
    static const char *const attributes[] = {"href", "src", "alt", "title",
                                             "aria-label"};
    struct lint_place place = lint_at_node(node);
    if (node->kind == MARKUP_TEXT)
        report(lint, node->text, &place);
    for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
        const char *value = markup_get(node, attributes[i]);
        if (value)
            report(lint, str_of(value), &place);
    }
}

void check_placeholders(struct lint *lint)
{
    const struct read_field *subject =
        lint->message ? read_field_get(lint->message, "Subject", 0) : NULL;
    if (subject) {
        struct lint_place place = lint_at_field(lint, subject);
        report(lint, str_of(subject->decoded), &place);
    }
    check_text(lint);
    for (size_t i = 0; i < lint->markup.count; i++) {
        const struct markup_node *node = lint->markup.nodes[i];
        if (node->kind != MARKUP_COMMENT && !markup_within(node, "style") &&
            !markup_within(node, "script"))
            check_node(lint, node);
    }
}
