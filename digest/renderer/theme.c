#include "digest/renderer/theme.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"

enum kind { COLOUR, FONT, ADDRESS, PIXELS };

static const struct setting {
    const char *name;
    enum kind kind;
    unsigned least, most; /* of PIXELS */
} settings[] = {
    {"accent", COLOUR, 0, 0},     {"accent-dark", COLOUR, 0, 0},
    {"ink", COLOUR, 0, 0},        {"ink-dark", COLOUR, 0, 0},
    {"quiet", COLOUR, 0, 0},      {"quiet-dark", COLOUR, 0, 0},
    {"paper", COLOUR, 0, 0},      {"paper-dark", COLOUR, 0, 0},
    {"background", COLOUR, 0, 0}, {"background-dark", COLOUR, 0, 0},
    {"font", FONT, 0, 0},         {"heading-font", FONT, 0, 0},
    {"logo", ADDRESS, 0, 0},      {"logo-width", PIXELS, 16, 552},
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
    if (v.len != 7 || v.ptr[0] != '#')
        return false;
    for (size_t i = 1; i < v.len; i++)
        if (!strchr("0123456789abcdefABCDEF", v.ptr[i]))
            return false;
    return true;
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
    return err_set(err, ERR_USAGE, "theme: %s has to be %s%s", s->name,
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

unsigned theme_width(const struct render_setting *theme, size_t count)
{
    const char *width = theme_get(theme, count, STR("width"));
    return width ? (unsigned)strtoul(width, NULL, 10) : THEME_WIDTH;
}

/* ---- applying -------------------------------------------------------- */

static double luminance(const unsigned rgb[3])
{
    double part[3];
    for (size_t i = 0; i < 3; i++) {
        double c = rgb[i] / 255.0;
        part[i] = c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
    }
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
}

/* An accent that is dark enough for white paper is mixed with white until it
 * reads on dark paper, at 5 to 1. */
static void add_lightened(const char *accent, struct strbuf *out)
{
    static const unsigned paper[3] = {0x16, 0x18, 0x1c};
    unsigned long packed = strtoul(accent + 1, NULL, 16);
    unsigned rgb[3] = {(unsigned)(packed >> 16 & 255),
                       (unsigned)(packed >> 8 & 255), (unsigned)(packed & 255)};
    while (luminance(rgb) + 0.05 < 5 * (luminance(paper) + 0.05))
        for (size_t i = 0; i < 3; i++)
            rgb[i] += (255 - rgb[i] + 15) / 16;
    strbuf_add_format(out, "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
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
        add_lightened(accent, out);
    else if (str_equal(name, STR("inner-width")))
        strbuf_add_format(out, "%u", width - THEME_MARGIN);
    else if (str_equal(name, STR("narrow")))
        strbuf_add_format(out, "%u", width + 16);
    else
        strbuf_add_str(out, otherwise);
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
