/* The inside of a document, and the builder that keeps it in normal form;
 * for the files of this room alone.
 *
 * Normal form: no node is empty; a list holds items only, and is loose only
 * if an item has a paragraph that was written as one, or two in a row; white
 * space is folded and stands outside emphasis and links where both sides
 * aren't in the same one; no link stands in a link, no emphasis in emphasis;
 * line breaks stand single and between words. Whatever order of calls the
 * builder gets, such a tree comes out, so that writing a tree as HTML and
 * reading it back gives the same tree.
 */
#ifndef DIGEST_DOCUMENT_TREE_INTERNAL_H
#define DIGEST_DOCUMENT_TREE_INTERNAL_H

#include <stdbool.h>

#include "digest/base/arena.h"
#include "digest/base/strbuf.h"
#include "digest/document/document.h"

struct cmark_node;

struct document {
    struct cmark_node *root;
    bool has_extras; /* an item has a number, or an image a size, of its own */
};

enum format_kind { FORMAT_EMPH, FORMAT_STRONG, FORMAT_LINK };

/* One inline format in effect. Two are the same where their source is; they
 * grow together where nothing stands between and they are alike. */
struct format {
    enum format_kind kind;
    const char *url, *title; /* of a link; title may be NULL */
    const void *source;      /* what it was opened by */
};

enum { FORMAT_MAX = 3 }; /* each kind once */

/* All that is in effect where a word stands. Copied, changed, handed down. */
struct style {
    struct format formats[FORMAT_MAX]; /* outermost first */
    unsigned format_count;
    const void *code;  /* inline code: what opened it, or NULL */
    unsigned heading;  /* 1-6: words stand in a heading of this level */
    bool is_paragraph; /* words stand in a paragraph that was marked as one */
    bool is_one_line;  /* a table's row: blocks and breaks become spaces */
};

/* Adds a format. Emphasis within the same emphasis changes nothing; a link
 * within a link takes its place. */
void style_add(struct style *style, const struct format *format);

/* Deepest nesting of containers; what is deeper joins its surroundings. */
enum { TREE_DEPTH_MAX = 48 };

enum container {
    CONTAINER_QUOTE,
    CONTAINER_BULLETS,
    CONTAINER_NUMBERS,
    CONTAINER_ITEM,
};

struct builder {
    struct cmark_node *root;
    struct cmark_node *at;   /* the container that takes the next block */
    unsigned depth;          /* of `at` below the root */
    struct cmark_node *leaf; /* the paragraph or heading that takes words */
    struct cmark_node *spot; /* the leaf or the inline node that takes them */
    struct format open[FORMAT_MAX];
    unsigned open_count;
    struct strbuf run;      /* text not yet in the tree */
    bool run_is_code;       /* … and it becomes inline code */
    const void *run_source; /* … opened by this */
    unsigned breaks;        /* line breaks waiting for a word */
    bool has_space;         /* a space waiting for a word */
    bool space_has_newline; /* … that had a newline in it */
    unsigned last;          /* the last character placed in the leaf */
    unsigned leaves;        /* leaves opened so far */
    struct strbuf word;     /* the word being cleaned */
    bool has_extras;        /* as of the document */
};

/* The files of the builder alone use these two. Ends the paragraph, heading or
 * cell that is open; and adds a child that its parent can have. */
void builder_close_leaf(struct builder *builder);
void builder_append(struct cmark_node *parent, struct cmark_node *child);

void builder_init(struct builder *builder);
void builder_free(struct builder *builder); /* for OWNED */

/* Closes all and moves the tree out. */
struct document *builder_finish(struct builder *builder);

/* Words, with white space as the source has it: it is folded; controls and
 * other characters unfit for a reader vanish. */
void builder_text(struct builder *builder, const struct style *style,
                  struct str text);

/* A line break; two are the end of a paragraph. */
void builder_break(struct builder *builder, const struct style *style);

