/* Finds pipe tables in the paragraphs that cmark takes them for. */
#include "digest/document/pipe_table_internal.h"

#include <cmark.h>

#include "digest/base/mem.h"

/* ---- escaped bars ------------------------------------------------------- */

/* Stands for one while cmark reads. A noncharacter (Unicode §23.7): no text
 * that is interchanged has it. */
#define HIDDEN "\xef\xb7\x90"

void pipe_tables_hide_bars(struct str *markdown, struct strbuf *hidden)
{
    struct str rest = *markdown;
    size_t at;
    if (str_find_str(rest, STR("\\|")) == rest.len ||
        str_find_str(rest, STR(HIDDEN)) < rest.len)
        return;
    while ((at = str_find_str(rest, STR("\\|"))) < rest.len) {
        strbuf_add(hidden, rest.ptr, at);
        strbuf_add_text(hidden, HIDDEN);
        rest = str_from(rest, at + 2);
    }
    strbuf_add_str(hidden, rest);
    *markdown = strbuf_str(hidden);
}

/* A text with `shown` in place of each bar. */
static char *show_bars(const char *text, const char *shown)
{
    struct strbuf out = STRBUF_INIT;
    struct str rest = str_of(text);
    for (size_t at; (at = str_find_str(rest, STR(HIDDEN))) < rest.len;) {
        strbuf_add(&out, rest.ptr, at);
        strbuf_add_text(&out, shown);
        rest = str_from(rest, at + strlen(HIDDEN));
    }
    strbuf_add_str(&out, rest);
    return strbuf_take(&out);
}

static bool is_in_table(cmark_node *node)
{
    for (; node; node = cmark_node_parent(node))
        if (cmark_node_get_type(node) == CMARK_NODE_CUSTOM_BLOCK)
            return true;
    return false;
}

/* A backslash before a bar is an escape in text, and itself in code that is no
 * table's. */
static void show_in_node(cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    const char *literal = cmark_node_get_literal(node);
    bool is_code = type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK ||
                   type == CMARK_NODE_HTML_BLOCK ||
                   type == CMARK_NODE_HTML_INLINE;
    if (literal && strstr(literal, HIDDEN)) {
        OWNED(mem_free)
        char *text =
            show_bars(literal, is_code && !is_in_table(node) ? "\\|" : "|");
        cmark_node_set_literal(node, text);
    }
    if (type != CMARK_NODE_LINK && type != CMARK_NODE_IMAGE)
        return;
    OWNED(mem_free) char *url = show_bars(cmark_node_get_url(node), "|");
    OWNED(mem_free) char *title = show_bars(cmark_node_get_title(node), "|");
    cmark_node_set_url(node, url);
    cmark_node_set_title(node, title);
}

/* ---- rows --------------------------------------------------------------- */

static cmark_node *line_end(cmark_node *node)
{
    while (node && cmark_node_get_type(node) != CMARK_NODE_SOFTBREAK)
        node = cmark_node_next(node);
    return node;
}

static struct str text_of(cmark_node *node)
{
    bool is_text = node && cmark_node_get_type(node) == CMARK_NODE_TEXT;
    return str_of(is_text ? cmark_node_get_literal(node) : "");
}

/* How many columns a row of dashes makes: "|---|:-:|", "--- | ---". 0: it is
 * none. */
static unsigned count_dashes(cmark_node *node, const cmark_node *end)
{
    struct str text = str_trim(text_of(node)), cell;
    unsigned columns = 0;
    bool has_bar = str_find(text, '|') < text.len;
    if (!node || cmark_node_next(node) != end || !has_bar)
        return 0;
    if (text.ptr[0] == '|')
        text = str_from(text, 1);
    while (text.len) {
        cell = str_trim(str_cut(&text, '|'));
        if (cell.len && cell.ptr[0] == ':')
            cell = str_from(cell, 1);
        if (cell.len > 1 && cell.ptr[cell.len - 1] == ':')
            cell.len--;
        for (size_t i = 0; i < cell.len; i++)
            if (cell.ptr[i] != '-')
                return 0;
        if (!cell.len)
            return 0;
        columns++;
    }
    return columns;
}

/* A table under way: where the next node comes. */
struct rows {
    cmark_node *table, *row, *cell;
    unsigned columns, count; /* count: cells of this row */
    bool is_head;
};

static cmark_node *add_tag(cmark_node *parent, const char *begin,
                           const char *end)
{
    cmark_node *node = cmark_node_new(CMARK_NODE_CUSTOM_BLOCK);
    cmark_node_set_on_enter(node, begin);
    cmark_node_set_on_exit(node, end);
    if (!cmark_node_append_child(parent, node))
        abort(); /* a custom block takes any child */
    return node;
}

