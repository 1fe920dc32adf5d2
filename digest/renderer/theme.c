/* Parses a theme's settings, and applies them to a style sheet. */
#include "digest/renderer/theme.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/colour.h"
#include "digest/base/mem.h"

/* WCAG asks for 4.5 to 1; what is made up here has some to spare. */
static const double least_contrast = 4.5, made_contrast = 5;

enum kind { COLOUR, FONT, ADDRESS, PIXELS };

static const struct setting {
    const char *name;
    enum kind kind;
    unsigned least, most; /* of PIXELS */
} settings[] = {
    {"accent", COLOUR, 0, 0},
    {"accent-dark", COLOUR, 0, 0},
    {"ink", COLOUR, 0, 0},
    {"ink-dark", COLOUR, 0, 0},
    {"quiet", COLOUR, 0, 0},
    {"quiet-dark", COLOUR, 0, 0},
    {"paper", COLOUR, 0, 0},
    {"paper-dark", COLOUR, 0, 0},
    {"background", COLOUR, 0, 0},
    {"background-dark", COLOUR, 0, 0},
    {"font", FONT, 0, 0},
    {"heading-font", FONT, 0, 0},
    {"logo", ADDRESS, 0, 0},
    {"logo-width", PIXELS, THEME_LOGO_WIDTH_MIN, 552},
    {"width", PIXELS, 480, 760},
};

static const char *const wanted[] = {
    [COLOUR] = "a colour such as #1a4f8b",
    [FONT] = "font names such as Verdana, sans-serif",
    [ADDRESS] = "an address that begins with https://",
    [PIXELS] = "a number of pixels",
};

/* ---- checking -------------------------------------------------------- */

static bool is_colour(struct str v)
{
    struct colour colour;
    return colour_parse(v, &colour);
}

/* Names that can't end the declaration they come to stand in. */
static bool is_font(struct str v)
{
    unsigned quotes = 0;
    for (size_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      (c >= '0' && c <= '9') || c >= 0x80;
        if (!letter && !strchr(" ,-'_", c))
            return false;
        quotes += c == '\'';
    }
    return v.len > 0 && v.len < 200 && quotes % 2 == 0;
}

static bool is_address(struct str v)
{
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)v.ptr[i] <= ' ' || strchr("\"'<>()\\", v.ptr[i]))
            return false;
    return str_starts(v, STR("https://")) && v.len > 11 && v.len < 1000;
}

static bool is_good(const struct setting *s, struct str v)
{
    unsigned long long pixels;
    switch (s->kind) {
    case COLOUR:
        return is_colour(v);
    case FONT:
        return is_font(v);
    case ADDRESS:
        return is_address(v);
    case PIXELS:
        return str_to_u64(v, &pixels) && pixels >= s->least &&
               pixels <= s->most;
    }
    return false;
}

static const struct setting *find_setting(struct str name)
{
    for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
        if (str_equal(str_of(settings[i].name), name))
            return &settings[i];
    return NULL;
}

static bool fail_unknown(struct str name, struct err *err)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
        strbuf_add_format(&names, "%s%s", i ? ", " : "", settings[i].name);
    return err_set(err, ERR_USAGE,
                   "theme: \"%.*s\" is no setting; there are %s, as in "
                   "accent=#1a4f8b",
                   name.len < 60 ? (int)name.len : 60, name.ptr,
                   strbuf_text(&names));
}

static bool check(struct str name, struct str value, struct err *err)
{
    const struct setting *s = find_setting(name);
    if (!s)
        return fail_unknown(name, err);
    if (is_good(s, value))
        return true;
    char range[48] = "";
    if (s->kind == PIXELS)
        snprintf(range, sizeof range, " from %u to %u", s->least, s->most);
    return err_set(err, ERR_USAGE, "theme: %s is \"%.*s\"; it has to be %s%s",
                   s->name, value.len < 60 ? (int)value.len : 60, value.ptr,
                   wanted[s->kind], range);
}

/* ---- reading --------------------------------------------------------- */

bool theme_parse(struct str lines, struct arena *arena,
                 struct render_setting **out, size_t *count, struct err *err)
{
    *out = ARENA_NEW_ARRAY(arena, struct render_setting, ARRAY_SIZE(settings));
    *count = 0;
    struct str line;
    while (str_next_line(&lines, &line)) {
        struct str value = str_trim(line);
        if (!value.len)
            continue;
        struct str name = str_trim(str_cut(&value, '='));
        value = str_trim(value);
        if (!check(name, value, err))
            return false;
        if (!theme_get(*out, *count, name))
            (*out)[(*count)++] = (struct render_setting){
                arena_copy_str(arena, name), arena_copy_str(arena, value)};
    }
    return true;
}

bool theme_change(struct str lines, const char *setting, struct strbuf *out,
                  struct err *err)
{
    struct str value = str_of(setting), line;
    struct str name = str_trim(str_cut(&value, '='));
    value = str_trim(value);
    if (!find_setting(name))
        return fail_unknown(name, err);
    if (!strchr(setting, '='))
        return err_set(err, ERR_USAGE,
                       "theme: %.*s needs a value, as in %.*s=VALUE; without "
                       "one, %.*s= takes it out",
                       STR_ARG(name), STR_ARG(name), STR_ARG(name));
    if (value.len && !check(name, value, err))
        return false;
    while (str_next_line(&lines, &line)) {
        struct str rest = line;
        if (!str_equal(str_cut(&rest, '='), name))
            strbuf_add_format(out, "%.*s\n", STR_ARG(line));
    }
    if (value.len)
        strbuf_add_format(out, "%.*s=%.*s\n", STR_ARG(name), STR_ARG(value));
    return true;
}

