#include "digest/document/pipe_table.h"

#include <cmark.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

static cmark_node *line_end(cmark_node *node)
{
    while (node && cmark_node_get_type(node) != CMARK_NODE_SOFTBREAK)
        node = cmark_node_next(node);
    return node;
}

/* "|---|:-:|", "--- | ---": bars, dashes and colons, at least one of the
 * first two. */
static bool is_delimiter_row(cmark_node *node, const cmark_node *end)
{
    bool has_bar = false, has_dash = false;
    for (; node && node != end; node = cmark_node_next(node)) {
        if (cmark_node_get_type(node) != CMARK_NODE_TEXT)
            return false;
        for (const char *c = cmark_node_get_literal(node); *c; c++) {
            if (!strchr("|-: \t", *c))
                return false;
            has_bar = has_bar || *c == '|';
            has_dash = has_dash || *c == '-';
        }
    }
    return has_bar && has_dash;
}

static void free_until(cmark_node *node, const cmark_node *end)
{
    while (node && node != end) {
        cmark_node *next = cmark_node_next(node);
        cmark_node_free(node);
        node = next;
    }
}

static void set_text(cmark_node *node, struct str text)
{
    OWNED(mem_free) char *copy = str_dup(text);
    cmark_node_set_literal(node, copy);
}

static struct str text_of(cmark_node *node)
{
    bool is_text = node && cmark_node_get_type(node) == CMARK_NODE_TEXT;
    return str_of(is_text ? cmark_node_get_literal(node) : "");
}

static void trim_first_bar(cmark_node *node)
{
    struct str text = text_of(node);
    while (text.len && text.ptr[0] == ' ')
        text = str_from(text, 1);
    if (text.len && text.ptr[0] == '|')
        set_text(node, str_from(text, 1));
}

static void trim_last_bar(cmark_node *node)
{
    struct str text = text_of(node);
    while (text.len && text.ptr[text.len - 1] == ' ')
        text.len--;
    if (text.len && text.ptr[text.len - 1] == '|')
        set_text(node, (struct str){text.ptr, text.len - 1});
}

static void set_lines(cmark_node *paragraph)
{
    cmark_node *start = cmark_node_first_child(paragraph);
    while (start) {
        cmark_node *end = line_end(start);
        trim_first_bar(start);
        trim_last_bar(end ? cmark_node_previous(end)
                          : cmark_node_last_child(paragraph));
        if (!end)
            return;
        start = cmark_node_next(end);
        cmark_node *line_break = cmark_node_new(CMARK_NODE_LINEBREAK);
        cmark_node_replace(end, line_break);
        cmark_node_free(end);
    }
}

static void convert_paragraph(cmark_node *paragraph)
{
    cmark_node *first_end = line_end(cmark_node_first_child(paragraph));
    cmark_node *second = first_end ? cmark_node_next(first_end) : NULL;
    if (!second)
        return;
    cmark_node *second_end = line_end(second);
    if (!is_delimiter_row(second, second_end))
        return;
    free_until(second, second_end);
    cmark_node_free(first_end);
    set_lines(paragraph);
}

void pipe_tables_to_lines(struct cmark_node *root)
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
}
