/* Reads a design's templates and style, and lists the values they ask for. */
#include "digest/renderer/design.h"

#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/renderer/render_data_internal.h"
#include "digest/renderer/template_nodes_internal.h"
#include "digest/renderer/theme.h"
#include "digest/renderer/value_tree_internal.h"

enum { DEEP_MAX = 24 };

/* ---- names ----------------------------------------------------------- */

static void add_name(struct design *design, struct design_names *names,
                     struct str name)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_equal(str_of(names->items[i]), name))
            return;
    const char *copy = arena_copy_str(&design->arena, name);
    MEM_PUSH(names->items, names->count, names->capacity, copy);
}

void design_free(struct design *design)
{
    free(design->variables.items);
    free(design->unknown.items);
    free(design->settings.items);
    arena_free(&design->arena);
}

/* ---- a mail that has everything -------------------------------------- */

#define STORY                                                                  \
    .title = "A", .url = "https://example.org/", .author = "A", .source = "A", \
    .summary_html = "<p>A</p>", .image_url = "https://example.org/a.png",      \
    .image_alt = "A", .image_width = 1200, .image_height = 600,                \
    .reading_minutes = 1, .date = "A", .language = "de"

/* The mail has a summary, and the public copy the whole text. */
static const struct render_story summary = {STORY};
static const struct render_story full = {STORY, .show = RENDER_FULL,
                                         .body_html = "<p>A</p>"};
static const struct render_section mail_section = {"A", &summary, 1};
static const struct render_section public_section = {"A", &full, 1};

#define BLOCK(at, after)                                                       \
    {                                                                          \
        .place = (at), .index = (after), .kind = "note",                       \
        .html = "<p><a href=\"https://example.org/\">A</a></p>",               \
        .is_advertisement = true,                                              \
    }
static const struct render_block blocks[] = {
    BLOCK(RENDER_TOP, 0), BLOCK(RENDER_AFTER_STORY, 1),
    BLOCK(RENDER_AFTER_SECTION, 0), BLOCK(RENDER_BOTTOM, 0)};

static struct render_issue full_issue(bool public_copy)
{
    return (struct render_issue){
        .newsletter_title = "A",
        .newsletter_slug = "a",
        .number = 1,
        .date = "A",
        .subject = "A",
        .preheader = "A",
        .intro_html = "<p><a href=\"https://example.org/\">A</a></p>",
        .sections = public_copy ? &public_section : &mail_section,
        .section_count = 1,
        .blocks = blocks,
        .block_count = ARRAY_SIZE(blocks),
        .site_name = "A",
        .site_url = "https://example.org/",
        .postal_address = "A",
        .has_unsubscribe_link = true,
        .has_preferences_link = true,
        .has_view_link = true,
        .public_copy = public_copy,
        .has_archive_link = true,
        .signup_url = "https://example.org/",
    };
}

/* ---- the walk --------------------------------------------------------- */

/* A scope in which a name may be found: innermost first. */
struct scope {
    const struct value *value;
    const char *path; /* "" for the whole */
    const struct scope *outer;
};

struct walk {
    struct design *design;
    struct template_set *templates;
    const char *path;                      /* of the template that is applied */
    const struct template *open[DEEP_MAX]; /* partials within partials */
    size_t depth;
};

static const char *join(struct walk *w, const char *path, struct str name)
{
    return arena_format(&w->design->arena, "%s%s%.*s", path, *path ? "." : "",
                        STR_ARG(name));
}

/* The value of a tag's name, and the way to it. */
static const struct value *find(struct walk *w, const struct scope *scope,
                                const struct node *node, const char **path)
{
    const struct value *value = NULL;
    *path = scope->path;
    if (!node->part_count)
        return scope->value;
    for (const struct scope *s = scope; s && !value; s = s->outer) {
        value = value_find(s->value, node->parts[0]);
        *path = join(w, s->path, node->parts[0]);
    }
    for (size_t i = 1; value && i < node->part_count; i++) {
        value = value_find(value, node->parts[i]);
        *path = join(w, *path, node->parts[i]);
    }
    return value;
}

static bool walk_nodes(struct walk *w, const struct scope *scope,
                       const struct node *first, struct err *err);

static bool walk_section(struct walk *w, const struct scope *scope,
                         const struct node *node, const struct value *value,
                         const char *path, struct err *err)
{
    struct scope inner = {value, path, scope};
    if (value && value->kind == VALUE_LIST) {
        inner.value = value->count ? value->members[0].value : NULL;
        inner.path = arena_format(&w->design->arena, "%s[]", path);
    }
    bool is_within = value && node->kind == NODE_SECTION &&
                     (value->kind == VALUE_LIST || value->kind == VALUE_OBJECT);
    return walk_nodes(w, is_within ? &inner : scope, node->first, err);
}

/* Whether a partial is open already: one that brings in itself shows nothing
 * new. */
static bool is_open(const struct walk *w, const struct template *partial)
{
    for (size_t i = 0; i < w->depth; i++)
        if (w->open[i] == partial)
            return true;
    return w->depth == DEEP_MAX;
}

static bool walk_partial(struct walk *w, const struct scope *scope,
                         const struct node *node, struct err *err)
{
    const struct template *partial;
    if (node->is_dynamic)
        return true;
    OWNED(mem_free) char *name = str_dup(node->text);
    if (!template_set_get_near(w->templates, w->path, name, &partial, err))
        return false;
    if (!partial || is_open(w, partial))
        return true;
    w->open[w->depth++] = partial;
    bool good = walk_nodes(w, scope, partial->root.first, err);
    w->depth--;
    return good;
}

