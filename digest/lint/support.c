/* HTML and CSS that a major mail program lacks, or that none runs. */
#include "digest/base/mem.h"
#include "digest/lint/clients_internal.h"
#include "digest/lint/css_text_internal.h"
#include "digest/lint/styles_internal.h"

/* Gmail takes out all styles of a message that has more. */
enum { STYLE_MAX = 16384 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_wordy(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           c == '-' || c == '_';
}

/* "name(" that isn't the end of a longer name. */
static bool calls(struct str value, const char *name)
{
    struct str wanted = str_of(name);
    for (size_t at = 0; at + wanted.len < value.len; at++)
        if ((at == 0 || !is_wordy(value.ptr[at - 1])) &&
            str_starts_nocase(str_from(value, at), wanted) &&
            value.ptr[at + wanted.len] == '(')
            return true;
    return false;
}

/* A number with the unit behind it. */
static bool measures_in(struct str value, const char *unit)
{
    struct str wanted = str_of(unit);
    for (size_t at = 1; at + wanted.len <= value.len; at++)
        if (is_digit(value.ptr[at - 1]) &&
            str_starts_nocase(str_from(value, at), wanted) &&
            (at + wanted.len == value.len ||
             !is_wordy(value.ptr[at + wanted.len])))
            return true;
    return false;
}

static bool declares(const struct css_text_declaration *d,
                     const struct client_feature *feature)
{
    struct str name = str_of(feature->name);
    switch (feature->kind) {
    case CLIENT_PROPERTY:
        return str_equal_nocase(d->name, name) &&
               !str_equal_nocase(d->value, STR("none"));
    case CLIENT_VALUE:
        return str_equal_nocase(d->name, name) &&
               str_equal_nocase(d->value, str_of(feature->value));
    case CLIENT_FUNCTION:
        return calls(d->value, feature->name);
    case CLIENT_UNIT:
        return measures_in(d->value, feature->name) &&
               !str_starts_nocase(d->name, STR("mso-"));
    default:
        return false;
    }
}

static void say(struct lint *lint, const struct lint_place *place,
                const struct client_feature *f)
{
    static const struct {
        const char *before, *behind;
    } marks[] = {
        [CLIENT_ELEMENT] = {"<", ">"},  [CLIENT_ATTRIBUTE] = {"", "=\"\""},
        [CLIENT_PROPERTY] = {"", ":"},  [CLIENT_VALUE] = {"", ": "},
        [CLIENT_FUNCTION] = {"", "()"}, [CLIENT_UNIT] = {"the unit ", ""},
        [CLIENT_AT_RULE] = {"@", ""},   [CLIENT_IMAGE] = {"an image in ", ""},
    };
    lint_add(lint, RULE_CLIENT_LACKS, place, "%s%s%s%s is unknown to %s",
             marks[f->kind].before, f->name, marks[f->kind].behind,
             f->kind == CLIENT_VALUE ? f->value : "", f->lacking);
}

/* ---- HTML ------------------------------------------------------------ */

/* The part of an element that filters take for an attack, or that is taken out
 * everywhere. */
static const char *active_part(const struct markup_node *node)
{
    static const char *const names[] = {"script", "iframe", "frame",
                                        "object", "embed",  "applet"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (markup_is(node, names[i]))
            return names[i];
    const char *refresh = markup_get(node, "http-equiv");
    if (refresh && str_equal_nocase(str_of(refresh), STR("refresh")))
        return "http-equiv=\"refresh\"";
    for (size_t i = 0; i < node->attribute_count; i++)
        if (str_starts(str_of(node->attributes[i].name), STR("on")))
            return node->attributes[i].name;
    return NULL;
}

static bool is_image_in(const struct markup_node *node, const char *ending)
{
    const char *source =
        markup_is(node, "img") ? markup_get(node, "src") : NULL;
    struct str path = str_of(source ? source : "");
    path.len = str_find(path, '?');
    path.len = str_find(path, '#');
    struct str wanted = str_of(ending);
    return path.len > wanted.len &&
           path.ptr[path.len - wanted.len - 1] == '.' &&
           str_equal_nocase(str_from(path, path.len - wanted.len), wanted);
}

static bool has_relation(const struct markup_node *node, const char *relation)
{
    const char *rel = markup_get(node, "rel");
    return rel && str_equal_nocase(str_trim(str_of(rel)), str_of(relation));
}

static bool has_feature(const struct markup_node *node,
                        const struct client_feature *feature)
{
    switch (feature->kind) {
    case CLIENT_ELEMENT:
        return markup_is(node, feature->name) &&
               (!feature->value || has_relation(node, feature->value));
    case CLIENT_ATTRIBUTE:
        return markup_get(node, feature->name) != NULL;
    case CLIENT_IMAGE:
        return is_image_in(node, feature->name);
    default:
        return false;
    }
}

static void check_elements(struct lint *lint)
{
    for (size_t i = 0; i < lint->markup.count; i++) {
        const struct markup_node *node = lint->markup.nodes[i];
        const char *active =
            node->kind == MARKUP_ELEMENT ? active_part(node) : NULL;
        struct lint_place place = lint_at_node(node);
        if (active)
            lint_add(lint, RULE_SCRIPT, &place, "has %s", active);
        for (size_t f = 0; f < client_feature_count; f++)
            if (has_feature(node, &client_features[f]))
                say(lint, &place, &client_features[f]);
    }
}

/* ---- styles ---------------------------------------------------------- */

static void check_style(struct lint *lint, const struct markup_node *styled,
                        const struct markup_node *source)
{
    const char *style = markup_get(styled, "style");
    struct str rest = str_of(style ? style : "");
    struct css_text_declaration d;
    while (css_text_next(&rest, &d))
        for (size_t f = 0; f < client_feature_count; f++) {
            if (!declares(&d, &client_features[f]))
                continue;
            struct lint_place place = lint_at_node(source);
            say(lint, &place, &client_features[f]);
        }
}

static void check_at_rules(struct lint *lint, struct str css,
                           const struct lint_place *place)
{
    struct css_text_at_rule rule;
    while (css_text_next_at_rule(&css, &rule)) {
        for (size_t f = 0; f < client_feature_count; f++)
            if (client_features[f].kind == CLIENT_AT_RULE &&
                str_starts_nocase(str_from(rule.prelude, 1),
                                  str_of(client_features[f].name)))
                say(lint, place, &client_features[f]);
        if (str_starts_nocase(rule.prelude, STR("@media")) &&
            str_find(rule.block, '@') < rule.block.len)
            lint_add(lint, RULE_STYLE_NESTED, place,
                     "has an @ rule inside @media, for which Gmail drops it "
                     "all");
    }
}

static void check_sheets(struct lint *lint, struct str css)
{
    struct lint_place place = {.part = LINT_HTML, .element = "<style>"};
    for (size_t i = 0; !place.line && i < lint->markup.count; i++)
        if (markup_is(lint->markup.nodes[i], "style"))
            markup_place(lint->markup.source, lint->markup.nodes[i]->offset,
                         &place.line, &place.column);
    if (css.len > STYLE_MAX)
        lint_add(lint, RULE_STYLE_SIZE, &place,
                 "has %zu characters; Gmail takes out all of more than %d",
                 css.len, STYLE_MAX);
    check_at_rules(lint, css, &place);
}

void check_clients(struct lint *lint)
{
    OWNED(strbuf_free) struct strbuf css = STRBUF_INIT;
    OWNED(styled_free) struct styled styled;
    struct err err;
    check_elements(lint);
    styles_text(lint, &css);
    check_sheets(lint, strbuf_str(&css));
    if (!styles_resolve(lint, strbuf_str(&css), &styled, &err))
        return; /* the contrast says so */
    for (size_t i = 0; i < lint->markup.count; i++)
        check_style(lint, styled.markup.nodes[i], lint->markup.nodes[i]);
}
