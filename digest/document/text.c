/* Writes a document as plain text, block by block. */
#include "digest/document/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmark.h>

#include "digest/base/mem.h"
#include "digest/document/tree_internal.h"
#include "digest/document/wrap_internal.h"

enum { WIDTH_DEFAULT = 72 };

struct writer {
    struct text_links *links;
    struct strbuf *out;
    struct strbuf first, rest; /* the margin, as in struct margin */
    struct strbuf line;        /* the words of a leaf */
    unsigned width;
    unsigned marks;  /* emphasis within emphasis is marked once */
    bool is_heading; /* a heading needs no marks */
    bool has_begun;  /* a blank line comes before the next block */
    bool is_tight;   /* … but not in a tight list */
};

/* ---- inline ----------------------------------------------------------- */

static void write_inlines(struct writer *w, cmark_node *parent);

static bool holds_only_images(cmark_node *node)
{
    for (cmark_node *n = cmark_node_first_child(node); n;
         n = cmark_node_next(n))
        if (cmark_node_get_type(n) != CMARK_NODE_IMAGE)
            return false;
    return true;
}

static void write_marked(struct writer *w, cmark_node *node)
{
    bool marks = !w->is_heading && w->marks++ == 0 && !holds_only_images(node);
    if (marks)
        strbuf_add_char(&w->line, '*');
    write_inlines(w, node);
    if (marks)
        strbuf_add_char(&w->line, '*');
    if (!w->is_heading)
        w->marks--;
}

/* Whether a link's words are its address already. */
static bool says_itself(struct str words, struct str url)
{
    static const struct str schemes[] = {
        {"https://", 8}, {"http://", 7}, {"mailto:", 7}, {"tel:", 4}};
    if (str_equal(words, url))
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
        if (!str_starts(url, schemes[i]))
            continue;
        struct str rest = str_from(url, schemes[i].len);
        if (str_ends(rest, STR("/")) && !str_ends(words, STR("/")))
            rest.len--;
        return str_equal(words, rest);
    }
    return false;
}

static void write_link(struct writer *w, cmark_node *node)
{
    size_t start = w->line.len;
    write_inlines(w, node);
    struct str words = str_from(strbuf_str(&w->line), start);
    struct str url = str_of(cmark_node_get_url(node));
    if (!words.len || says_itself(words, url))
        return;
    /* A no-break space: the note stays with its word. */
    if (w->links)
        strbuf_add_format(&w->line, "\xc2\xa0[%u]",
                          text_links_add(w->links, url));
    else
        strbuf_add_format(&w->line, " (%.*s)", STR_ARG(url));
}

static void write_inline(struct writer *w, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
    case CMARK_NODE_CODE:
        strbuf_add_text(&w->line, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_LINEBREAK:
        strbuf_add_char(&w->line, '\n');
        break;
    case CMARK_NODE_EMPH:
    case CMARK_NODE_STRONG:
        write_marked(w, node);
        break;
    case CMARK_NODE_LINK:
        write_link(w, node);
        break;
    default:
        write_inlines(w, node);
        break;
    }
}

static void write_inlines(struct writer *w, cmark_node *parent)
{
    for (cmark_node *node = cmark_node_first_child(parent); node;
         node = cmark_node_next(node))
        write_inline(w, node);
}

/* ---- lines ------------------------------------------------------------ */

/* Makes no-break spaces plain, as a person types them: the lines they kept
 * together are wrapped by now. */
static void plain_spaces(struct strbuf *out, size_t start)
{
    size_t to = start;
    for (size_t from = start; from < out->len; from++) {
        if (out->ptr[from] == '\xc2' && out->ptr[from + 1] == '\xa0') {
            out->ptr[to++] = ' ';
            from++;
        } else {
            while (out->ptr[from] == '\n' && to > start &&
                   out->ptr[to - 1] == ' ')
                to--;
            out->ptr[to++] = out->ptr[from];
        }
    }
    strbuf_cut(out, to);
}

static void begin_block(struct writer *w)
{
    if (w->has_begun && !w->is_tight)
        strbuf_add_char(w->out, '\n');
    w->has_begun = true;
}

/* The margin's first line is used up by what is written first. */
static void use_margin(struct writer *w)
{
    strbuf_cut(&w->first, 0);
    strbuf_add_str(&w->first, strbuf_str(&w->rest));
}

