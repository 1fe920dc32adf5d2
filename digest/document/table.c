/* Tables of data stay tables: those with a row of heads, or with two columns
 * and more, whose cells hold words. Of the others each row of words becomes a
 * line, its cells joined by bars, and a row with more in it (a layout, mostly)
 * the blocks of its cells.
 */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/document/convert_internal.h"

enum {
    CELL_NODES_MAX = 200, /* what is larger is no cell of a line */
    CELL_WORDY = 240,     /* bytes: more is no data, unless a head says so */
    COLUMNS_MAX = 40,
    ROWS_MAX = 500,
};

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
    size_t bytes; /* of words */
    bool has_block, has_content, has_image;
};

static size_t visible_bytes(const char *text)
{
    size_t bytes = 0;
    for (; *text; text++)
        bytes += (unsigned char)*text > ' ';
    return bytes;
}

/* Looks through a cell, and no further than it takes to judge it. */
static void judge(const xmlNode *node, struct cell *cell)
{
    for (const xmlNode *n = node->children; n; n = n->next) {
        if (cell->has_block || ++cell->nodes > CELL_NODES_MAX)
            return;
        if (n->type == XML_TEXT_NODE) {
            cell->has_content |= !xmlIsBlankNode((xmlNode *)n);
            cell->bytes += visible_bytes((const char *)n->content);
        }
        if (n->type != XML_ELEMENT_NODE || element_look(n).is_hidden)
            continue;
        cell->has_image |= element_is(n, "img");
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

/* ---- tables of data ----------------------------------------------------- */

/* A table's shape, gathered row by row. */
struct shape {
    unsigned rows, columns;      /* rows with something in them */
    unsigned below[COLUMNS_MAX]; /* rows that a cell above still reaches into */
    bool is_headed;              /* the first row is of heads */
    bool is_rich, has_image, is_wordy, is_beyond;
};

static unsigned span_of(const xmlNode *cell, const char *name)
{
    unsigned long long span = 1;
    if (!str_to_u64(str_trim(element_attribute(cell, name)), &span) || !span)
        return 1;
    return span > ROWS_MAX ? ROWS_MAX : (unsigned)span;
}

static bool is_shown_cell(const xmlNode *node)
{
    return is_cell(node) && !element_look(node).is_hidden;
}

static bool row_has_content(const xmlNode *row)
{
    for (const xmlNode *n = row->children; n; n = n->next) {
        struct cell cell = {0};
        if (!is_shown_cell(n))
            continue;
        judge(n, &cell);
        if (cell.has_content)
            return true;
    }
    return false;
}

/* Whether all that is said in a row is said in heads. */
static bool row_is_head(const xmlNode *row)
{
    for (const xmlNode *n = row->children; n; n = n->next) {
        struct cell cell = {0};
        if (!is_shown_cell(n) || element_is(n, "th"))
            continue;
        judge(n, &cell);
        if (cell.has_content)
            return false;
    }
    return true;
}

/* The next column that no cell of a row above reaches into. */
static unsigned free_column(struct shape *shape, unsigned column)
{
    while (column < COLUMNS_MAX && shape->below[column])
        shape->below[column++]--;
    return column;
}

static void look_at_row(const xmlNode *row, struct shape *shape)
{
    unsigned column = 0;
    if (!row_has_content(row))
        return;
    if (shape->rows++ == 0)
        shape->is_headed = row_is_head(row);
    for (const xmlNode *n = row->children; n; n = n->next) {
        struct cell cell = {0};
        if (!is_shown_cell(n))
            continue;
        judge(n, &cell);
        shape->is_rich |= is_rich(&cell);
        shape->has_image |= cell.has_image;
        shape->is_wordy |= cell.bytes > CELL_WORDY;
        unsigned down = span_of(n, "rowspan");
        column = free_column(shape, column);
        for (unsigned i = span_of(n, "colspan"); i; i--, column++)
            if (column < COLUMNS_MAX)
                shape->below[column] = down - 1;
            else
                shape->is_beyond = true;
    }
    column = free_column(shape, column);
    shape->columns = column > shape->columns ? column : shape->columns;
}

static void look_at_rows(const xmlNode *group, struct shape *shape)
{
    for (const xmlNode *n = group->children; n; n = n->next) {
        if (shape->rows > ROWS_MAX || shape->is_rich)
            return;
        if (n->type != XML_ELEMENT_NODE || element_look(n).is_hidden)
            continue;
        if (element_is(n, "tr"))
            look_at_row(n, shape);
        else if (is_one_of(n, row_groups, ARRAY_SIZE(row_groups)))
            look_at_rows(n, shape);
        else if (!element_is(n, "caption") && !element_is(n, "colgroup") &&
                 !element_is(n, "col"))
            shape->is_rich = true;
    }
}

static bool is_layout(const xmlNode *table)
{
    struct str role = element_attribute(table, "role");
    return str_equal_nocase(role, STR("presentation")) ||
           str_equal_nocase(role, STR("none"));
}

static bool is_data(const xmlNode *table, struct shape *shape)
{
    look_at_rows(table, shape);
    if (is_layout(table) || shape->is_rich || shape->is_beyond ||
        shape->rows < 2 || shape->rows > ROWS_MAX)
        return false;
    return shape->is_headed ||
           (shape->columns > 1 && !shape->has_image && !shape->is_wordy);
}

/* A table under way: its shape, and the row that comes next. */
struct data {
    struct converter *c;
    struct style style; /* of the words in cells */
    struct cmark_node *table;
    const struct shape *shape;
    struct shape reach; /* what reaches from above */
    unsigned rows;
};

static enum cell_kind kind_of(const struct data *d, const xmlNode *cell,
                              unsigned column)
{
    if (d->rows == 0 && d->shape->is_headed)
        return CELL_HEAD_OF_COLUMN;
    return column == 0 && cell && element_is(cell, "th") ? CELL_HEAD_OF_ROW
                                                         : CELL_DATA;
}

static unsigned fill_reached(struct data *d, unsigned column)
{
    unsigned until = free_column(&d->reach, column);
    for (; column < until; column++)
        builder_open_cell(d->c->builder, kind_of(d, NULL, column));
    return column;
}

static void add_data_row(struct data *d, const xmlNode *row)
{
    unsigned column = 0;
    builder_open_row(d->c->builder, d->table);
    for (const xmlNode *n = row->children; n; n = n->next) {
        if (!is_shown_cell(n))
            continue;
        column = fill_reached(d, column);
        unsigned across = span_of(n, "colspan"), down = span_of(n, "rowspan");
        builder_open_cell(d->c->builder, kind_of(d, n, column));
        convert_children(d->c, &d->style, n);
        for (unsigned i = 0; i < across; i++, column++) {
            d->reach.below[column] = down - 1;
            if (i)
                builder_open_cell(d->c->builder, kind_of(d, NULL, column));
        }
    }
    column = fill_reached(d, column);
    for (; column < d->shape->columns; column++)
        builder_open_cell(d->c->builder, kind_of(d, NULL, column));
    d->rows++;
}

static void add_data_rows(struct data *d, const xmlNode *group)
{
    for (const xmlNode *n = group->children; n; n = n->next) {
        if (n->type != XML_ELEMENT_NODE || element_look(n).is_hidden)
            continue;
        if (element_is(n, "tr") && row_has_content(n))
            add_data_row(d, n);
        else if (is_one_of(n, row_groups, ARRAY_SIZE(row_groups)))
            add_data_rows(d, n);
    }
}

static bool add_data(struct converter *c, const struct style *style,
                     const xmlNode *table, const struct shape *shape)
{
    struct data d = {.c = c,
                     .style = *style,
                     .shape = shape,
                     .table = builder_open_table(c->builder)};
    if (!d.table)
        return false;
    d.style.is_one_line = true;
    d.style.heading = 0;
    add_data_rows(&d, table);
    builder_close_table(c->builder, d.table);
    return true;
}

void convert_table(struct converter *c, const struct style *style,
                   const struct _xmlNode *table)
{
    struct style inner = convert_block_style(c, style);
    builder_boundary(c->builder, &inner);
    if (style->is_one_line) {
        convert_children(c, &inner, table);
    } else {
        struct shape shape = {0};
        add_caption(c, &inner, table);
        if (!is_data(table, &shape) || !add_data(c, &inner, table, &shape))
            add_rows(c, &inner, table, columns(table) > 1);
    }
    builder_boundary(c->builder, &inner);
}
