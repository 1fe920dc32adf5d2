/* A theme: colours, fonts, logo and width, which restyle any design.
 *
 * Settings stand as lines of NAME=VALUE. A style sheet asks for one with
 * var(--NAME, DEFAULT), resolved before the rules are moved into the markup,
 * since few clients know custom properties; a template, with {{theme.NAME}}.
 */
#ifndef DIGEST_RENDERER_THEME_H
#define DIGEST_RENDERER_THEME_H

#include "digest/renderer/render.h"

enum {
    THEME_WIDTH = 600,
    THEME_MARGIN = 48,
    THEME_LOGO_WIDTH = 160,
    THEME_LOGO_WIDTH_MIN = 16,
};

/* Reads and checks lines of settings. Lives until: the arena is freed.
 * Fails: USAGE, with what there is. */
FALLIBLE bool theme_parse(struct str lines, struct arena *arena,
                          struct render_setting **out, size_t *count,
                          struct err *err);

/* Appends `lines` with one NAME=VALUE changed; an empty value takes the
 * setting out. Fails: USAGE. */
FALLIBLE bool theme_change(struct str lines, const char *setting,
                           struct strbuf *out, struct err *err);

/* The value of a setting, or NULL. */
const char *theme_get(const struct render_setting *theme, size_t count,
                      struct str name);

/* Whether there is a setting of that name. */
bool theme_has(struct str name);

/* The width of the column in pixels. */
unsigned theme_width(const struct render_setting *theme, size_t count);

/* Appends a line for each colour that can't be read well on its ground, with
 * one that can; nothing where all can. */
void theme_write_contrast(const struct render_setting *theme, size_t count,
                          struct strbuf *out);

/* Appends the style sheet with each var() resolved that has a default, or is
 * a setting; any other is for browsers. */
void theme_apply(const struct render_setting *theme, size_t count,
                 struct str css, struct strbuf *out);

#endif