static void open_cell(struct rows *rows)
{
    rows->count++;
    rows->cell = rows->count > rows->columns ? NULL
                 : rows->is_head ? add_tag(rows->row, "<th>", "</th>")
                                 : add_tag(rows->row, "<td>", "</td>");
}

static void add_text(struct rows *rows, struct str text)
{
    if (!rows->cell || !text.len)
        return;
    OWNED(mem_free) char *copy = str_dup(text);
    cmark_node *node = cmark_node_new(CMARK_NODE_TEXT);
    cmark_node_set_literal(node, copy);
    cmark_node_append_child(rows->cell, node);
}

static void add_bars(struct rows *rows, struct str text, bool is_first,
                     bool is_last)
{
    if (is_first) {
        while (text.len && text.ptr[0] == ' ')
            text = str_from(text, 1);
        if (text.len && text.ptr[0] == '|')
            text = str_from(text, 1);
    }
    while (is_last && text.len && text.ptr[text.len - 1] == ' ')
        text.len--;
    if (is_last && text.len && text.ptr[text.len - 1] == '|')
        text.len--;
    for (;;) {
        bool has_bar = str_find(text, '|') < text.len;
        add_text(rows, str_cut(&text, '|'));
        if (!has_bar)
            return;
        open_cell(rows);
    }
}

/* Moves the nodes of a line into a new row; cells beyond the columns go. */
static void add_row(struct rows *rows, cmark_node *node, const cmark_node *end)
{
    bool is_first = true;
    rows->row = add_tag(rows->table, "<tr>", "</tr>");
    rows->count = 0;
    open_cell(rows);
    while (node && node != end) {
        cmark_node *next = cmark_node_next(node);
        if (cmark_node_get_type(node) == CMARK_NODE_TEXT) {
            add_bars(rows, text_of(node), is_first, next == end);
            cmark_node_free(node);
        } else if (rows->cell) {
            cmark_node_append_child(rows->cell, node);
        } else {
            cmark_node_free(node);
        }
        is_first = false;
        node = next;
    }
    while (rows->count < rows->columns)
        open_cell(rows);
    rows->is_head = false;
}

/* How many cells a line has, bars at its ends left out. */
static unsigned count_cells(cmark_node *node, const cmark_node *end)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    unsigned count = 1;
    for (; node && node != end; node = cmark_node_next(node)) {
        struct str text = text_of(node);
        if (text.len)
            strbuf_add_str(&line, text);
        else
            strbuf_add_char(&line, 'x');
    }
    struct str text = str_trim(strbuf_str(&line));
    if (text.len && text.ptr[0] == '|')
        text = str_from(text, 1);
    if (text.len && text.ptr[text.len - 1] == '|')
        text.len--;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '|';
    return count;
}

/* Makes a table of the lines from the head on; lines above it stay a
 * paragraph. */
static void make_table(cmark_node *paragraph, cmark_node *head,
                       cmark_node *dashes, unsigned columns)
{
    struct rows rows = {.table = cmark_node_new(CMARK_NODE_CUSTOM_BLOCK),
                        .columns = columns,
                        .is_head = true};
    cmark_node *head_end = line_end(head), *end = line_end(dashes);
    cmark_node *break_above = cmark_node_previous(head);
    cmark_node_set_on_enter(rows.table, "<table>");
    cmark_node_set_on_exit(rows.table, "</table>");
    cmark_node_insert_after(paragraph, rows.table);
    add_row(&rows, head, head_end);
    cmark_node_free(head_end);
    cmark_node_free(dashes);
    while (end) {
        cmark_node *line = cmark_node_next(end);
        cmark_node_free(end);
        end = line_end(line);
        add_row(&rows, line, end);
    }
    if (break_above)
        cmark_node_free(break_above);
    if (!cmark_node_first_child(paragraph))
        cmark_node_free(paragraph);
}

static void convert_paragraph(cmark_node *paragraph)
{
    cmark_node *head = cmark_node_first_child(paragraph);
    for (cmark_node *end = line_end(head); end; end = line_end(head)) {
        cmark_node *dashes = cmark_node_next(end);
        unsigned columns = count_dashes(dashes, line_end(dashes));
        if (columns && columns == count_cells(head, end)) {
            make_table(paragraph, head, dashes, columns);
            return;
        }
        head = dashes;
    }
}

void pipe_tables_find(struct cmark_node *root)
{
    cmark_consolidate_text_nodes(root);
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (event == CMARK_EVENT_EXIT &&
            cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH)
            convert_paragraph(node);
    }
    cmark_iter_free(iter);
    iter = cmark_iter_new(root);
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
        if (event == CMARK_EVENT_ENTER)
            show_in_node(cmark_iter_get_node(iter));
    cmark_iter_free(iter);
}
