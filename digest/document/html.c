/* Parses HTML with libxml2, for the converter that makes a document of it. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/document/convert_internal.h"
#include "digest/document/html_tree.h"
#include "digest/document/input_internal.h"
#include "digest/document/url.h"

static const char *escaped_base(struct arena *arena, const char *base_url)
{
    if (!base_url)
        return NULL;
    return url_resolve(arena, str_of(base_url), NULL, URL_FILE);
}

bool document_from_html(struct str html, const char *base_url,
                        struct document **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf cleaned = STRBUF_INIT;
    OWNED(html_tree_free) xmlDoc *tree = NULL;
    if (!input_check(&html, &cleaned, err))
        return false;
    input_strip_sections(&html, &cleaned);
    if (!html_tree_read(html, &tree, err))
        return false;
    OWNED(arena_free) struct arena conversion_arena = ARENA_INIT;
    OWNED(builder_free) struct builder builder;
    builder_init(&builder);
    struct converter converter = {
        .builder = &builder,
        .arena = &conversion_arena,
        .base = escaped_base(&conversion_arena, base_url),
    };
    struct style plain = {0};
    for (const xmlNode *n = tree ? tree->children : NULL; n; n = n->next)
        convert_node(&converter, &plain, n);
    *out = builder_finish(&builder);
    return true;
}
