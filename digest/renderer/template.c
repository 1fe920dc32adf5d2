/* Applying a compiled template to data. */
#include "digest/renderer/template_nodes_internal.h"

#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/renderer/value_tree_internal.h"

enum {
    DEPTH_MAX = 500,              /* sections, blocks and partials */
    STEPS_MAX = 20 * 1000 * 1000, /* nodes applied, in all */
    OUTPUT_MAX = 64 << 20,        /* bytes */
};

/* The data in sight, innermost first. */
struct context {
    const struct value *value;
    const struct context *outer;
};

/* The blocks that a {{<parent}} fills; `outer` fills before `inner`. */
struct filling {
    const struct node *parent;
    const struct template *template; /* that it stands in */
    const struct filling *outer;
};

struct application {
    const struct template_library *library;
    enum template_edge edge;
    struct strbuf *out;
    struct strbuf indent; /* for lines that begin now */
    bool line_begins;
    unsigned depth;
    unsigned long steps;
    struct err *err;
};

/* The place where a node is applied: all but the node changes with it. */
struct place {
    const struct template *template; /* for errors */
    const struct context *context;
    const struct filling *filling;
};

static bool apply_nodes(struct application *a, const struct place *place,
                        const struct node *first);

static bool fail(const struct application *a, const struct place *place,
                 const struct node *node, const char *what)
{
    return err_set(a->err, ERR_INPUT, "%s:%u:%u: %s", place->template->file,
                   node->line, node->column, what);
}

/* ---- looking up ------------------------------------------------------ */

static const struct value *look_up(const struct context *context,
                                   const struct node *node)
{
    if (node->part_count == 0)
        return context->value;
    const struct value *value = NULL;
    for (; context && !value; context = context->outer)
        value = value_find(context->value, node->parts[0]);
    for (size_t i = 1; i < node->part_count; i++)
        value = value_find(value, node->parts[i]);
    return value;
}

static struct str text_of(const struct value *value)
{
    return value && value->text.ptr ? value->text : STR("");
}

/* ---- writing --------------------------------------------------------- */

static void write_indent(struct application *a)
{
    if (a->line_begins)
        strbuf_add_str(a->out, strbuf_str(&a->indent));
    a->line_begins = false;
}

static void write_text(struct application *a, struct str text)
{
    if (text.len == 0)
        return;
    write_indent(a);
    strbuf_add_str(a->out, text);
}

static void write_value(struct application *a, const struct value *value)
{
    write_indent(a);
    struct str text = text_of(value);
    bool is_slot = value && value->kind == VALUE_SLOT;
    if (a->edge == EDGE_HTML && !is_slot)
        html_escape(a->out, text);
    else if (a->edge == EDGE_URL && !is_slot)
        url_encode(a->out, text);
    else
        strbuf_add_str(a->out, text);
}

/* ---- sections -------------------------------------------------------- */

static bool apply_within(struct application *a, const struct place *place,
                         const struct node *node, const struct value *value)
{
    struct context context = {value, place->context};
    struct place inner = {place->template, &context, place->filling};
    return apply_nodes(a, &inner, node->first);
}

static bool apply_section(struct application *a, const struct place *place,
                          const struct node *node)
{
    const struct value *value = look_up(place->context, node);
    bool is_true = value_is_true(value);
    if (node->kind == NODE_INVERTED)
        return is_true || apply_nodes(a, place, node->first);
    if (!is_true)
        return true;
    if (value->kind != VALUE_LIST)
        return apply_within(a, place, node, value);
    for (size_t i = 0; i < value->count; i++)
        if (!apply_within(a, place, node, value->members[i].value))
            return false;
    return true;
}

/* ---- blocks ---------------------------------------------------------- */

static const struct node *block_in(const struct node *parent, struct str name)
{
    const struct node *child = parent->first;
    while (child &&
           !(child->kind == NODE_BLOCK && str_equal(child->text, name)))
        child = child->next;
    return child;
}

/* The outermost parent that fills a block. */
static const struct filling *find_filling(const struct filling *filling,
                                          struct str name)
{
    const struct filling *found = NULL;
    for (; filling; filling = filling->outer)
        if (block_in(filling->parent, name))
            found = filling;
    return found;
}

/* The content comes to stand where the block stands: with the block's
 * indentation, and without beginning a line of its own. What a parent fills
 * in sees only the fillings further out, so that none can hold itself. */
