/* The parts of reading pages; for the files of this room alone. */
#ifndef DIGEST_SOURCES_PAGE_PAGE_PARTS_INTERNAL_H
#define DIGEST_SOURCES_PAGE_PAGE_PARTS_INTERNAL_H

#include "digest/document/html_tree.h"
#include "digest/sources/entry_internal.h"
#include "digest/sources/source_kind_internal.h"

struct _xmlNode; /* libxml2's */
struct _xmlDoc;

/* ---- the tree of a page ------------------------------------------------ */

/* NULL where it fails: INPUT, for what isn't markup at all, or is nested too
 * deep. Release with html_tree_free. */
struct _xmlDoc *page_tree_read(struct str html, struct err *err);

/* The node after this one in document order, inside `root`; `over`: without
 * going into it. NULL at the end. */
struct _xmlNode *page_next(struct _xmlNode *node, const struct _xmlNode *root,
                           bool over);
/* Takes a node out of the tree; returns the one after it. */
struct _xmlNode *page_remove(struct _xmlNode *node,
                             const struct _xmlNode *root);
struct _xmlNode *page_find(struct _xmlNode *root, const char *name);

bool page_is(const struct _xmlNode *node, const char *name);
/* Whether it is one of the names, which end with NULL. */
bool page_is_any(const struct _xmlNode *node, const char *const *names);
/* "" where there is none. */
const char *page_attribute(struct _xmlNode *node, const char *name,
                           struct arena *arena);
/* Class and id, in small letters. */
const char *page_label(struct _xmlNode *node, struct arena *arena);

/* Appends the text inside, white space folded. */
void page_text_of(struct _xmlNode *node, struct strbuf *out);
size_t page_text_length(struct _xmlNode *node);
/* How much of the text stands in links, 0 to 1. */
double page_link_density(struct _xmlNode *node);
/* Whether it is a paragraph or a step that is a link as a whole, beside others
 * of its kind that are text: then it is of the text, too. `root`: what isn't
 * looked beyond. */
bool page_is_linked_text(struct _xmlNode *node, const struct _xmlNode *root);
/* How many elements of that name are inside. */
unsigned page_count(struct _xmlNode *root, const char *name);

/* ---- what a page says of itself, and its article ----------------------- */

struct page_parts {
    const char *title, *author, *summary, *image_url, *language, *url;
    const char *image_alt;
    unsigned image_width, image_height; /* pixels; 0: not said */
    const char *site;
    const char *text;        /* the body as JSON-LD has it; NULL: not said */
    int64_t published_at;    /* 0: not said */
    const char *unread_date; /* what stands for it, and can't be read */
    int64_t views;           /* 0: not said */
    const char **keywords;
    size_t keyword_count;
};

/* Reads a page's facts from JSON-LD, OpenGraph and the other meta elements,
 * <title> and <html>. Texts live in the arena. */
void page_meta_read(struct _xmlDoc *tree, struct arena *arena,
                    struct page_parts *out);
/* Reads JSON-LD alone, over what is in `out`. */
void page_json_read(struct _xmlDoc *tree, struct arena *arena,
                    struct page_parts *out);

/* Takes a date as the page writes it: what can't be read is kept as
 * unread_date. False then, and for NULL and "". */
bool page_set_date(struct page_parts *page, const char *text);

/* The body that a reader would call the article, as HTML; NULL where there is
 * none. The tree is changed. Sets the byline where it stands in the text and
 * `page` has none.
 * Source: the method of Arc90's Readability. */
enum page_effort { PAGE_STRICT, PAGE_LOOSE, PAGE_LOOSEST };
const char *page_body_read(struct _xmlDoc *tree, enum page_effort effort,
                           struct arena *arena, struct page_parts *page,
                           size_t *text_length);

/* Takes out of an article what isn't of it: lists of links, sharing, forms. */
void page_clean(struct _xmlNode *article, const char *title,
                enum page_effort effort, struct arena *arena);
/* Takes out the lines around its text: the title again, the byline, the date,
 * views, buttons, "Read also". Sets what they say where `page` has none.
 * `is_whole`: it is all of the page, with the ways through the site. */
void page_trim(struct _xmlNode *article, bool is_whole, struct page_parts *page,
               struct arena *arena);
/* How the words in class and id speak: for (25) or against (-25). */
double page_class_weight(struct _xmlNode *node, struct arena *arena);

/* ---- a page's text as a person pastes it ------------------------------- */

/* Fills title, author, date, views and body. Texts live in the arena. */
void page_paste_read(struct str text, struct arena *arena, struct entry *out);

#endif