/* A space, if words stand on both sides. */
void builder_space(struct builder *builder);

/* An image as it is taken from a page. */
struct image {
    const char *url;        /* as url_resolve gave it */
    unsigned width, height; /* to show it in at most; 0: not known; a height
                               only with a width */
};

/* `title`: NULL for none. */
void builder_image(struct builder *builder, const struct style *style,
                   const struct image *picture, struct str alt,
                   const char *title);

/* The size of an image in the tree; false where it isn't known. */
bool tree_image_size(struct cmark_node *image, unsigned *width,
                     unsigned *height);

/* The end of one block and the beginning of another. */
void builder_boundary(struct builder *builder, const struct style *style);

void builder_rule(struct builder *builder);
void builder_code_block(struct builder *builder, struct str code,
                        const char *info);

/* Opens a container in the current one, ending the leaf. NULL where it would
 * be too deep: then what it holds joins its surroundings. `start` is for
 * CONTAINER_NUMBERS. */
struct cmark_node *builder_open(struct builder *builder, enum container kind,
                                int start);

/* Closes it, and drops it where nothing came in; NULL does nothing. True if
 * it stays. */
bool builder_close(struct builder *builder, struct cmark_node *container);

/* Gives an item of a numbered list its number; `following` is what it had
 * without. cmark has a place for the first one's alone, if it isn't negative;
 * others stand with their items. */
void builder_number(struct builder *builder, struct cmark_node *item,
                    int following, int number);

/* The number of an item, where the items before it have got to `following`.
 * True if that isn't what the list says of itself. */
bool tree_item_number(struct cmark_node *item, int following, int *number);

/* Goes on in the last item of the list, or opens its first. NULL: too deep. */
struct cmark_node *builder_last_item(struct builder *builder,
                                     struct cmark_node *list);

/* Goes on in the list that is the last block; NULL where it is none. */
struct cmark_node *builder_reopen_list(struct builder *builder);

/* Makes the last paragraph take words again if it ends in an image, for the
 * caption under it. */
bool builder_reopen_image(struct builder *builder);

/* ---- tables -------------------------------------------------------------
 * cmark has no node for them: a table, its rows and its cells are custom
 * blocks, whose tags stand in them. A cell holds words as a paragraph does.
 * Every row has as many cells as the first.
 */
enum cell_kind { CELL_DATA, CELL_HEAD_OF_COLUMN, CELL_HEAD_OF_ROW };

/* Opens a table in the current container. NULL where it would be too deep. */
struct cmark_node *builder_open_table(struct builder *builder);
void builder_open_row(struct builder *builder, struct cmark_node *table);
/* Opens a cell of the last row; words come into it until the next. Those are
 * to be of a style that is one line. */
void builder_open_cell(struct builder *builder, enum cell_kind kind);
void builder_close_table(struct builder *builder, struct cmark_node *table);

/* The part of a table that a custom block is. */
enum table_part { TABLE_NONE, TABLE_WHOLE, TABLE_ROW, TABLE_CELL, TABLE_HEAD };
enum table_part tree_table_part(struct cmark_node *node);

/* Appends one line of text: folded, trimmed, and cleaned as builder_text
 * does. For attributes. */
void tree_clean_line(struct strbuf *out, struct str text);

/* The character to keep for one met in a page: itself, what a browser takes
 * it for (C1 controls are Windows-1252), or 0 for none: controls, and what
 * turns the direction of the text. */
unsigned tree_clean_char(unsigned codepoint);

/* Appends the words of a block or of the whole tree in one line. Prose is
 * what is read aloud: no alternative texts, no marks of footnotes. */
enum words_with { WORDS_ALL, WORDS_OF_PROSE };
void tree_words(struct cmark_node *node, enum words_with with,
                struct strbuf *out);

/* The number of words in a text (UAX #29). */
unsigned tree_count_words(struct str text);

#endif
