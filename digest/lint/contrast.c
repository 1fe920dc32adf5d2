/* Contrast: every text against what it stands on, in light and in dark. */
#include <math.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/lint/css_colour_internal.h"
#include "digest/lint/css_text_internal.h"
#include "digest/lint/styles_internal.h"

/* The look in effect for an element. */
struct contrast_look {
    struct css_colour text;
    struct colour ground;
    bool text_known, ground_known;
    bool is_hidden, is_bold;
    double size_px;
};

struct looking {
    struct lint *lint;
    const struct styled *styled;
    enum lint_rule rule;
    const char *when; /* "" or "in dark mode, " */
};

/* ---- one declaration ------------------------------------------------- */

static double number_of(struct str value, const char **unit, char text[40])
{
    size_t length = value.len < 39 ? value.len : 39;
    char *end;
    memcpy(text, value.ptr, length);
    text[length] = '\0';
    double number = strtod(text, &end);
    *unit = end == text ? NULL : end;
    return isfinite(number) ? number : 0;
}

static void set_size(struct contrast_look *look, struct str value)
{
    static const struct {
        const char *word;
        double px;
    } words[] = {{"xx-small", 9}, {"x-small", 10}, {"small", 13},
                 {"medium", 16},  {"large", 18},   {"x-large", 24},
                 {"xx-large", 32}};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (str_equal_nocase(value, str_of(words[i].word)))
            look->size_px = words[i].px;
    const char *unit;
    char text[40];
    double number = number_of(value, &unit, text);
    if (!unit)
        return;
    if (strcmp(unit, "px") == 0)
        look->size_px = number;
    else if (strcmp(unit, "pt") == 0)
        look->size_px = number * 4 / 3;
    else if (strcmp(unit, "em") == 0)
        look->size_px *= number;
    else if (strcmp(unit, "%") == 0)
        look->size_px *= number / 100;
    else if (strcmp(unit, "rem") == 0)
        look->size_px = number * 16;
    else if (number == 0)
        look->size_px = 0;
}

static void set_weight(struct contrast_look *look, struct str value)
{
    const char *unit;
    char text[40];
    double number = number_of(value, &unit, text);
    if (unit)
        look->is_bold = number >= 700;
    else if (str_starts_nocase(value, STR("bold")))
        look->is_bold = true;
    else if (str_equal_nocase(value, STR("normal")))
        look->is_bold = false;
}

/* "bold 18px/24px Georgia": sizes and weights among its words. */
static void set_font(struct contrast_look *look, struct str value)
{
    look->is_bold = false;
    while (value.len) {
        struct str word = str_cut(&value, ' ');
        word.len = str_find(word, '/');
        if (str_starts_nocase(word, STR("bold")) ||
            (word.len == 3 && str_ends(word, STR("00"))))
            set_weight(look, word);
        else
            set_size(look, word);
    }
}

static void set_text(struct contrast_look *look, struct str value)
{
    struct css_colour colour;
    if (css_colour_parse(value, &colour)) {
        look->text = colour;
        look->text_known = true;
    } else if (!str_equal_nocase(value, STR("inherit"))) {
        look->text_known = false;
    }
}

static void set_ground(struct contrast_look *look, struct css_colour colour)
{
    if (colour.alpha < 1 && !look->ground_known)
        return;
    look->ground = css_colour_blend(colour, look->ground);
    look->ground_known = true;
}

/* The colour among the parts of `background`; a picture without one leaves
 * nothing to measure. */
static void set_background(struct contrast_look *look, struct str value)
{
    struct css_colour colour;
    bool picture = str_find_str(value, STR("url(")) < value.len ||
                   str_find_str(value, STR("gradient(")) < value.len;
    if (css_colour_parse(value, &colour)) {
        set_ground(look, colour);
        return;
    }
    while (value.len) {
        struct str word = str_cut(&value, ' ');
        if (!css_colour_parse(word, &colour))
            continue;
        set_ground(look, colour);
        return;
    }
    if (picture)
        look->ground_known = false;
}

static bool is_zero(struct str value)
{
    const char *unit;
    char text[40];
    double number = number_of(value, &unit, text);
    return unit && number < 0.01;
}

static void apply(struct contrast_look *look,
                  const struct css_text_declaration *d)
{
    struct str name = d->name, value = d->value;
    if (str_equal_nocase(name, STR("color")))
        set_text(look, value);
    else if (str_equal_nocase(name, STR("background")) ||
             str_equal_nocase(name, STR("background-color")) ||
             str_equal_nocase(name, STR("background-image")))
        set_background(look, value);
    else if (str_equal_nocase(name, STR("font-size")))
        set_size(look, value);
    else if (str_equal_nocase(name, STR("font-weight")))
        set_weight(look, value);
    else if (str_equal_nocase(name, STR("font")))
        set_font(look, value);
    else if ((str_equal_nocase(name, STR("display")) &&
              str_equal_nocase(value, STR("none"))) ||
             (str_equal_nocase(name, STR("visibility")) &&
              str_equal_nocase(value, STR("hidden"))) ||
             (str_equal_nocase(name, STR("opacity")) && is_zero(value)))
        look->is_hidden = true;
}

/* ---- one element ----------------------------------------------------- */

