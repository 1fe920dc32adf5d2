/* Parses Markdown with cmark into a document. */
#include <cmark.h>

#include "digest/base/mem.h"
#include "digest/document/document.h"
#include "digest/document/input_internal.h"
#include "digest/document/pipe_table_internal.h"

/* Raw HTML reaches over several nodes of cmark's tree (<b> and </b> are two),
 * so that the whole goes through the HTML converter: it sees elements. That
 * is also what makes one normal form of both sources. */
bool document_from_markdown(struct str markdown, const char *base_url,
                            struct document **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf cleaned = STRBUF_INIT;
    if (!input_check(&markdown, &cleaned, err))
        return false;
    OWNED(strbuf_free) struct strbuf hidden = STRBUF_INIT;
    pipe_tables_hide_bars(&markdown, &hidden);
    cmark_node *root =
        cmark_parse_document(markdown.ptr, markdown.len, CMARK_OPT_DEFAULT);
    pipe_tables_find(root);
    OWNED(mem_free) char *html = cmark_render_html(root, CMARK_OPT_UNSAFE);
    cmark_node_free(root);
    return document_from_html(str_of(html), base_url, out, err);
}
