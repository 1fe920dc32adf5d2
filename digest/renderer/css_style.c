/* The style of one element: what overrides what, and how it is written. */
#include "digest/renderer/css_sheet_internal.h"

#include "digest/base/escape.h"
#include "digest/base/mem.h"

/* Properties that a shorthand resets. A name ending in '-' stands for all that
 * begin with it. */
static const struct {
    const char *shorthand;
    const char *parts[14];
} shorthands[] = {
    {"margin", {"margin-"}},
    {"padding", {"padding-"}},
    {"background", {"background-"}},
    {"border",
     {"border-top", "border-right", "border-bottom", "border-left",
      "border-width", "border-style", "border-color", "border-top-",
      "border-right-", "border-bottom-", "border-left-"}},
    {"border-top",
     {"border-top-width", "border-top-style", "border-top-color"}},
    {"border-right",
     {"border-right-width", "border-right-style", "border-right-color"}},
    {"border-bottom",
     {"border-bottom-width", "border-bottom-style", "border-bottom-color"}},
    {"border-left",
     {"border-left-width", "border-left-style", "border-left-color"}},
    {"border-width",
     {"border-top-width", "border-right-width", "border-bottom-width",
      "border-left-width"}},
    {"border-style",
     {"border-top-style", "border-right-style", "border-bottom-style",
      "border-left-style"}},
    {"border-color",
     {"border-top-color", "border-right-color", "border-bottom-color",
      "border-left-color"}},
    {"border-radius",
     {"border-top-left-radius", "border-top-right-radius",
      "border-bottom-right-radius", "border-bottom-left-radius"}},
    {"font",
     {"font-style", "font-variant", "font-weight", "font-stretch", "font-size",
      "font-family", "line-height"}},
    {"list-style",
     {"list-style-type", "list-style-position", "list-style-image"}},
    {"text-decoration",
     {"text-decoration-line", "text-decoration-style", "text-decoration-color",
      "text-decoration-thickness"}},
};

static bool is_part(const char *part, struct str name)
{
    struct str pattern = str_of(part);
    /* Corners belong to border-radius alone. */
    if (str_ends(name, STR("-radius")) && str_starts(pattern, STR("border-")) &&
        str_ends(pattern, STR("-")))
        return false;
    return str_ends(pattern, STR("-")) ? str_starts(name, pattern)
                                       : str_equal(name, pattern);
}

static bool overrides(struct str name, struct str old)
{
    if (str_equal(name, old))
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(shorthands); i++) {
        if (!str_equal(str_of(shorthands[i].shorthand), name))
            continue;
        for (size_t p = 0; shorthands[i].parts[p]; p++)
            if (is_part(shorthands[i].parts[p], old))
                return true;
        return false;
    }
    return false;
}

/* Adds a declaration. One rule may say a thing twice on purpose, for clients
 * that don't know the second. */
static void add_item(struct css_style *style, struct str name, struct str value,
                     const struct css_rule *from)
{
    size_t kept = 0;
    for (size_t i = 0; i < style->count; i++) {
        const struct css_style_item *old = &style->items[i];
        if (old->from == from || !overrides(name, old->name))
            style->items[kept++] = *old;
    }
    style->count = kept;
    struct css_style_item item = {name, value, from};
    MEM_PUSH(style->items, style->count, style->capacity, item);
}

void css_style_add(struct css_style *style, const struct css_rule *rule,
                   bool important)
{
    for (size_t i = 0; i < rule->count; i++) {
        const struct css_declaration *declaration = &rule->declarations[i];
        if (declaration->is_important == important)
            add_item(style, declaration->name, declaration->value, rule);
    }
}

struct str css_style_value(const struct css_style *style, const char *name)
{
    for (size_t i = style->count; i-- > 0;)
        if (str_equal(style->items[i].name, str_of(name)))
            return style->items[i].value;
    return STR("");
}

/* References for what can't stand in a double-quoted attribute; single
 * quotes stay, for they are in every list of fonts. */
void css_style_write(const struct css_style *style, struct strbuf *out)
{
    for (size_t i = 0; i < style->count; i++) {
        const struct css_style_item *item = &style->items[i];
        if (i)
            strbuf_add_char(out, ';');
        strbuf_add_str(out, item->name);
        strbuf_add_char(out, ':');
        struct str rest = item->value;
        while (rest.len) {
            size_t quote = str_find(rest, '\'');
            html_escape(out, (struct str){rest.ptr, quote});
            if (quote < rest.len)
                strbuf_add_char(out, '\'');
            rest = str_from(rest, quote + 1);
        }
    }
}

