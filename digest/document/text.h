/* Plain text: the tree as a careful person would type it, and wrapping.
 *
 * Columns are counted by display width (East Asian wide characters two,
 * combining marks none); lines break where UAX #14 allows, never inside a
 * URL. Slot marks (base/slot.h) count as no width and are never broken.
 */
#ifndef DIGEST_DOCUMENT_TEXT_H
#define DIGEST_DOCUMENT_TEXT_H

#include "digest/document/document.h"

/* Links met while writing text, numbered from `first` in order; the same URL
 * twice has one number. Start with {.first = 1}. */
struct text_links {
    unsigned first;
    char **urls;
    size_t count, capacity;
};
void text_links_free(struct text_links *links);

/* The number for a URL, as it is written in brackets: [3]. */
unsigned text_links_add(struct text_links *links, struct str url);

/* Appends "[1] https://…\n" for each, and forgets them: numbering goes on
 * after them with the next section's links. */
void text_links_flush(struct text_links *links, struct strbuf *out);

struct text_options {
    unsigned width;           /* columns; 0: 72 */
    unsigned indent;          /* columns left free at the start of each line */
    struct text_links *links; /* NULL: "text (URL)" instead of notes */
};

/* Appends the document: paragraphs wrapped, headings underlined, lists and
 * quotes indented, code as it is, emphasis between asterisks, images as their
 * alternative text; tables in columns, or where those would be wider than the
 * page a line "head: value" for each cell. A link whose words are its address
 * needs no note. Ends in one newline, unless empty. */
void document_to_text(const struct document *document,
                      const struct text_options *options, struct strbuf *out);

/* Appends `text` wrapped to `width` columns; its own newlines stay. Lines
 * begin with `indent` spaces. Words longer than a line stay whole. `width` 0:
 * 72. */
void text_wrap(struct str text, unsigned width, unsigned indent,
               struct strbuf *out);

/* Appends a text. Where it is read from right to left, U+200F goes before each
 * line that begins with a word of the other direction, such as a Latin name:
 * mail programs would set the whole line from the left (UAX #9 P2). A line
 * that begins with an address stays as it is. */
void text_mark_lines(struct str text, bool is_right_to_left,
                     struct strbuf *out);

/* Columns that a line takes. */
unsigned text_width(struct str line);

#endif