static bool apply_block(struct application *a, const struct place *place,
                        const struct node *node)
{
    struct place inner = *place;
    const struct node *first = node->first;
    const struct filling *filled = find_filling(place->filling, node->text);
    if (filled) {
        inner.template = filled->template;
        inner.filling = filled->outer;
        first = block_in(filled->parent, node->text)->first;
    }
    bool line_began = a->line_begins;
    size_t length = a->out->len, margin = a->indent.len;
    if (node->is_standalone)
        a->line_begins = true;
    if (first && first->kind == NODE_LINE)
        first = first->next;
    strbuf_add_str(&a->indent, node->indent);
    bool good = apply_nodes(a, &inner, first);
    strbuf_cut(&a->indent, margin);
    a->line_begins = line_began && a->out->len == length;
    return good;
}

/* ---- partials -------------------------------------------------------- */

static bool find_partial(struct application *a, const struct place *place,
                         const struct node *node, const struct template **out)
{
    struct str name = node->text;
    if (node->is_dynamic)
        name = text_of(look_up(place->context, node));
    *out = NULL;
    if (!a->library || name.len == 0)
        return true;
    OWNED(mem_free) char *copy = str_dup(name);
    struct err err = {0};
    *out = a->library->find(a->library->context, copy, &err);
    if (*out || err.kind == ERR_NONE)
        return true;
    if (a->err)
        *a->err = err;
    return false;
}

static bool apply_partial(struct application *a, const struct place *place,
                          const struct node *node)
{
    struct place inner = *place;
    if (!find_partial(a, place, node, &inner.template))
        return false;
    if (!inner.template)
        return true;
    struct filling filling = {node, place->template, place->filling};
    if (node->kind == NODE_PARENT)
        inner.filling = &filling;
    struct strbuf indent = a->indent;
    if (node->is_standalone) {
        strbuf_add_str(&a->indent, node->indent);
    } else {
        write_indent(a);
        a->indent = STRBUF_INIT;
    }
    bool good = apply_nodes(a, &inner, inner.template->root.first);
    if (node->is_standalone) {
        strbuf_cut(&a->indent, indent.len);
    } else {
        strbuf_free(&a->indent);
        a->indent = indent;
        a->line_begins = false;
    }
    return good;
}

/* ---- all ------------------------------------------------------------- */

static bool apply_node(struct application *a, const struct place *place,
                       const struct node *node)
{
    switch (node->kind) {
    case NODE_TEXT:
        write_text(a, node->text);
        return true;
    case NODE_LINE:
        a->line_begins = true;
        return true;
    case NODE_VARIABLE:
        write_value(a, look_up(place->context, node));
        return true;
    case NODE_RAW:
        write_text(a, text_of(look_up(place->context, node)));
        return true;
    case NODE_SECTION:
    case NODE_INVERTED:
        return apply_section(a, place, node);
    case NODE_PARTIAL:
    case NODE_PARENT:
        return apply_partial(a, place, node);
    case NODE_BLOCK:
        return apply_block(a, place, node);
    }
    return true;
}

static bool apply_nodes(struct application *a, const struct place *place,
                        const struct node *first)
{
    if (first && a->depth == DEPTH_MAX)
        return fail(
            a, place, first,
            "tags nest more than 500 deep; does a partial hold itself?");
    a->depth++;
    for (const struct node *node = first; node; node = node->next) {
        if (++a->steps > STEPS_MAX || a->out->len > OUTPUT_MAX)
            return fail(a, place, node,
                        "the result grows beyond reason; lists stand within "
                        "lists here");
        if (!apply_node(a, place, node))
            return false;
    }
    a->depth--;
    return true;
}

bool template_apply(const struct template *template, const struct value *data,
                    enum template_edge edge,
                    const struct template_library *library, struct strbuf *out,
                    struct err *err)
{
    OWNED(strbuf_free) struct strbuf result = STRBUF_INIT;
    struct application application = {
        .library = library, .edge = edge, .out = &result, .err = err};
    struct context context = {data, NULL};
    struct place place = {template, &context, NULL};
    bool good = apply_nodes(&application, &place, template->root.first);
    strbuf_free(&application.indent);
    if (!good)
        return false;
    if (edge == EDGE_HEADER)
        utf8_clean_line(out, strbuf_str(&result));
    else
        strbuf_add_str(out, strbuf_str(&result));
    return true;
}
