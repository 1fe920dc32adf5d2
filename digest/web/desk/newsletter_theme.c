/* The theme of a newsletter as fields of its form: theme.NAME, where empty is
 * the design's own. */
#include "digest/base/mem.h"
#include "digest/renderer/theme.h"
#include "digest/web/desk/newsletter_visit.h"

/* The colours of the designs, for a picker to begin with. */
static const struct {
    const char *name, *title, *light, *dark;
} colours[] = {
    {"accent", "Accent", "#1a4f8b", "#8ab8f0"},
    {"ink", "Text", "#1f2328", "#e6e6e6"},
    {"quiet", "Small text", "#59616b", "#a9b0ba"},
    {"paper", "Paper", "#ffffff", "#16181c"},
    {"background", "Around it", "#f3f4f6", "#101216"},
};

static const struct {
    const char *name, *title, *hint;
} others[] = {
    {"heading-font", "Font of headlines", "Georgia, serif"},
    {"font", "Font of the text", "Verdana, sans-serif"},
    {"logo", "Logo", "https://example.org/logo.png"},
    {"logo-width", "Width of the logo", "pixels, such as 160"},
    {"width", "Width of the mail", "pixels, such as 600"},
};

static const char *field_of(const struct visit *visit, const char *name)
{
    return arena_format(visit->arena, "theme.%s", name);
}

/* ---- showing ---- */

struct kept {
    struct render_setting *settings;
    size_t count;
};

/* Makes a field's value: what was typed, or else what is kept. */
static struct value *field_value(struct visit *visit, const struct kept *kept,
                                 const char *name, const char *hint)
{
    struct value *item = value_object(visit->arena);
    const char *field = field_of(visit, name);
    const char *text =
        form_get(visit->form, field).ptr
            ? visit_field(visit, field)
            : theme_get(kept->settings, kept->count, str_of(name));
    value_set_text(item, "field", field);
    value_set_text(item, "value", text ? text : "");
    value_set_text(item, "hint", hint);
    return item;
}

void newsletter_visit_theme(struct visit *visit, const struct newsletter *n,
                            struct value *data)
{
    struct value *list = value_list(visit->arena);
    struct value *more = value_list(visit->arena);
    struct err ignored = {0};
    struct kept kept = {0};
    if (!theme_parse(str_of(n->theme), visit->arena, &kept.settings,
                     &kept.count, &ignored))
        kept.count = 0;
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++) {
        struct value *item = value_object(visit->arena);
        const char *dark =
            arena_format(visit->arena, "%s-dark", colours[i].name);
        value_set_text(item, "title", colours[i].title);
        value_set(item, "light",
                  field_value(visit, &kept, colours[i].name, colours[i].light));
        value_set(item, "dark",
                  field_value(visit, &kept, dark, colours[i].dark));
        value_append(list, item);
    }
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        struct value *item =
            field_value(visit, &kept, others[i].name, others[i].hint);
        value_set_text(item, "title", others[i].title);
        value_append(more, item);
    }
    value_set(data, "colours", list);
    value_set(data, "looks", more);
}

/* ---- reading ---- */

static bool read_setting(struct visit *visit, struct newsletter *n,
                         const char *name, struct err *err)
{
    OWNED(strbuf_free) struct strbuf next = STRBUF_INIT;
    const char *field = field_of(visit, name);
    if (!form_get(visit->form, field).ptr)
        return true;
    if (!theme_change(str_of(n->theme),
                      arena_format(visit->arena, "%s=%s", name,
                                   visit_field(visit, field)),
                      &next, err))
        return false;
    n->theme = arena_copy_str(visit->arena, strbuf_str(&next));
    return true;
}

bool newsletter_visit_read_theme(struct visit *visit, struct newsletter *n,
                                 struct err *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++)
        if (!read_setting(visit, n, colours[i].name, err) ||
            !read_setting(
                visit, n,
                arena_format(visit->arena, "%s-dark", colours[i].name), err))
            return false;
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        if (!read_setting(visit, n, others[i].name, err))
            return false;
    return true;
}
