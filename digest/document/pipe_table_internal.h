/* Pipe tables in Markdown: no part of CommonMark, but common in folders of
 * it. Read as GitHub Flavored Markdown has them (its §4.10). */
#ifndef DIGEST_DOCUMENT_PIPE_TABLE_INTERNAL_H
#define DIGEST_DOCUMENT_PIPE_TABLE_INTERNAL_H

#include "digest/base/strbuf.h"

struct cmark_node;

/* Hides the bars that are escaped, since cmark would leave no trace of that;
 * before cmark reads the text. Points *markdown to `hidden` where there are
 * any. */
void pipe_tables_hide_bars(struct str *markdown, struct strbuf *hidden);

/* A paragraph with a row of dashes under a row of as many cells becomes a
 * table from there on; bars that were hidden are shown again. */
void pipe_tables_find(struct cmark_node *root);

#endif
