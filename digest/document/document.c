/* Frees documents, and writes them as HTML, Markdown and words. */
#include "digest/document/document.h"

#include <cmark.h>

#include "digest/base/mem.h"
#include "digest/document/tree_internal.h"

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

static const char *tag_of(cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    return type == CMARK_NODE_ITEM    ? "<li"
           : type == CMARK_NODE_IMAGE ? "<img"
                                      : NULL;
}

static void add_extras(cmark_node *node, struct strbuf *out)
{
    int number;
    unsigned width, height;
    if (cmark_node_get_type(node) == CMARK_NODE_ITEM) {
        if (tree_item_number(node, 0, &number))
            strbuf_add_format(out, " value=\"%d\"", number);
    } else if (tree_image_size(node, &width, &height)) {
        strbuf_add_format(out, " width=\"%u\"", width);
        if (height)
            strbuf_add_format(out, " height=\"%u\"", height);
    }
}

/* cmark writes <li and <img for items and images, and nowhere else: the tags
 * of its text are escaped. */
static void add_all_extras(cmark_node *root, struct str html,
                           struct strbuf *out)
{
    OWNED(free_iter) cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        const char *tag = tag_of(node);
        if (event != CMARK_EVENT_ENTER || !tag)
            continue;
        size_t end = str_find_str(html, str_of(tag)) + strlen(tag);
        strbuf_add(out, html.ptr, end);
        html = str_from(html, end);
        add_extras(node, out);
    }
    strbuf_add_str(out, html);
}

void document_to_html(const struct document *document, struct strbuf *out)
{
    OWNED(mem_free)
    char *html = cmark_render_html(document->root, CMARK_OPT_DEFAULT);
    OWNED(strbuf_free) struct strbuf whole = STRBUF_INIT;
    struct str all = str_of(html);
    if (document->has_extras) {
        add_all_extras(document->root, all, &whole);
        all = strbuf_str(&whole);
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

size_t document_images(const struct document *document,
                       struct document_image *out, size_t most)
{
    OWNED(free_iter) cmark_iter *iter = cmark_iter_new(document->root);
    cmark_event_type event;
    size_t count = 0;
    while (count < most &&
           (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (event != CMARK_EVENT_ENTER ||
            cmark_node_get_type(node) != CMARK_NODE_IMAGE)
            continue;
        cmark_node *text = cmark_node_first_child(node);
        struct document_image *image = &out[count++];
        image->url = str_of(cmark_node_get_url(node));
        image->alt = str_of(text ? cmark_node_get_literal(text) : "");
        tree_image_size(node, &image->width, &image->height);
    }
    return count;
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
