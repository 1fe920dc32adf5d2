/* HTML as it stands: elements, texts and comments in document order, each
 * with its place in the source. For looking at markup that was made; what
 * goes to readers is made by document.h.
 *
 * libxml2 reads it and repairs it as it does elsewhere: elements that were
 * left out (html, head, body) are there.
 */
#ifndef DIGEST_DOCUMENT_MARKUP_H
#define DIGEST_DOCUMENT_MARKUP_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/base/strbuf.h"

enum markup_kind { MARKUP_ELEMENT, MARKUP_TEXT, MARKUP_COMMENT };

struct markup_attribute {
    const char *name;  /* in lower case */
    const char *value; /* references resolved; "" where there is none */
};

struct markup_node {
    enum markup_kind kind;
    const char *name; /* of an element, in lower case; NULL for others */
    struct str text;  /* of a text (references resolved) or a comment */
    const struct markup_attribute *attributes;
    size_t attribute_count;
    size_t offset; /* where it begins in the source */
    struct markup_node *parent, *first, *last, *next;
};

struct markup {
    struct arena arena;
    struct str source;          /* borrowed */
    struct markup_node *root;   /* of no name; holds <html> */
    struct markup_node **nodes; /* all but the root, in document order */
    size_t count, capacity;
};

/* Reads HTML, already UTF-8. `html` has to live as long as the markup.
 * Fails: INPUT, for text that isn't UTF-8, or nesting, size or number of
 * attributes beyond reason. */
FALLIBLE bool markup_read(struct str html, struct markup *out, struct err *err);
void markup_free(struct markup *markup); /* for OWNED */

bool markup_is(const struct markup_node *node, const char *name);

/* An attribute's value, or NULL where it isn't there. */
const char *markup_get(const struct markup_node *node, const char *name);

/* The nearest element of that name that holds the node, or NULL. */
const struct markup_node *markup_within(const struct markup_node *node,
                                        const char *name);

/* Appends the words below a node in one line: texts, and the alternative
 * texts of images; not what stands in <style>, <script> and <title>. */
void markup_words(const struct markup_node *node, struct strbuf *out);

/* Line and column (in characters), both from 1, of an offset in a text. */
void markup_place(struct str source, size_t offset, unsigned *line,
                  unsigned *column);

#endif
