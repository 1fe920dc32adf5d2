/* A template: mustache, compiled once and applied many times.
 *
 * Source: the mustache specification, its six core modules, and of the
 * optional ones inheritance and dynamic names. Escaping depends on the edge
 * that the result is for.
 */
#ifndef DIGEST_RENDERER_TEMPLATE_INTERNAL_H
#define DIGEST_RENDERER_TEMPLATE_INTERNAL_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"
#include "digest/renderer/value.h"

enum template_edge {
    EDGE_HTML,   /* & < > " ' become references */
    EDGE_TEXT,   /* as it is */
    EDGE_HEADER, /* one line, controls gone, slot marks too */
    EDGE_URL,    /* percent-encoded */
};

struct template;

/* A section is left out where its value is false: a missing value, null, false,
 * 0, an empty text and an empty list. */

/* The library that partials and parents come from: `find` has the source of
 * template `name`, as a compiled template that the library owns; NULL when
 * there is none. Errors of compiling go to err. */
struct template_library {
    const struct template *(*find)(void *context, const char *name,
                                   struct err *err);
    void *context;
};

/* Compiles. `file` names it in errors ("file:line:column: …") and is copied;
 * so is the source. Fails: INPUT. */
FALLIBLE bool template_compile(struct str source, const char *file,
                               struct template **out, struct err *err);
void template_free(struct template *template);
void template_release(struct template **template); /* for OWNED */

/* Appends the result. A missing variable is empty, as mustache has it; a
 * missing partial or parent is too. Fails: INPUT, for partials that nest
 * beyond reason or don't compile. */
FALLIBLE bool template_apply(const struct template *template,
                             const struct value *data, enum template_edge edge,
                             const struct template_library *library,
                             struct strbuf *out, struct err *err);

#endif
