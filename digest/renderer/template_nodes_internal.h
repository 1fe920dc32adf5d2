/* The inside of a compiled template; for the files of this room alone.
 *
 * Lines and indentation: a standalone partial indents each line of what it
 * brings in, and a block moves its content to the indentation of the place
 * where it is expanded. So the nodes keep where lines begin, and the content
 * of a block is kept without the indentation it has in its source.
 */
#ifndef DIGEST_RENDERER_TEMPLATE_NODES_INTERNAL_H
#define DIGEST_RENDERER_TEMPLATE_NODES_INTERNAL_H

#include "digest/base/arena.h"
#include "digest/base/str.h"
#include "digest/renderer/template_internal.h"

enum node_kind {
    NODE_TEXT,     /* text, at most one line of it */
    NODE_LINE,     /* a line of the source begins: indentation goes here */
    NODE_VARIABLE, /* {{name}} */
    NODE_RAW,      /* {{{name}}} and {{&name}} */
    NODE_SECTION,  /* {{#name}} */
    NODE_INVERTED, /* {{^name}} */
    NODE_PARTIAL,  /* {{>name}} */
    NODE_PARENT,   /* {{<name}}, its children being the blocks it fills */
    NODE_BLOCK,    /* {{$name}} */
};

struct node {
    enum node_kind kind;
    struct str text;   /* of NODE_TEXT; else the name as written */
    struct str *parts; /* the name at its dots; none for "." */
    size_t part_count;
    bool is_dynamic;    /* {{>*name}}: the name is looked up first */
    bool is_standalone; /* it has its line to itself */
    struct str indent;  /* for each line of what comes in */
    unsigned line, column;
    struct node *first, *last; /* children */
    struct node *next;
};

struct template
{
    struct arena arena;
    const char *file;
    struct node root; /* its children are the template */
};

/* A tag or a piece of a line of text, in source order. */
struct template_token {
    char sigil;      /* TOKEN_TEXT, or the tag's: one of # ^ / > < $ & ! =;
                      * 'v' for a variable, which has none */
    bool is_skipped; /* white space beside a standalone tag */
    struct str text; /* the text, or the tag's content, trimmed */
    unsigned line, column;
};
enum { TOKEN_TEXT = 't', TOKEN_VARIABLE = 'v' };

struct token_list {
    struct template_token *items;
    size_t count, capacity;
};

/* Cuts a source into tokens. Fails: INPUT. */
FALLIBLE bool template_scan(struct str source, const char *file,
                            struct token_list *out, struct err *err);

#endif
