/* Builds tables: custom blocks of cmark's, with the tags that they stand for.
 */
#include <cmark.h>

#include "digest/base/mem.h"
#include "digest/document/tree_internal.h"

static const char *const cell_tags[] = {
    [CELL_DATA] = "<td>",
    [CELL_HEAD_OF_COLUMN] = "<th scope=\"col\">",
    [CELL_HEAD_OF_ROW] = "<th scope=\"row\">",
};

static struct cmark_node *tag_node(const char *begin, const char *end)
{
    struct cmark_node *node = cmark_node_new(CMARK_NODE_CUSTOM_BLOCK);
    cmark_node_set_on_enter(node, begin);
    cmark_node_set_on_exit(node, end);
    return node;
}

enum table_part tree_table_part(struct cmark_node *node)
{
    static const struct {
        const char *begin;
        enum table_part part;
    } parts[] = {{"<table", TABLE_WHOLE},
                 {"<tr", TABLE_ROW},
                 {"<td", TABLE_CELL},
                 {"<th", TABLE_HEAD}};
    if (cmark_node_get_type(node) != CMARK_NODE_CUSTOM_BLOCK)
        return TABLE_NONE;
    struct str tag = str_of(cmark_node_get_on_enter(node));
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        if (str_starts(tag, str_of(parts[i].begin)))
            return parts[i].part;
    return TABLE_NONE;
}

struct cmark_node *builder_open_table(struct builder *b)
{
    builder_close_leaf(b);
    if (b->depth + 3 > TREE_DEPTH_MAX)
        return NULL;
    struct cmark_node *table = tag_node("<table>", "</table>");
    builder_append(b->at, table);
    return table;
}

void builder_open_row(struct builder *b, struct cmark_node *table)
{
    builder_close_leaf(b);
    builder_append(table, tag_node("<tr>", "</tr>"));
    b->at = cmark_node_last_child(table);
}

void builder_open_cell(struct builder *b, enum cell_kind kind)
{
    builder_close_leaf(b);
    b->leaf = b->spot =
        tag_node(cell_tags[kind], kind == CELL_DATA ? "</td>" : "</th>");
    builder_append(b->at, b->leaf);
    b->leaves++;
}

void builder_close_table(struct builder *b, struct cmark_node *table)
{
    builder_close_leaf(b);
    b->at = cmark_node_parent(table);
    if (!cmark_node_first_child(table))
        cmark_node_free(table);
}
