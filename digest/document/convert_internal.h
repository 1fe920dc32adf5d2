/* From a parsed page to the tree, element by element; for the files of this
 * room alone. */
#ifndef DIGEST_DOCUMENT_CONVERT_INTERNAL_H
#define DIGEST_DOCUMENT_CONVERT_INTERNAL_H

#include "digest/document/tree_internal.h"

struct _xmlNode;

struct converter {
    struct builder *builder;
    struct arena *arena;      /* URLs and titles, as long as the conversion */
    const char *base;         /* escaped, or NULL */
    const char *last_image;   /* the URL of the last image placed */
    bool last_image_is_spare; /* it stood in <noscript> */
    unsigned heading_leaves;  /* leaves there were when the heading began */
    bool is_in_form;
};

/* Converts what an element holds, or one node. */
void convert_children(struct converter *converter, const struct style *style,
                      const struct _xmlNode *element);
void convert_node(struct converter *converter, const struct style *style,
                  const struct _xmlNode *node);

/* Converts an element's children between two boundaries. */
void convert_within(struct converter *converter, const struct style *style,
                    const struct _xmlNode *element);

/* A block of words of our own making. */
void convert_words(struct converter *converter, const struct style *style,
                   struct str words);

/* The style inside a block. A heading that has its words already is over:
 * what follows was put in it by a forgotten end tag. */
struct style convert_block_style(const struct converter *converter,
                                 const struct style *style);

/* ---- one kind of element each; the table stands in tags.c -------------- */

void convert_base(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_block(struct converter *converter, const struct style *style,
                   const struct _xmlNode *element);
void convert_break(struct converter *converter, const struct style *style,
                   const struct _xmlNode *element);
void convert_caption(struct converter *converter, const struct style *style,
                     const struct _xmlNode *element);
void convert_code(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_embed(struct converter *converter, const struct style *style,
                   const struct _xmlNode *element);
void convert_emph(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_form(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_head(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_heading(struct converter *converter, const struct style *style,
                     const struct _xmlNode *element);
void convert_image(struct converter *converter, const struct style *style,
                   const struct _xmlNode *element);
void convert_item(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_label(struct converter *converter, const struct style *style,
                   const struct _xmlNode *element);
void convert_link(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_list(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_math(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_noscript(struct converter *converter, const struct style *style,
                      const struct _xmlNode *element);
void convert_object(struct converter *converter, const struct style *style,
                    const struct _xmlNode *element);
void convert_paragraph(struct converter *converter, const struct style *style,
                       const struct _xmlNode *element);
void convert_pre(struct converter *converter, const struct style *style,
                 const struct _xmlNode *element);
void convert_quotation(struct converter *converter, const struct style *style,
                       const struct _xmlNode *element);
void convert_quote(struct converter *converter, const struct style *style,
                   const struct _xmlNode *element);
void convert_raised(struct converter *converter, const struct style *style,
                    const struct _xmlNode *element);
void convert_reading(struct converter *converter, const struct style *style,
                     const struct _xmlNode *element);
void convert_rule(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_span(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);
void convert_strong(struct converter *converter, const struct style *style,
                    const struct _xmlNode *element);
void convert_table(struct converter *converter, const struct style *style,
                   const struct _xmlNode *element);
void convert_term(struct converter *converter, const struct style *style,
                  const struct _xmlNode *element);

/* ---- asking an element ------------------------------------------------ */

bool element_is(const struct _xmlNode *node, const char *name);
/* The value of an attribute; ptr is NULL where it isn't there. */
struct str element_attribute(const struct _xmlNode *element, const char *name);
bool element_has_class(const struct _xmlNode *element, const char *name);
/* All text below; <br> gives a newline. */
void element_text(const struct _xmlNode *element, struct strbuf *out);

/* An element's looks, as its own attributes say. */
struct look {
    bool is_hidden;
    bool is_bold, is_not_bold, is_italic, is_not_italic;
    bool is_tiny; /* one pixel or none, either way */
};
struct look element_look(const struct _xmlNode *element);

/* Whether a URL is known to count readers rather than to show something. */
bool url_is_beacon(struct str url);

#endif