/* ---- attributes for Outlook ------------------------------------------ */

/* "600px" gives 600; "100%" stays where percentages are allowed. */
static bool length_value(struct str value, bool percent, struct strbuf *out)
{
    size_t digits = 0;
    while (digits < value.len && value.ptr[digits] >= '0' &&
           value.ptr[digits] <= '9')
        digits++;
    struct str unit = str_from(value, digits);
    bool is_percent = str_equal(unit, STR("%"));
    if (digits == 0 || digits > 5 ||
        !(str_equal_nocase(unit, STR("px")) || (is_percent && percent)))
        return false;
    strbuf_add(out, value.ptr, digits);
    if (is_percent)
        strbuf_add_char(out, '%');
    return true;
}

static bool is_hex(struct str digits)
{
    for (size_t i = 0; i < digits.len; i++)
        if (!strchr("0123456789abcdefABCDEF", digits.ptr[i]) || !digits.ptr[i])
            return false;
    return true;
}

/* Six digits always: Word doesn't know the short form in an attribute. */
static bool color_value(struct str value, struct strbuf *out)
{
    struct str digits = str_from(value, 1);
    if (value.len == 0 || value.ptr[0] != '#' || !is_hex(digits) ||
        (digits.len != 3 && digits.len != 6))
        return false;
    strbuf_add_char(out, '#');
    for (size_t i = 0; i < digits.len; i++) {
        strbuf_add_char(out, digits.ptr[i]);
        if (digits.len == 3)
            strbuf_add_char(out, digits.ptr[i]);
    }
    return true;
}

static bool word_value(struct str value, const char *const words[],
                       struct strbuf *out)
{
    for (size_t i = 0; words[i]; i++) {
        if (!str_equal_nocase(value, str_of(words[i])))
            continue;
        strbuf_add_text(out, words[i]);
        return true;
    }
    return false;
}

enum kind { LENGTH, PIXELS, COLOR, ALIGN, VALIGN };

/* Which elements take which attribute, from which property. */
static const struct {
    const char *attribute, *property;
    enum kind kind;
    const char *elements[7];
} outlook[] = {
    {"width", "width", LENGTH, {"table", "td", "th", "col"}},
    {"width", "width", PIXELS, {"img"}},
    {"height", "height", PIXELS, {"table", "tr", "td", "th", "img"}},
    {"align", "text-align", ALIGN, {"tr", "td", "th"}},
    {"valign", "vertical-align", VALIGN, {"tr", "td", "th"}},
    {"bgcolor", "background-color", COLOR, {"table", "tr", "td", "th", "body"}},
    {"bgcolor", "background", COLOR, {"table", "tr", "td", "th", "body"}},
};

static bool convert(enum kind kind, struct str value, struct strbuf *out)
{
    static const char *const align[] = {"left", "right", "center", "justify",
                                        NULL};
    static const char *const valign[] = {"top", "middle", "bottom", "baseline",
                                         NULL};
    switch (kind) {
    case LENGTH:
        return length_value(value, true, out);
    case PIXELS:
        return length_value(value, false, out);
    case COLOR:
        return color_value(value, out);
    case ALIGN:
        return word_value(value, align, out);
    case VALIGN:
        return word_value(value, valign, out);
    }
    return false;
}

static bool takes(size_t row, const struct css_element *element)
{
    for (size_t i = 0; outlook[row].elements[i]; i++)
        if (str_equal_nocase(element->name, str_of(outlook[row].elements[i])))
            return true;
    return false;
}

static bool has(const struct css_element *element, const char *attribute)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (str_equal_nocase(element->attributes[i].name, str_of(attribute)))
            return true;
    return false;
}

void css_style_write_attributes(const struct css_style *style,
                                const struct css_element *element,
                                struct strbuf *out)
{
    const char *written = "";
    for (size_t row = 0; row < ARRAY_SIZE(outlook); row++) {
        const char *attribute = outlook[row].attribute;
        if (!takes(row, element) || has(element, attribute) ||
            strcmp(attribute, written) == 0)
            continue;
        struct str value = css_style_value(style, outlook[row].property);
        size_t before = out->len;
        strbuf_add_format(out, " %s=\"", attribute);
        if (convert(outlook[row].kind, value, out)) {
            strbuf_add_char(out, '"');
            written = attribute;
        } else {
            strbuf_cut(out, before);
        }
    }
}