const char *theme_get(const struct render_setting *theme, size_t count,
                      struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(str_of(theme[i].name), name))
            return theme[i].value;
    return NULL;
}

bool theme_has(struct str name)
{
    return find_setting(name) != NULL;
}

unsigned theme_width(const struct render_setting *theme, size_t count)
{
    const char *width = theme_get(theme, count, STR("width"));
    return width ? (unsigned)strtoul(width, NULL, 10) : THEME_WIDTH;
}

/* ---- contrast -------------------------------------------------------- */

/* Pairs of ink and paper, with the colours that designs have where none is
 * set. */
static const struct pair {
    const char *ink, *paper, *ink_default, *paper_default;
} pairs[] = {
    {"accent", "paper", "#1a4f8b", "#ffffff"},
    {"ink", "paper", "#1f2328", "#ffffff"},
    {"quiet", "paper", "#59616b", "#ffffff"},
    {"accent-dark", "paper-dark", NULL, "#16181c"},
    {"ink-dark", "paper-dark", "#e6e6e6", "#16181c"},
    {"quiet-dark", "paper-dark", "#a9b0ba", "#16181c"},
};

static void write_contrast(const struct pair *pair,
                           const struct render_setting *theme, size_t count,
                           struct strbuf *out)
{
    const char *ink = theme_get(theme, count, str_of(pair->ink));
    const char *paper = theme_get(theme, count, str_of(pair->paper));
    struct colour on, under;
    if ((!ink && !paper) || (!ink && !pair->ink_default))
        return;
    ink = ink ? ink : pair->ink_default;
    paper = paper ? paper : pair->paper_default;
    if (!colour_parse(str_of(ink), &on) || !colour_parse(str_of(paper), &under))
        return;
    double contrast = colour_contrast(on, under);
    char better[COLOUR_TEXT_SIZE];
    if (contrast >= least_contrast)
        return;
    colour_text(colour_readable(on, under, least_contrast), better);
    strbuf_add_format(out,
                      "theme: %s %s on %s %s has a contrast of %.1f to 1, and "
                      "many can't read less than 4.5; try %s=%s\n",
                      pair->ink, ink, pair->paper, paper,
                      floor(contrast * 10) / 10, pair->ink, better);
}

void theme_write_contrast(const struct render_setting *theme, size_t count,
                          struct strbuf *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
        write_contrast(&pairs[i], theme, count, out);
}

/* ---- applying -------------------------------------------------------- */

/* An accent that is dark enough for white paper is mixed with white until it
 * reads on dark paper. */
static void add_lightened(const struct render_setting *theme, size_t count,
                          const char *accent, struct strbuf *out)
{
    const char *set = theme_get(theme, count, STR("paper-dark"));
    struct colour paper, colour;
    char text[COLOUR_TEXT_SIZE];
    if (colour_parse(str_of(accent), &colour) &&
        colour_parse(str_of(set ? set : "#16181c"), &paper))
        strbuf_add_text(
            out,
            colour_text(colour_readable(colour, paper, made_contrast), text));
}

static void add_value(const struct render_setting *theme, size_t count,
                      struct str name, struct str otherwise, struct strbuf *out)
{
    const char *value = theme_get(theme, count, name);
    const char *accent = theme_get(theme, count, STR("accent"));
    unsigned width = theme_width(theme, count);
    if (value)
        strbuf_add_text(out, value);
    else if (accent && str_equal(name, STR("accent-dark")))
        add_lightened(theme, count, accent, out);
    else if (str_equal(name, STR("inner-width")))
        strbuf_add_format(out, "%u", width - THEME_MARGIN);
    else if (str_equal(name, STR("narrow")))
        strbuf_add_format(out, "%u", width + 16);
    else if (otherwise.len)
        strbuf_add_str(out, otherwise);
    else
        strbuf_add_format(out, "var(--%.*s)", STR_ARG(name));
}

static size_t closing(struct str text)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.len; i++) {
        depth += text.ptr[i] == '(';
        if (text.ptr[i] == ')' && depth-- == 0)
            return i;
    }
    return text.len;
}

void theme_apply(const struct render_setting *theme, size_t count,
                 struct str css, struct strbuf *out)
{
    while (css.len) {
        size_t at = str_find_str(css, STR("var(--"));
        strbuf_add(out, css.ptr, at);
        css = str_from(css, at + (at < css.len ? strlen("var(--") : 0));
        size_t end = closing(css);
        if (end == css.len)
            break;
        struct str otherwise = {css.ptr, end};
        struct str name = str_trim(str_cut(&otherwise, ','));
        add_value(theme, count, name, str_trim(otherwise), out);
        css = str_from(css, end + 1);
    }
    strbuf_add_str(out, css);
}