static bool walk_named(struct walk *w, const struct scope *scope,
                       const struct node *node, struct err *err)
{
    struct design *design = w->design;
    const char *path;
    const struct value *value = find(w, scope, node, &path);
    bool is_leaf =
        !value || (value->kind != VALUE_OBJECT && value->kind != VALUE_LIST);
    if (!value)
        add_name(design, &design->unknown, node->text);
    else if (is_leaf && *path)
        add_name(design, &design->variables, str_of(path));
    return !node->first || walk_section(w, scope, node, value, path, err);
}

static bool walk_node(struct walk *w, const struct scope *scope,
                      const struct node *node, struct err *err)
{
    switch (node->kind) {
    case NODE_TEXT:
    case NODE_LINE:
        return true;
    case NODE_PARTIAL:
        return walk_partial(w, scope, node, err);
    case NODE_PARENT:
        return walk_partial(w, scope, node, err) &&
               walk_nodes(w, scope, node->first, err);
    case NODE_BLOCK:
        return walk_nodes(w, scope, node->first, err);
    case NODE_VARIABLE:
    case NODE_RAW:
    case NODE_SECTION:
    case NODE_INVERTED:
        return walk_named(w, scope, node, err);
    }
    return true;
}

static bool walk_nodes(struct walk *w, const struct scope *scope,
                       const struct node *first, struct err *err)
{
    for (const struct node *node = first; node; node = node->next)
        if (!walk_node(w, scope, node, err))
            return false;
    return true;
}

static bool walk_file(struct template_set *templates, const char *path,
                      const struct value *data, struct design *design,
                      struct err *err)
{
    const struct template *template;
    struct walk w = {.design = design, .templates = templates, .path = path};
    struct scope scope = {data, "", NULL};
    return template_set_get(templates, path, &template, err) &&
           walk_nodes(&w, &scope, template->root.first, err);
}

/* ---- the style sheet -------------------------------------------------- */

static bool read_style(struct template_set *templates, const char *beside,
                       struct str css, struct design *design, unsigned depth,
                       struct err *err)
{
    static const char use[] = "var(--", import[] = "@import \"";
    struct str rest = css;
    for (size_t at; (at = str_find_str(rest, STR(use))) < rest.len;) {
        rest = str_from(rest, at + strlen(use));
        struct str name = rest;
        name.len = strcspn(rest.ptr, ",) \n");
        if (theme_has(name))
            add_name(design, &design->settings, name);
    }
    rest = css;
    for (size_t at; (at = str_find_str(rest, STR(import))) < rest.len;) {
        struct str source;
        const char *origin;
        rest = str_from(rest, at + strlen(import));
        OWNED(mem_free) char *name = str_dup(str_cut(&rest, '"'));
        if (depth == DEEP_MAX)
            return err_set(err, ERR_INPUT,
                           "%s: an @import leads back to itself", beside);
        if (!template_set_source_near(templates, beside, name, &source, &origin,
                                      err) ||
            !read_style(templates, beside, source, design, depth + 1, err))
            return false;
    }
    return true;
}

/* ---- the whole -------------------------------------------------------- */

/* A name that only the mail has, or only the public copy, is no slip. */
static void forget_known(struct design *design)
{
    size_t kept = 0;
    for (size_t i = 0; i < design->unknown.count; i++) {
        bool is_known = false;
        for (size_t j = 0; j < design->variables.count; j++)
            is_known |= str_ends(str_of(design->variables.items[j]),
                                 str_of(design->unknown.items[i]));
        if (!is_known)
            design->unknown.items[kept++] = design->unknown.items[i];
    }
    design->unknown.count = kept;
}

static bool read_templates(struct template_set *templates, const char *name,
                           bool public_copy, const struct catalogue *words,
                           struct design *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct render_issue issue = full_issue(public_copy);
    const struct render_setting logo = {"logo", "https://example.org/a.png"};
    OWNED(render_documents_free) struct render_documents documents = {0};
    const struct render_fit fit = {.documents = &documents};
    struct value *data;
    issue.words = words;
    issue.theme = &logo;
    issue.theme_count = 1;
    if (!render_data(&issue, &fit, &arena, &data, err))
        return false;
    value_set_text(data, "more_stories", "A");
    value_set_text(data, "more_url", "A");
    OWNED(mem_free) char *html = mem_format("email/%s/html.mustache", name);
    OWNED(mem_free) char *text = mem_format("email/%s/text.mustache", name);
    return walk_file(templates, html, data, out, err) &&
           walk_file(templates, text, data, out, err);
}

bool design_read(struct template_set *templates, const char *name,
                 struct design *out, struct err *err)
{
    OWNED(catalogue_release) struct catalogue *words = NULL;
    OWNED(mem_free) char *style = mem_format("email/%s/style.css", name);
    struct str css;
    const char *origin;
    *out = (struct design){0};
    if (!catalogue_new(templates, "en", &words, err) ||
        !read_templates(templates, name, false, words, out, err) ||
        !read_templates(templates, name, true, words, out, err) ||
        !template_set_source(templates, style, &css, &origin, err) ||
        !read_style(templates, style, css, out, 0, err))
        return false;
    forget_known(out);
    return true;
}
