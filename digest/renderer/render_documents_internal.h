/* The documents of an issue, each read once however often the issue is
 * rendered to find out what fits.
 */
#ifndef DIGEST_RENDERER_RENDER_DOCUMENTS_INTERNAL_H
#define DIGEST_RENDERER_RENDER_DOCUMENTS_INTERNAL_H

#include "digest/base/err.h"
#include "digest/document/document.h"

/* Start with {0}. */
struct render_documents {
    struct render_document {
        const char *html; /* borrowed; its address is what it is found by */
        struct document *document;
    } * items;
    size_t count, capacity;
};
void render_documents_free(struct render_documents *documents); /* for OWNED */

/* The document of a text of the issue, which lasts as long as the documents
 * and doesn't change. Lives until render_documents_free. Fails: INPUT. */
FALLIBLE bool render_documents_read(struct render_documents *documents,
                                    const char *html,
                                    const struct document **out,
                                    struct err *err);

#endif