/* Browsers' own styles of elements. */
static const struct {
    const char *name;
    double size;
    bool is_bold;
} looks[] = {
    {"h1", 2, true},       {"h2", 1.5, true},   {"h3", 1.17, true},
    {"h4", 1, true},       {"h5", 0.83, true},  {"h6", 0.67, true},
    {"b", 1, true},        {"strong", 1, true}, {"th", 1, true},
    {"small", .83, false}, {"sub", .83, false}, {"sup", .83, false},
    {"big", 1.2, false},
};

static void apply_attributes(struct contrast_look *look,
                             const struct markup_node *node, bool dark)
{
    struct css_colour colour;
    const char *ground = markup_get(node, "bgcolor");
    const char *text = markup_is(node, "font")   ? markup_get(node, "color")
                       : markup_is(node, "body") ? markup_get(node, "text")
                                                 : NULL;
    for (size_t i = 0; i < ARRAY_SIZE(looks); i++) {
        if (!markup_is(node, looks[i].name))
            continue;
        look->size_px *= looks[i].size;
        look->is_bold = look->is_bold || looks[i].is_bold;
    }
    if (ground && css_colour_parse(str_of(ground), &colour))
        set_ground(look, colour);
    if (markup_get(node, "background"))
        look->ground_known = false;
    if (text)
        set_text(look, str_of(text));
    if (markup_is(node, "a") && markup_get(node, "href")) {
        look->text = (struct css_colour){{0, 0, 0xee}, 1};
        look->text_known = !dark;
    }
}

static struct contrast_look look_of(const struct markup_node *node,
                                    struct contrast_look look, bool dark)
{
    struct css_text_declaration d;
    const char *style = markup_get(node, "style");
    struct str rest = str_of(style ? style : "");
    apply_attributes(&look, node, dark);
    while (css_text_next(&rest, &d))
        apply(&look, &d);
    return look;
}

/* ---- one text -------------------------------------------------------- */

static bool is_seen(struct str text)
{
    for (size_t at = 0; at < text.len;) {
        unsigned c = utf8_next(text, &at);
        bool blank = c <= ' ' || c == 0xa0 || c == 0xad || c == 0x34f ||
                     (c >= 0x2000 && c <= 0x200f) || c == 0x2060 ||
                     c == 0x3000 || c == 0xfeff;
        if (!blank)
            return true;
    }
    return false;
}

/* WCAG's large type: 18 pt, or 14 pt in bold. */
static double least_contrast(const struct contrast_look *look)
{
    bool large =
        look->size_px >= 24 || (look->is_bold && look->size_px >= 18.66);
    return large ? 3 : 4.5;
}

static void judge(const struct looking *l, const struct contrast_look *look,
                  const struct markup_node *source)
{
    enum { UNREADABLE_BELOW_TENTHS = 15 };
    char words[2][COLOUR_TEXT_SIZE];
    struct colour text = css_colour_blend(look->text, look->ground);
    double contrast = colour_contrast(text, look->ground);
    if (contrast >= least_contrast(look))
        return;
    bool unreadable = contrast * 10 < (double)UNREADABLE_BELOW_TENTHS;
    struct lint_place place = lint_at_node(source);
    lint_add(l->lint, unreadable ? RULE_UNREADABLE : l->rule, &place,
             "%s%s on %s has a contrast of %.2f:1", l->when,
             colour_text(text, words[0]), colour_text(look->ground, words[1]),
             floor(contrast * 100) / 100);
}

/* `index` counts the nodes in document order, as in the source. */
static void walk(const struct looking *l, const struct markup_node *node,
                 const struct contrast_look *outer, size_t *index)
{
    for (const struct markup_node *n = node->first; n; n = n->next) {
        const struct markup_node *source = l->lint->markup.nodes[(*index)++];
        struct contrast_look look = *outer;
        if (n->kind == MARKUP_ELEMENT) {
            look = look_of(n, *outer, *l->when != '\0');
            walk(l, n, &look, index);
        } else if (n->kind == MARKUP_TEXT && !look.is_hidden &&
                   look.size_px > 1.5 && look.text_known && look.ground_known &&
                   !markup_is(node, "style") && !markup_is(node, "title") &&
                   !markup_is(node, "script") && is_seen(n->text)) {
            judge(l, &look, source);
        }
    }
}

static void look_at(struct lint *lint, struct str css, bool dark)
{
    struct err err;
    OWNED(styled_free) struct styled styled;
    if (!styles_resolve(lint, css, &styled, &err)) {
        struct lint_place place = {.part = LINT_HTML, .element = "<style>"};
        lint_add(lint, RULE_STYLE_BROKEN, &place, "%s", err.text);
        return;
    }
    struct contrast_look look = {.ground = {255, 255, 255},
                                 .text = {{0, 0, 0}, 1},
                                 .text_known = !dark,
                                 .ground_known = !dark,
                                 .size_px = 16};
    struct looking looking = {.lint = lint,
                              .styled = &styled,
                              .rule = dark ? RULE_CONTRAST_DARK : RULE_CONTRAST,
                              .when = dark ? "in dark mode, " : ""};
    size_t index = 0;
    walk(&looking, styled.markup.root, &look, &index);
}

void check_contrast(struct lint *lint)
{
    OWNED(strbuf_free) struct strbuf css = STRBUF_INIT, dark = STRBUF_INIT;
    styles_text(lint, &css);
    styles_dark_text(strbuf_str(&css), &dark);
    look_at(lint, strbuf_str(&css), false);
    if (!dark.len)
        return;
    strbuf_add_str(&css, strbuf_str(&dark));
    look_at(lint, strbuf_str(&css), true);
}
