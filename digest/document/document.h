/* A document: the CommonMark tree that every body and summary becomes.
 *
 * From Markdown through cmark, from HTML through a converter into the same
 * tree. Whatever the tree can't express (scripts, styles, forms, frames,
 * tracking pixels, hidden elements) is gone by then, so it can't reach a
 * reader. It is stored as the HTML that cmark writes of it; reading that
 * back gives the same tree.
 */
#ifndef DIGEST_DOCUMENT_DOCUMENT_H
#define DIGEST_DOCUMENT_DOCUMENT_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

struct document;

/* Reads CommonMark, and pipe tables as GitHub has them. Raw HTML inside it
 * goes through the HTML converter.
 * `base_url` (NULL: none) resolves relative links and images; one that can't
 * be made absolute http(s), mailto or tel loses its link and keeps its text.
 * Fails: INPUT, for text that isn't UTF-8 (the byte's line is named). */
FALLIBLE bool document_from_markdown(struct str markdown, const char *base_url,
                                     struct document **out, struct err *err);

/* Reads HTML, a fragment or a whole page, already UTF-8. Tables of data stay
 * tables, layouts dissolve, embeds (iframe, video, audio) become links. Never
 * fails on bad markup: libxml2 repairs it. Fails: INPUT, for text that isn't
 * UTF-8, or nesting, size or number of attributes beyond reason (512 elements
 * deep, 16 MB, 1000 in one tag). */
FALLIBLE bool document_from_html(struct str html, const char *base_url,
                                 struct document **out, struct err *err);

void document_free(struct document *document);
void document_release(struct document **document); /* for OWNED */

/* Appends the tree as cmark's HTML, safe to store and to put in a mail. */
void document_to_html(const struct document *document, struct strbuf *out);

/* Appends the tree as Markdown, for a person to go on writing; reading it
 * back may give another tree. */
void document_to_markdown(const struct document *document, struct strbuf *out);

/* Appends the words alone in one line, white space folded: for summaries,
 * search and counting. Images give their alternative text. */
void document_to_words(const struct document *document, struct strbuf *out);

struct document_image {
    struct str url, alt;
    unsigned width, height; /* to show it in at most; 0: not known */
};

/* The first images, `most` of them, in document order; returns how many. The
 * views live as long as the document. */
size_t document_images(const struct document *document,
                       struct document_image *out, size_t most);

bool document_is_empty(const struct document *document);

/* Words as a reader counts them (UAX #29; in scripts without spaces two
 * characters count as one word). */
unsigned document_word_count(const struct document *document);

/* Appends the first sentences (UAX #29) of the paragraphs, about max_words
 * words, ending at a sentence end; one overlong sentence is cut at a word
 * with "…". Headings, code, lists and images' texts are passed over where
 * there are paragraphs. */
void document_summary(const struct document *document, unsigned max_words,
                      struct strbuf *out);

#endif