static void write_lines(struct writer *w, struct str text)
{
    struct margin margin = {strbuf_str(&w->first), strbuf_str(&w->rest)};
    size_t start = w->out->len;
    wrap_lines(text, w->width, &margin, w->out);
    plain_spaces(w->out, start);
    use_margin(w);
}

/* An image without alternative text leaves a break, or a space, that has
 * nothing on one side. */
static struct str trimmed_line(struct writer *w)
{
    return str_trim(strbuf_str(&w->line));
}

static bool write_leaf(struct writer *w, cmark_node *leaf)
{
    strbuf_cut(&w->line, 0);
    write_inlines(w, leaf);
    struct str text = trimmed_line(w);
    if (!text.len)
        return false;
    begin_block(w);
    write_lines(w, text);
    return true;
}

/* ---- blocks ----------------------------------------------------------- */

static void write_blocks(struct writer *w, cmark_node *parent);

static unsigned widest_line(struct str text)
{
    unsigned widest = 0;
    struct str line;
    while (str_next_line(&text, &line)) {
        unsigned width = text_width(line);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void write_heading(struct writer *w, cmark_node *node)
{
    static const char underlines[] = "==-~~~~";
    w->is_heading = true;
    size_t start = w->out->len;
    bool is_written = write_leaf(w, node);
    w->is_heading = false;
    if (!is_written)
        return;
    unsigned columns = widest_line(str_from(strbuf_str(w->out), start));
    unsigned margin = text_width(strbuf_str(&w->rest));
    strbuf_add_str(w->out, strbuf_str(&w->rest));
    for (unsigned i = margin; i < columns; i++)
        strbuf_add_char(w->out, underlines[cmark_node_get_heading_level(node)]);
    strbuf_add_char(w->out, '\n');
}

static void write_code(struct writer *w, cmark_node *node)
{
    struct str code = str_of(cmark_node_get_literal(node)), line;
    begin_block(w);
    while (str_next_line(&code, &line)) {
        while (line.len && strchr(" \t\r", line.ptr[line.len - 1]))
            line.len--;
        if (line.len) {
            strbuf_add_str(w->out, strbuf_str(&w->first));
            strbuf_add_text(w->out, "    ");
            strbuf_add_str(w->out, line);
        }
        strbuf_add_char(w->out, '\n');
        use_margin(w);
    }
}

static void write_rule(struct writer *w)
{
    begin_block(w);
    write_lines(w, STR("* * *"));
}

static void indent(struct strbuf *margin, unsigned columns)
{
    for (unsigned i = 0; i < columns; i++)
        strbuf_add_char(margin, ' ');
}

/* A block that holds others: what stands before it is its surroundings'
 * affair, what stands between its own blocks is its own. */
static void write_within(struct writer *w, cmark_node *node, bool is_tight,
                         void (*write)(struct writer *, cmark_node *))
{
    bool had_begun = w->has_begun, was_tight = w->is_tight;
    size_t before = w->out->len;
    begin_block(w);
    size_t start = w->out->len;
    w->has_begun = false;
    w->is_tight = is_tight;
    write(w, node);
    w->is_tight = was_tight;
    w->has_begun = had_begun || w->out->len > start;
    if (w->out->len == start)
        strbuf_cut(w->out, before);
}

/* However deep it stands, half of the width is left to the words. */
static bool may_indent(const struct writer *w, size_t columns)
{
    return w->rest.len + columns <= w->width / 2;
}

enum { QUOTE_INDENT = 4 };

static void write_quote(struct writer *w, cmark_node *node)
{
    size_t first = w->first.len, rest = w->rest.len;
    unsigned columns = may_indent(w, QUOTE_INDENT) ? QUOTE_INDENT : 0;
    indent(&w->first, columns);
    indent(&w->rest, columns);
    write_blocks(w, node);
    strbuf_cut(&w->rest, rest);
    strbuf_cut(&w->first, first);
}

/* ---- lists ------------------------------------------------------------ */

/* The columns of the widest number in the list. */
static int number_columns(cmark_node *list)
{
    int widest = 0, number, next = cmark_node_get_list_start(list);
    for (cmark_node *n = cmark_node_first_child(list); n;
         n = cmark_node_next(n)) {
        tree_item_number(n, next, &number);
        int columns = snprintf(NULL, 0, "%d", number);
        widest = columns > widest ? columns : widest;
        next = number + 1;
    }
    return widest;
}

static void write_item(struct writer *w, cmark_node *item, struct str marker)
{
    size_t rest = w->rest.len;
    if (may_indent(w, marker.len))
        indent(&w->rest, (unsigned)marker.len);
    else if (rest >= marker.len) /* beside the items that it is within */
        strbuf_cut(&w->first, rest - marker.len);
    strbuf_add_str(&w->first, marker);
    write_blocks(w, item);
    strbuf_cut(&w->rest, rest);
    use_margin(w);
}

static void write_list(struct writer *w, cmark_node *list)
{
    bool is_numbered = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
    int number = 0, next = cmark_node_get_list_start(list);
    int columns = number_columns(list);
    for (cmark_node *item = cmark_node_first_child(list); item;
         item = cmark_node_next(item)) {
        char marker[32] = "  - ";
        tree_item_number(item, next, &number);
        if (is_numbered)
            snprintf(marker, sizeof marker, "  %*d. ", columns, number);
        next = number + 1;
        write_item(w, item, str_of(marker));
    }
}

/* ---- tables ----------------------------------------------------------- */

enum { TABLE_COLUMNS_MAX = 40, COLUMN_GAP = 2 };

struct grid {
    char **cells; /* row by row */
    size_t rows, columns;
    unsigned widths[TABLE_COLUMNS_MAX];
    bool is_number[TABLE_COLUMNS_MAX]; /* what stands below the head */
    bool is_headed;
};

static const char *cell_at(const struct grid *grid, size_t row, size_t column)
{
    return grid->cells[row * grid->columns + column];
}

static bool is_number(const char *text)
{
    bool has_digit = false;
    for (; *text; text++) {
        has_digit = has_digit || (*text >= '0' && *text <= '9');
        if (!strchr("0123456789.,+-% ", *text))
            return false;
    }
    return has_digit;
}

static size_t count_children(cmark_node *node)
{
    size_t count = 0;
    for (cmark_node *n = cmark_node_first_child(node); n;
         n = cmark_node_next(n))
        count++;
    return count;
}

static void note_cell(struct grid *grid, size_t row, size_t column,
                      const char *text)
{
    unsigned width = text_width(str_of(text));
    if (width > grid->widths[column])
        grid->widths[column] = width;
    if (*text && !(row == 0 && grid->is_headed) && !is_number(text))
        grid->is_number[column] = false;
}

static void read_grid(struct writer *w, cmark_node *table, struct grid *grid)
{
    cmark_node *first = cmark_node_first_child(table);
    *grid = (struct grid){.rows = count_children(table),
                          .columns = count_children(first)};
    cmark_node *head = cmark_node_first_child(first);
    cmark_node *below = cmark_node_next(first);
    grid->is_headed = head && tree_table_part(head) == TABLE_HEAD &&
                      strstr(cmark_node_get_on_enter(head), "\"col\"") && below;
    if (grid->columns > TABLE_COLUMNS_MAX)
        grid->columns = TABLE_COLUMNS_MAX;
    for (size_t i = 0; i < grid->columns; i++)
        grid->is_number[i] = true;
    grid->cells = MEM_NEW_ARRAY(char *, grid->rows * grid->columns + 1);
    size_t row = 0;
    for (cmark_node *r = first; r; r = cmark_node_next(r), row++) {
        cmark_node *cell = cmark_node_first_child(r);
        for (size_t column = 0; column < grid->columns; column++) {
            strbuf_cut(&w->line, 0);
            if (cell)
                write_inlines(w, cell);
            struct str text = trimmed_line(w);
            grid->cells[row * grid->columns + column] = str_dup(text);
            note_cell(grid, row, column, cell_at(grid, row, column));
            cell = cell ? cmark_node_next(cell) : NULL;
        }
    }
}

static void free_grid(struct grid *grid)
{
    for (size_t i = 0; i < grid->rows * grid->columns; i++)
        free(grid->cells[i]);
    free(grid->cells);
}

static void add_times(struct strbuf *out, char c, unsigned times)
{
    for (; times; times--)
        strbuf_add_char(out, c);
}

/* One line of a table that fits; with "-" a rule under the heads. */
static void write_columns(struct writer *w, const struct grid *grid, size_t row,
                          bool is_rule)
{
    strbuf_cut(&w->line, 0);
    for (size_t i = 0; i < grid->columns; i++) {
        const char *text = cell_at(grid, row, i);
        unsigned free = grid->widths[i] - text_width(str_of(text));
        add_times(&w->line, ' ', i ? COLUMN_GAP : 0);
        if (is_rule) {
            add_times(&w->line, '-', grid->widths[i]);
            continue;
        }
        if (grid->is_number[i])
            add_times(&w->line, ' ', free);
        strbuf_add_text(&w->line, text);
        if (!grid->is_number[i])
            add_times(&w->line, ' ', free);
    }
    while (w->line.len && w->line.ptr[w->line.len - 1] == ' ')
        strbuf_cut(&w->line, w->line.len - 1);
    size_t start = w->out->len;
    strbuf_add_str(w->out, strbuf_str(&w->first));
    strbuf_add_str(w->out, strbuf_str(&w->line));
    strbuf_add_char(w->out, '\n');
    plain_spaces(w->out, start);
    use_margin(w);
}

/* A row of a table that is wider than the page: a line for each cell. */
static void write_pairs(struct writer *w, const struct grid *grid, size_t row)
{
    for (size_t i = 0; i < grid->columns; i++) {
        const char *text = cell_at(grid, row, i);
        const char *head = grid->is_headed ? cell_at(grid, 0, i) : "";
        if (!*text)
            continue;
        strbuf_cut(&w->line, 0);
        strbuf_add_format(&w->line, "%s%s%s", head, *head ? ": " : "", text);
        size_t rest = w->rest.len;
        indent(&w->rest, may_indent(w, COLUMN_GAP) ? COLUMN_GAP : 0);
        write_lines(w, strbuf_str(&w->line));
        strbuf_cut(&w->rest, rest);
        use_margin(w);
    }
}

static void write_table(struct writer *w, cmark_node *table)
{
    OWNED(free_grid) struct grid grid;
    read_grid(w, table, &grid);
    unsigned width = text_width(strbuf_str(&w->rest));
    for (size_t i = 0; i < grid.columns; i++)
        width += grid.widths[i] + (i ? COLUMN_GAP : 0);
    bool fits = width <= w->width;
    begin_block(w);
    for (size_t row = 0; row < grid.rows; row++) {
        bool is_head = grid.is_headed && row == 0;
        if (fits) {
            write_columns(w, &grid, row, false);
            if (is_head)
                write_columns(w, &grid, row, true);
        } else if (!is_head) {
            if (row > (grid.is_headed ? 1u : 0u))
                strbuf_add_char(w->out, '\n');
            write_pairs(w, &grid, row);
        }
    }
}

static void write_block(struct writer *w, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
        write_heading(w, node);
        break;
    case CMARK_NODE_CODE_BLOCK:
        write_code(w, node);
        break;
    case CMARK_NODE_THEMATIC_BREAK:
        write_rule(w);
        break;
    case CMARK_NODE_BLOCK_QUOTE:
        write_within(w, node, false, write_quote);
        break;
    case CMARK_NODE_LIST:
        write_within(w, node, cmark_node_get_list_tight(node), write_list);
        break;
    case CMARK_NODE_CUSTOM_BLOCK:
        write_table(w, node);
        break;
    default:
        write_leaf(w, node);
        break;
    }
}

static void write_blocks(struct writer *w, cmark_node *parent)
{
    for (cmark_node *node = cmark_node_first_child(parent); node;
         node = cmark_node_next(node))
        write_block(w, node);
}

void document_to_text(const struct document *document,
                      const struct text_options *options, struct strbuf *out)
{
    struct writer w = {
        .links = options->links,
        .out = out,
        .width = options->width ? options->width : WIDTH_DEFAULT,
    };
    indent(&w.first, options->indent);
    indent(&w.rest, options->indent);
    write_blocks(&w, document->root);
    strbuf_free(&w.first);
    strbuf_free(&w.rest);
    strbuf_free(&w.line);
}
