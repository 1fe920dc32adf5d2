/* Looks at HTML elements: attributes, classes, and whether they are hidden. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/document/convert_internal.h"

bool element_is(const struct _xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE &&
           strcmp((const char *)node->name, name) == 0;
}

static struct str value_of(const xmlAttr *attribute)
{
    const xmlNode *text = attribute->children;
    if (!text || !text->content)
        return (struct str){"", 0};
    return str_of((const char *)text->content);
}

struct str element_attribute(const struct _xmlNode *element, const char *name)
{
    for (const xmlAttr *a = element->properties; a; a = a->next)
        if (strcmp((const char *)a->name, name) == 0)
            return value_of(a);
    return (struct str){NULL, 0};
}

static bool class_has(struct str classes, struct str name)
{
    while (classes.len) {
        struct str one = str_cut(&classes, ' ');
        if (str_equal(str_trim(one), name))
            return true;
    }
    return false;
}

bool element_has_class(const struct _xmlNode *element, const char *name)
{
    return class_has(element_attribute(element, "class"), str_of(name));
}

void element_text(const struct _xmlNode *element, struct strbuf *out)
{
    for (const xmlNode *n = element->children; n; n = n->next) {
        if (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE)
            strbuf_add_text(out, (const char *)n->content);
        else if (element_is(n, "br"))
            strbuf_add_char(out, '\n');
        else if (n->type == XML_ELEMENT_NODE && !element_look(n).is_hidden)
            element_text(n, out);
    }
}

/* ---- looks ------------------------------------------------------------ */

/* Classes that the widespread themes hide from sight. */
static const struct str hidden_classes[] = {
    {"screen-reader-text", 18},
    {"sr-only", 7},
    {"visually-hidden", 15},
};

/* "1", "1px", "0.5px": under two pixels. */
static bool is_tiny(struct str size)
{
    size = str_trim(size);
    if (!size.len || (size.ptr[0] != '0' && size.ptr[0] != '1'))
        return false;
    struct str rest = str_from(size, 1);
    if (rest.len && rest.ptr[0] == '.')
        while (rest.len && strchr(".0123456789", rest.ptr[0]))
            rest = str_from(rest, 1);
    return rest.len == 0 || str_equal_nocase(rest, STR("px"));
}

static bool is_heavy(struct str weight)
{
    return str_starts_nocase(weight, STR("bold")) ||
           (weight.len == 3 && weight.ptr[0] >= '6' && weight.ptr[0] <= '9');
}

enum effect { HIDES, WEIGHT, SLANT, SIZE };

static const struct property {
    struct str name;
    enum effect effect;
    struct str value; /* for HIDES */
} properties[] = {
    {{"display", 7}, HIDES, {"none", 4}},
    {{"visibility", 10}, HIDES, {"hidden", 6}},
    {{"visibility", 10}, HIDES, {"collapse", 8}},
    {{"mso-hide", 8}, HIDES, {"all", 3}},
    {{"font-weight", 11}, WEIGHT, {"", 0}},
    {{"font-style", 10}, SLANT, {"", 0}},
    {{"width", 5}, SIZE, {"", 0}},
    {{"height", 6}, SIZE, {"", 0}},
};

static void apply(const struct property *property, struct str value,
                  struct look *look)
{
    bool italic;
    switch (property->effect) {
    case HIDES:
        look->is_hidden |= str_equal_nocase(value, property->value);
        break;
    case WEIGHT:
        look->is_bold = is_heavy(value);
        look->is_not_bold = !look->is_bold;
        break;
    case SLANT:
        italic = str_starts_nocase(value, STR("italic")) ||
                 str_starts_nocase(value, STR("oblique"));
        look->is_italic = italic;
        look->is_not_italic = !italic;
        break;
    case SIZE:
        look->is_tiny |= is_tiny(value);
        break;
    }
}

static void read_css(struct str css, struct look *look)
{
    while (css.len) {
        struct str value = str_cut(&css, ';');
        struct str name = str_trim(str_cut(&value, ':'));
        value.len = str_find(value, '!');
        value = str_trim(value);
        for (size_t i = 0; value.len && i < ARRAY_SIZE(properties); i++)
            if (str_equal_nocase(name, properties[i].name))
                apply(&properties[i], value, look);
    }
}

static void read_classes(struct str classes, struct look *look)
{
    for (size_t i = 0; i < ARRAY_SIZE(hidden_classes); i++)
        if (class_has(classes, hidden_classes[i]))
            look->is_hidden = true;
}

struct look element_look(const struct _xmlNode *element)
{
    struct look look = {0};
    for (const xmlAttr *a = element->properties; a; a = a->next) {
        const char *name = (const char *)a->name;
        if (strcmp(name, "hidden") == 0)
            look.is_hidden = true;
        else if (strcmp(name, "aria-hidden") == 0)
            look.is_hidden |= str_equal_nocase(value_of(a), STR("true"));
        else if (strcmp(name, "style") == 0)
            read_css(value_of(a), &look);
        else if (strcmp(name, "class") == 0)
            read_classes(value_of(a), &look);
        else if (strcmp(name, "width") == 0 || strcmp(name, "height") == 0)
            look.is_tiny |= is_tiny(value_of(a));
    }
    return look;
}
