/* Tables become lines: a row a line, its cells joined by bars. A row with
 * more in it than words (a layout, mostly) becomes the blocks of its cells.
 */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/document/convert.h"

enum { CELL_NODES_MAX = 200 }; /* what is larger is no cell of a line */

static const char *const row_groups[] = {"tbody", "thead", "tfoot", "form"};
static const char *const block_names[] = {
    "ul", "ol",     "dl",     "blockquote", "pre",   "table",
    "hr", "h1",     "h2",     "h3",         "h4",    "h5",
    "h6", "figure", "iframe", "video",      "audio", "object",
};

static bool is_one_of(const xmlNode *node, const char *const *names,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (element_is(node, names[i]))
            return true;
    return false;
}

static bool is_cell(const xmlNode *node)
{
    return element_is(node, "td") || element_is(node, "th");
}

struct cell {
    unsigned nodes, paragraphs;
    bool has_block, has_content;
};

/* Looks through a cell, and no further than it takes to judge it. */
static void judge(const xmlNode *node, struct cell *cell)
{
    for (const xmlNode *n = node->children; n; n = n->next) {
        if (cell->has_block || ++cell->nodes > CELL_NODES_MAX)
            return;
        if (n->type == XML_TEXT_NODE)
            cell->has_content |= !xmlIsBlankNode((xmlNode *)n);
        if (n->type != XML_ELEMENT_NODE || element_look(n).is_hidden)
            continue;
        cell->has_content |= element_is(n, "img");
        cell->paragraphs += element_is(n, "p");
        cell->has_block = is_one_of(n, block_names, ARRAY_SIZE(block_names));
        judge(n, cell);
    }
}

static bool is_rich(const struct cell *cell)
{
    return cell->has_block || cell->nodes > CELL_NODES_MAX ||
           cell->paragraphs > 1;
}

/* How many cells the widest row has. */
static unsigned columns(const xmlNode *table)
{
    unsigned most = 0;
    for (const xmlNode *n = table->children; n; n = n->next) {
        unsigned here = 0;
        if (is_one_of(n, row_groups, ARRAY_SIZE(row_groups)))
            here = columns(n);
        else if (element_is(n, "tr"))
            for (const xmlNode *cell = n->children; cell; cell = cell->next)
                here += is_cell(cell);
        most = here > most ? here : most;
    }
    return most;
}

static bool row_is_line(const xmlNode *row)
{
    bool has_content = false;
    for (const xmlNode *n = row->children; n; n = n->next) {
        struct cell cell = {0};
        if (!is_cell(n))
            continue;
        judge(n, &cell);
        if (is_rich(&cell))
            return false;
        has_content |= cell.has_content;
    }
    return has_content;
}

static void add_cell(struct converter *c, const struct style *style,
                     const xmlNode *cell)
{
    struct style inner = *style;
    struct cell judged = {0};
    judge(cell, &judged);
    if (element_is(cell, "th"))
        style_add(&inner, &(struct format){FORMAT_STRONG, NULL, NULL, cell});
    if (judged.has_content)
        convert_children(c, &inner, cell);
    else
        builder_text(c->builder, style, STR("\xe2\x80\x93"));
}

/* The last cell with something in it: empty ones after it say nothing. */
static const xmlNode *last_full_cell(const xmlNode *row)
{
    const xmlNode *last = NULL;
    for (const xmlNode *n = row->children; n; n = n->next) {
        struct cell cell = {0};
        if (!is_cell(n) || element_look(n).is_hidden)
            continue;
        judge(n, &cell);
        if (cell.has_content)
            last = n;
    }
    return last;
}

static void add_line(struct converter *c, const struct style *style,
                     const xmlNode *row)
{
    struct style line = *style;
    line.is_one_line = true;
    builder_break(c->builder, style);
    const xmlNode *last = last_full_cell(row);
    bool is_first = true;
    for (const xmlNode *n = last ? row->children : NULL; n; n = n->next) {
        if (!is_cell(n) || element_look(n).is_hidden)
            continue;
        if (!is_first)
            builder_text(c->builder, style, STR(" | "));
        is_first = false;
        add_cell(c, &line, n);
        if (n == last)
            break;
    }
}

static void add_row(struct converter *c, const struct style *style,
                    const xmlNode *row, bool may_be_line)
{
    if (element_look(row).is_hidden)
        return;
    if (may_be_line && row_is_line(row)) {
        add_line(c, style, row);
        return;
    }
    builder_boundary(c->builder, style);
    convert_children(c, style, row);
    builder_boundary(c->builder, style);
}

static void add_rows(struct converter *c, const struct style *style,
                     const xmlNode *group, bool may_be_lines)
{
    for (const xmlNode *n = group->children; n; n = n->next) {
        if (element_is(n, "tr"))
            add_row(c, style, n, may_be_lines);
        else if (is_one_of(n, row_groups, ARRAY_SIZE(row_groups)))
            add_rows(c, style, n, may_be_lines);
        else if (n->type == XML_ELEMENT_NODE && !element_is(n, "caption"))
            convert_node(c, style, n);
    }
}

static void add_caption(struct converter *c, const struct style *style,
                        const xmlNode *table)
{
    for (const xmlNode *n = table->children; n; n = n->next) {
        struct style inner = *style;
        if (!element_is(n, "caption") || element_look(n).is_hidden)
            continue;
        style_add(&inner, &(struct format){FORMAT_STRONG, NULL, NULL, n});
        convert_children(c, &inner, n);
        builder_boundary(c->builder, style);
    }
}

void convert_table(struct converter *c, const struct style *style,
                   const struct _xmlNode *table)
{
    struct style inner = convert_block_style(c, style);
    builder_boundary(c->builder, &inner);
    if (style->is_one_line) {
        convert_children(c, &inner, table);
    } else {
        add_caption(c, &inner, table);
        add_rows(c, &inner, table, columns(table) > 1);
    }
    builder_boundary(c->builder, &inner);
}
