/* The builder of a template's data, for the files that share it:
 * render_data_text.c turns documents into values, render_data_story.c a story,
 * render_data.c the rest. */
#ifndef DIGEST_RENDERER_DATA_BUILDER_INTERNAL_H
#define DIGEST_RENDERER_DATA_BUILDER_INTERNAL_H

#include "digest/document/text.h"
#include "digest/renderer/render_data_internal.h"
#include "digest/renderer/value_tree_internal.h"

enum { SUMMARY_INDENT = 2, THUMB_WIDTH = 96, THUMB_MARGIN = 16 };

struct data_builder {
    const struct render_issue *issue;
    const struct render_fit *fit;
    struct arena *arena;
    struct text_links links;
    bool *placed; /* blocks that stand somewhere already */
    size_t stories_shown;
    size_t full; /* of the stories that may be shortened, still to be whole */
    struct value *contents; /* every headline that is shown */
    unsigned long minutes;  /* to read them all */
};

/* A text as one clean line; NULL where nothing is left of it. */
struct value *data_line(struct data_builder *b, const char *text);
/* A text without the line ends at its end: templates write those. */
struct value *data_block(struct data_builder *b, const struct strbuf *text);

/* The issue's language; English where it has none. */
const char *data_language(const struct render_issue *issue);
/* Sets a language with the direction that it is read in. */
void data_set_language(struct data_builder *b, struct value *object,
                       const char *language);

/* How wide the design's column is, in pixels. */
unsigned data_column(const struct data_builder *b);

/* Appends a whole text as HTML. The headings keep their order, below the
 * heading of that level. */
void data_add_body(struct data_builder *b, const struct document *document,
                   unsigned level, struct strbuf *out);
/* Sets a document as plain text, except where only HTML is wanted. */
void data_set_text(struct data_builder *b, struct value *object,
                   const char *name, const struct document *document,
                   unsigned indent, struct text_links *links);
/* Sets NAME_html and NAME_text, the latter indented and its links numbered,
 * where there are `links`. */
void data_set_document(struct data_builder *b, struct value *object,
                       const char *name, const struct document *document,
                       char level, unsigned indent, struct text_links *links);
/* The same of a text of the issue; NULL is none. Fails: INPUT. */
FALLIBLE bool data_set_issue_text(struct data_builder *b, struct value *object,
                                  const char *name, const char *html,
                                  char level, unsigned indent,
                                  struct text_links *links, struct err *err);
/* The addresses of the links that were numbered since the last time. */
struct value *data_take_notes(struct data_builder *b);

/* Whether a mail may lead there: http or https, with a host. */
bool data_is_web_address(const char *url);
/* A story's values. NULL: it has failed, INPUT. */
struct value *data_story(struct data_builder *b,
                         const struct render_story *story,
                         bool has_section_title, struct err *err);

#endif
