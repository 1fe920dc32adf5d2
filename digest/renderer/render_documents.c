/* Keeps the documents of an issue that were read. */
#include "digest/renderer/render_documents_internal.h"

#include <stdlib.h>

#include "digest/base/mem.h"

void render_documents_free(struct render_documents *documents)
{
    for (size_t i = 0; i < documents->count; i++)
        document_free(documents->items[i].document);
    free(documents->items);
    *documents = (struct render_documents){0};
}

/* Reads a document once. There are a few for each story: a search from end to
 * end is quick. */
bool render_documents_read(struct render_documents *documents, const char *html,
                           const struct document **out, struct err *err)
{
    struct render_document one = {.html = html};
    for (size_t i = 0; i < documents->count; i++) {
        if (documents->items[i].html == html) {
            *out = documents->items[i].document;
            return true;
        }
    }
    if (!document_from_html(str_of(html), NULL, &one.document, err))
        return false;
    MEM_PUSH(documents->items, documents->count, documents->capacity, one);
    *out = one.document;
    return true;
}
