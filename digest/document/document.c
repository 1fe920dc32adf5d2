#include "digest/document/document.h"

#include <cmark.h>

#include "digest/base/mem.h"
#include "digest/document/tree.h"

void document_free(struct document *document)
{
    if (!document)
        return;
    cmark_node_free(document->root);
    free(document);
}

void document_release(struct document **document)
{
    document_free(*document);
    *document = NULL;
}

static void free_iter(cmark_iter **iter)
{
    cmark_iter_free(*iter);
}

/* cmark writes the tags of a custom block on lines of their own: the words of
 * a cell stand beside them. */
static bool is_beside_cell(struct str before, struct str after)
{
    return str_ends(before, STR("<td>")) ||
           str_ends(before, STR("scope=\"col\">")) ||
           str_ends(before, STR("scope=\"row\">")) ||
           str_starts(after, STR("</td>")) || str_starts(after, STR("</th>"));
}

static void close_up_cells(struct str html, struct strbuf *out)
{
    for (size_t i = 0; i < html.len; i++)
        if (html.ptr[i] != '\n' ||
            !is_beside_cell((struct str){html.ptr, i}, str_from(html, i + 1)))
            strbuf_add_char(out, html.ptr[i]);
}

/* cmark writes an item as <li>, and that nowhere else: the tags of its text
 * are escaped. */
static void add_numbers(cmark_node *root, struct str html, struct strbuf *out)
{
    OWNED(free_iter) cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        int number;
        if (event != CMARK_EVENT_ENTER ||
            cmark_node_get_type(node) != CMARK_NODE_ITEM)
            continue;
        size_t end = str_find_str(html, STR("<li>")) + strlen("<li");
        strbuf_add(out, html.ptr, end);
        html = str_from(html, end);
        if (tree_item_number(node, 0, &number))
            strbuf_add_format(out, " value=\"%d\"", number);
    }
    strbuf_add_str(out, html);
}

void document_to_html(const struct document *document, struct strbuf *out)
{
    OWNED(mem_free)
    char *html = cmark_render_html(document->root, CMARK_OPT_DEFAULT);
    OWNED(strbuf_free) struct strbuf numbered = STRBUF_INIT;
    struct str all = str_of(html);
    if (document->has_numbers) {
        add_numbers(document->root, all, &numbered);
        all = strbuf_str(&numbered);
    }
    if (str_find_str(all, STR("<table>")) < all.len)
        close_up_cells(all, out);
    else
        strbuf_add_str(out, all);
}

void document_to_markdown(const struct document *document, struct strbuf *out)
{
    char *markdown =
        cmark_render_commonmark(document->root, CMARK_OPT_DEFAULT, 0);
    strbuf_add_text(out, markdown);
    free(markdown);
}

void document_to_words(const struct document *document, struct strbuf *out)
{
    tree_words(document->root, WORDS_ALL, out);
}

bool document_first_image(const struct document *document, struct str *url,
                          struct str *alt)
{
    OWNED(free_iter) cmark_iter *iter = cmark_iter_new(document->root);
    while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (cmark_node_get_type(node) != CMARK_NODE_IMAGE)
            continue;
        cmark_node *text = cmark_node_first_child(node);
        *url = str_of(cmark_node_get_url(node));
        *alt = str_of(text ? cmark_node_get_literal(text) : "");
        return true;
    }
    return false;
}

bool document_is_empty(const struct document *document)
{
    return !cmark_node_first_child(document->root);
}

unsigned document_word_count(const struct document *document)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    tree_words(document->root, WORDS_OF_PROSE, &words);
    return tree_count_words(strbuf_str(&words));
}
